internal import StateTree

extension ReplayBufferError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .invalidSchema(let reason):
      "these columns make no schema: \(reason)"
    case .unknownColumn(let name, let known):
      "there is no column \"\(name)\"; the columns are \(known.joined(separator: ", "))"
    case .invalidEpisodes(let reason):
      "these episodes make no buffer: \(reason)"
    case .state(let error):
      error.description
    }
  }
}
