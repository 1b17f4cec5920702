public import StateTree

/// Why a replay buffer cannot do what was asked.
public enum ReplayBufferError: Error, Sendable, Equatable {
  /// Columns that cannot make a schema.
  case invalidSchema(String)
  /// A column that is not there.
  case unknownColumn(String, known: [String])
  /// Episodes that cannot lie in one buffer.
  case invalidEpisodes(String)
  /// Saved state that is not a buffer's.
  case state(StateTreeError)
}
