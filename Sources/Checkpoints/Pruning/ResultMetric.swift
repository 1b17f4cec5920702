internal import BufferFiles
internal import FileSystems
internal import StateTree
internal import SystemPackage

extension StateMap {
  /// The value at keys with slashes between them, wherever the map nests and wherever it keeps slashes in a key:
  /// `env_runners/episode_return_mean` is found either way.
  func result(at path: String) -> StateValue? {
    result(at: path.split(separator: "/", omittingEmptySubsequences: false)[...])
  }

  private func result(at names: ArraySlice<Substring>) -> StateValue? {
    for count in names.indices.map({ $0 - names.startIndex + 1 }) {
      guard let value = self[StateKey(names.prefix(count).joined(separator: "/"))] else { continue }
      if count == names.count { return value }
      if case .map(let inner) = value, let found = inner.result(at: names.dropFirst(count)) { return found }
    }
    return nil
  }

  /// The paths of all numbers in it, in order.
  func numberPaths(at prefix: String = "") -> [String] {
    var paths: [String] = []
    for (key, value) in self {
      if case .map(let inner) = value {
        paths += inner.numberPaths(at: prefix + key.string + "/")
      } else if value.number != nil {
        paths.append(prefix + key.string)
      }
    }
    return paths
  }
}

extension StateValue {
  /// The number that it is; nil for anything else.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}

/// Finds the value of a result for checkpoints and dumps: in what they say themselves, or else in the line of their
/// iteration in `result.json`.
struct ResultMetric {
  private let name: String
  private let layout: ExperimentLayout
  private let fileSystem: any FileSystem
  private var lines: [Int: StateMap]?
  private var newest: StateMap = [:]
  /// Whether anything had it, be it without a number.
  private(set) var isKnown = false
  /// Whether anything was asked about.
  private var isAsked = false

  init(_ name: String, of layout: ExperimentLayout, on fileSystem: any FileSystem) {
    (self.name, self.layout, self.fileSystem) = (name, layout, fileSystem)
  }

  /// The value for an iteration; nil if it is missing or no number.
  mutating func value(_ iteration: Int, in results: StateMap) -> Double? {
    isAsked = true
    if newest.isEmpty { newest = results }
    guard let found = results.result(at: name) ?? resultLines()[iteration]?.result(at: name) else { return nil }
    isKnown = true
    return found.number
  }

  /// The results by their iterations, read once; a line that cannot be read is none.
  private mutating func resultLines() -> [Int: StateMap] {
    if let lines { return lines }
    var found: [Int: StateMap] = [:]
    if let lines = try? ResultLines(layout.results, on: fileSystem) {
      for index in 0..<lines.count {
        guard let result = try? lines.result(index), case .int(let iteration)? = result[StateKey(ResultsCut.column)]
        else { continue }
        found[Int(iteration)] = result
      }
    }
    lines = found
    return found
  }

  /// Throws if nothing that was asked about has it: a name with a typing error must not cost the best ones.
  /// - Throws: `CheckpointError.unknownMetric`.
  func requireKnown() throws(CheckpointError) {
    guard isAsked, !isKnown else { return }
    let last = lines.flatMap { lines in lines.keys.max().flatMap { lines[$0] } } ?? [:]
    var known: [String] = []
    for path in (newest.numberPaths() + last.numberPaths()) where !known.contains(path) { known.append(path) }
    throw .unknownMetric(layout.directory, name: name, known: Array(known.prefix(Self.listedNames)))
  }

  /// How many names an error lists.
  private static let listedNames = 20
}
