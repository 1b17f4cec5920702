public import StateTree

/// Why a replay buffer cannot do what was asked.
public enum ReplayBufferError: Error, Sendable, Equatable {
  /// Columns that cannot make a schema.
  case invalidSchema(String)
  /// A column that is not there.
  case unknownColumn(String, known: [String])
  /// A column that was not given.
  case missingColumn(String, given: [String])
  /// Another number of columns than the schema has.
  case wrongColumnCount(expected: Int, found: Int)
  /// A column of another type, row shape or length.
  case columnMismatch(String, expected: String, found: String)
  /// Episodes that cannot lie in one buffer.
  case invalidEpisodes(String)
  /// A fragment that does not begin where its episode stands; `expected` is nil where any time from 0 would do.
  case wrongStartTime(episode: String, expected: Int?, found: Int)
  /// A fragment whose first observation is not the last one of its episode.
  case differentBoundary(episode: String, time: Int, stored: String, found: String)
  /// A fragment of an episode that has ended.
  case finishedEpisode(String)
  /// More episodes under way than a buffer has lanes for.
  case tooManyOpenEpisodes(limit: Int)
  /// A multi-agent fragment whose agents and times cannot be.
  case invalidFragment(episode: String, String)
  /// An agent with another module than it has had in the same episode.
  case changedModule(agent: String, episode: String, expected: String, found: String)
  /// A module that was never declared.
  case unknownModule(String, known: [String])
  /// A module that is there already.
  case knownModule(String)
  /// Modules to sample of which there is none, or one twice.
  case invalidModules([String])
  /// Sampling from a module without a step.
  case emptyModule(String)
  /// Synchronized sampling of modules that never acted in the same environment step.
  case noCommonStep(modules: [String])
  /// Sampling from a buffer without a step.
  case emptyBuffer
  /// Sampling more out of a buffer than it holds, where each transition is returned once.
  case tooFewTransitions(asked: Int, held: Int)
  /// Sampling a batch with a share of newest transitions of which fewer wait.
  case tooFewNewest(asked: Int, needed: Int, waiting: Int)
  /// Adding more to a buffer than fits, where nothing may be evicted.
  case fullBuffer(capacity: Int, held: Int, added: Int)
  /// Sampling what needs more consecutive steps than any stored episode has.
  case noEpisodeLongEnough(needed: Int, longest: Int)
  /// Another number of priorities than of steps.
  case unequalCounts(steps: Int, priorities: Int)
  /// A priority that is not a finite number.
  case invalidPriority(step: Int, priority: Double)
  /// A step number that the buffer never gave.
  case unknownStep(Int, next: Int)
  /// Contents of another kind of buffer.
  case wrongKind(expected: String, found: String)
  /// Contents that a buffer of another capacity saved.
  case differentCapacity(saved: Int, capacity: Int)
  /// Contents with other columns than the buffer.
  case differentSchema(saved: String, expected: String)
  /// A setting that neither the contents nor the defaults have.
  case missingSetting(String)
  /// Contents that no buffer can have: damaged or wrongly written.
  case invalidContents(String)
  /// What must always hold and does not: a mistake in this library.
  case brokenInvariant(String)
  /// Saved state that is not a buffer's.
  case state(StateTreeError)
}
