internal import SystemPackage

/// What the writer of an experiment remembers from one save to the next.
struct ExperimentMemory: Sendable {
  /// The segments of every buffer in the newest checkpoint; nil if that has to be read first.
  var known: [String: KnownBuffer]?
  /// The names of the segments that this process has written or read whole.
  var trusted: Set<String> = []
  /// The segments that every checkpoint names, by its path.
  var named: [FilePath: Set<String>] = [:]
  /// Whether something that failed may have left temporaries, which the next save or pruning removes.
  var hasLeftovers = false
}
