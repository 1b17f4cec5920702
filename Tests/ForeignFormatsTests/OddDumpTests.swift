import ForeignFormats
import Foundation
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

/// What tools/fixtures/rllib_foreign.py says a dump holds, read from RLlib's live objects.
struct DumpTruth: Decodable, Sendable {
  struct Episode: Decodable, Sendable {
    let id: String
    let startTime, length: Int
    let terminated, truncated: Bool

    enum CodingKeys: String, CodingKey {
      case id, length, terminated, truncated
      case startTime = "t_started"
    }
  }

  struct Column: Decodable, Sendable {
    let name: String
    let reason: String?
    let dtype: String?
    let shape, episodes: [Int]?
    let values: [String]?
  }

  let added, evicted, sampled: Int
  let episodes: [Episode]
  let steps: [[Int]]
  let columns: [Column]
  let priorities: [String]?
  let maximumPriority: String?

  init(_ name: String) throws {
    let path = Fixtures.path("extra/\(name).json").string
    self = try JSONDecoder().decode(DumpTruth.self, from: Data(contentsOf: URL(filePath: path)))
  }
  enum CodingKeys: String, CodingKey {
    case added, evicted, sampled, episodes, steps, columns, priorities
    case maximumPriority = "max_priority"
  }
}

@Suite("Odd dumps hold what RLlib's live objects held")
struct OddDumpTests {
  /// Columns that cannot be, by dump: why.
  static let left: [String: [(name: String, reason: String)]] = [
    "names": [
      ("extra_model_outputs/obs", missing), ("extra_model_outputs/obs/x", missing),
      ("extra_model_outputs/actions", missing), ("extra_model_outputs/rewards", missing), ("caf\u{e9}", missing),
      ("cafe\u{301}", missing), ("_", missing), ("text", "it is not a list of numbers"),
    ],
    "numbers": [("both", missing)],
    "no_numbers": [("obs", "it is not a list of numbers")],
  ]

  private static let missing = "not every episode has it"

  @Test("episodes and counters", arguments: Fixtures.odd)
  func episodes(_ name: String) throws {
    let (dump, truth) = (try openDump(Fixtures.path("extra/\(name).msgpack")), try DumpTruth(name))
    #expect(dump.episodes.episodes.map(\.id) == truth.episodes.map(\.id))
    #expect(dump.episodes.episodes.map(\.length) == truth.episodes.map(\.length))
    #expect(dump.episodes.episodes.map(\.startTime) == truth.episodes.map(\.startTime))
    #expect(dump.episodes.episodes.map(\.isTerminated) == truth.episodes.map(\.terminated))
    #expect(dump.episodes.episodes.map(\.isTruncated) == truth.episodes.map(\.truncated))
    let state = try StateReader(dump.state())
    #expect(try state.count("num_timesteps_added") == truth.added)
    #expect(try state.count("num_episodes_evicted") == truth.evicted)
    #expect(try state.count("sampled_timesteps") == truth.sampled)
  }

  @Test("the steps are numbered as they came, and have the priorities of their leaves", arguments: Fixtures.odd)
  func steps(_ name: String) throws {
    let (dump, truth) = (try openDump(Fixtures.path("extra/\(name).msgpack")), try DumpTruth(name))
    let numbers = dump.rows(0..<dump.rowCount).steps
    let rows = truth.steps.map { dump.episodes.episodes[$0[0]].firstRow + $0[1] }
    let first = Int64(truth.added - rows.count)
    #expect(rows.map { numbers[$0] } == rows.indices.map { first + Int64($0) })
    let state = try StateReader(dump.state())
    guard let priorities = truth.priorities else {
      #expect(state.map["priorities"] == nil && dump.kind == "EpisodeReplayBuffer")
      return
    }
    #expect(dump.kind == "PrioritizedEpisodeReplayBuffer")
    let inOrder = zip(rows, priorities).sorted { $0.0 < $1.0 }.map { Double($0.1) }
    #expect(try state.vector("priorities") as [Double] == inOrder)
    #expect(try state.double("max_priority") == truth.maximumPriority.flatMap(Double.init))
  }

  @Test("every value of every column", arguments: Fixtures.odd)
  func values(_ name: String) throws {
    let (dump, truth) = (try openDump(Fixtures.path("extra/\(name).msgpack")), try DumpTruth(name))
    let left = Self.left[name] ?? []
    let leftNames = left.map { StateKey($0.name) }
    let expected = truth.columns.filter { !leftNames.contains(StateKey($0.name)) }
    #expect(Set(dump.schema.columns.map { StateKey($0.name) }) == Set(expected.map { StateKey($0.name) }))
    for (name, reason) in left { #expect(dump.notUnderstood.contains("\(name): \(reason); kept as it is")) }
    for column in dump.schema.columns {
      let values = expected.first { StateKey($0.name) == StateKey(column.name) }
      try expectValues(dump, column, try #require(values), truth.episodes)
    }
  }

  private func expectValues(
    _ dump: RLlibDump, _ column: ColumnSchema, _ truth: DumpTruth.Column, _ episodes: [DumpTruth.Episode]
  ) throws {
    let index = try #require(dump.schema.index(of: column.name))
    #expect(truth.shape == column.shape || dump.notUnderstood.contains { $0.hasPrefix(column.name) }, "\(column.name)")
    let isObservation = column.name == "obs" || column.name.hasPrefix("obs/")
    var parts: [Tensor] = []
    for number in truth.episodes ?? [] {
      let episode = dump.episodes.episodes[number]
      let rows = episode.firstRow..<episode.firstRow + episode.length + (isObservation ? 1 : 0)
      parts.append(dump.rows(rows).columns[index])
    }
    let found = try Tensor(concatenating: parts)
    #expect(Self.matches(found, truth.values ?? []), "\(column.name)")
    // The truth names the space's dtype. RLlib's own arrays of rewards are float64, and the dump tells.
    if let dtype = truth.dtype, dtype != column.dataType.name, column.dataType != .float64 {
      #expect(
        dump.notUnderstood.contains { $0.hasPrefix("\(column.name): the file's numbers do not fit") }, "\(column.name)")
    }
  }

  /// Whether a tensor holds the numbers that Python wrote, `repr` of each.
  static func matches(_ tensor: Tensor, _ texts: [String]) -> Bool {
    if tensor.dataType == .uint64, let values = try? tensor.scalars(as: UInt64.self) {
      return values.elementsEqual(texts) { String($0) == $1 }
    }
    if tensor.dataType == .bool, let values = try? tensor.flags() {
      return values.elementsEqual(texts) { "\($0)" == $1 }
    }
    if let values = tensor.integers() { return values.elementsEqual(texts) { String($0) == $1 } }
    guard let values = tensor.doubles() else { return false }
    return values.elementsEqual(texts) { value, text in
      guard let truth = Double(text) else { return false }
      return truth.isNaN ? value.isNaN : value == truth && (value.sign == truth.sign || !text.contains("."))
    }
  }
}
