import StateTree
import Testing

@testable import ReplayBuffers

/// A schema as people make them: observations in a dictionary, and columns of their own of many types and shapes.
func wideSchema() throws -> BufferSchema {
  func type(_ name: String) throws -> DataType { try #require(DataType(name: name)) }
  return try BufferSchema([
    ColumnSchema("action_logp", .float32), ColumnSchema("obs/camera", .uint8, shape: [2, 3]),
    ColumnSchema("actions", .int32, shape: [2]), ColumnSchema("agent_id", type("<U3")),
    ColumnSchema("obs/body/position", .float32, shape: [3]), ColumnSchema("rewards", .float64),
    ColumnSchema("state_in/h", .float16, shape: [50, 2]), ColumnSchema("infos/done", .bool),
    ColumnSchema("obs/mode", .int64), ColumnSchema("spectrum", type("<c8"), shape: [2]),
    ColumnSchema("nothing", .float32, shape: [0]),
  ])
}

/// Runners of a few environments whose fragments interleave and hold random bytes in all columns but the rewards.
struct WideRunners {
  private struct Slot {
    var id: String
    var time = 0
    /// The last observation, by column.
    var observation: [StateKey: [UInt8]]
  }

  var random: PCG64
  let schema: BufferSchema
  private var slots: [Slot] = []
  private var begun = 0

  init(seed: UInt64, environments: Int) throws {
    random = PCG64(seed: seed)
    schema = try wideSchema()
    for _ in 0..<environments { slots.append(begin()) }
  }

  private mutating func begin() -> Slot {
    begun += 1
    let columns = schema.columns.filter(\.holdsObservations)
    return Slot(
      id: "e\(begun)",
      observation: Dictionary(uniqueKeysWithValues: columns.map { (StateKey($0.name), bytes($0.rowBytes)) }))
  }

  private mutating func bytes(_ count: Int) -> [UInt8] {
    random.integers(in: 1..<256, count: count).map { UInt8($0) }
  }

  mutating func integer(below bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }

  mutating func next() throws -> EpisodeFragment {
    let index = integer(below: slots.count)
    var slot = slots[index]
    let length = integer(below: 40) == 0 ? 30 : integer(below: 5)
    let end = slot.time + length > 0 ? integer(below: 12) : 5
    var columns: [StateKey: Tensor] = [:]
    for column in schema.columns where column.name != "rewards" {
      let name = StateKey(column.name)
      var content = column.holdsObservations ? slot.observation[name, default: []] : []
      content += bytes(length * column.rowBytes)
      if column.holdsObservations { slot.observation[name] = Array(content.suffix(column.rowBytes)) }
      let rows = column.holdsObservations ? length + 1 : length
      columns[name] = try Tensor(column.dataType, shape: [rows] + column.shape, bytes: content)
    }
    let rewards = Tensor(vector: random.uniform(in: -3..<3, count: length))
    let fragment = EpisodeFragment(
      id: slot.id, startTime: slot.time, observationParts: columns.filter { $0.key.string.hasPrefix("obs/") },
      actions: try #require(columns["actions"]), rewards: rewards,
      extraColumns: columns.filter { !$0.key.string.hasPrefix("obs/") && $0.key != "actions" },
      isTerminated: end == 0 || end == 2, isTruncated: end == 1 || end == 2)
    slot.time += length
    slots[index] = end <= 2 ? begin() : slot
    return fragment
  }
}

/// Episodes as lists of rows, each row a list of bytes: what the buffers must agree with.
struct NaiveWideEpisodes {
  struct Episode {
    let id: String
    let start: Int
    /// Every column's rows; of observations one more.
    var rows: [StateKey: [[UInt8]]]
    var steps: [Int] = []
    var isTerminated = false
    var isTruncated = false
  }

  let schema: BufferSchema
  let capacity: Int
  var episodes: [Episode] = []
  var nextStep = 0
  var evicted = 0
  var leaves: [Int: Double] = [:]
  var maximumPriority = 1.0

  init(capacity: Int) throws {
    self.capacity = capacity
    schema = try wideSchema()
  }

  var storedSteps: [Int] { episodes.flatMap(\.steps) }
  var firstStep: Int { episodes.first?.steps[0] ?? nextStep }

  mutating func add(_ fragment: EpisodeFragment) {
    if !episodes.contains(where: { $0.id == fragment.id }) {
      guard fragment.length > 0 else { return }
      let first = fragment.observationParts.mapValues { [Self.rows($0)[0]] }
      episodes.append(Episode(id: fragment.id, start: fragment.startTime, rows: first))
    }
    guard let index = episodes.firstIndex(where: { $0.id == fragment.id }) else { return }
    for (name, tensor) in fragment.observationParts { episodes[index].rows[name]? += Self.rows(tensor).dropFirst() }
    let columns = fragment.extraColumns.merging(["actions": fragment.actions, "rewards": fragment.rewards]) { $1 }
    for (name, tensor) in columns { episodes[index].rows[name, default: []] += Self.rows(tensor) }
    let added = nextStep..<nextStep + fragment.length
    for step in added { leaves[step] = maximumPriority }
    episodes[index].steps += added
    episodes[index].isTerminated = fragment.isTerminated
    episodes[index].isTruncated = fragment.isTruncated
    nextStep = added.upperBound
    while storedSteps.count > capacity, episodes.count > 1 {
      for step in episodes.removeFirst().steps { leaves[step] = nil }
      evicted += 1
    }
  }

  static func rows(_ tensor: Tensor) -> [[UInt8]] { (0..<tensor.rowCount).map { tensor.rows($0..<$0 + 1).bytes } }

  func locate(_ step: Int) throws -> (episode: Episode, time: Int) {
    let episode = try #require(episodes.first { $0.steps.contains(step) })
    return (episode, try #require(episode.steps.firstIndex(of: step)))
  }

  /// The rows of a column at times of an episode, and zeros at all other times.
  func padded(_ name: StateKey, _ episode: Episode, at times: [Int]) throws -> [UInt8] {
    let column = try schema.column(name.string)
    let rows = episode.rows[name] ?? []
    return times.flatMap { rows.indices.contains($0) ? rows[$0] : [UInt8](repeating: 0, count: column.rowBytes) }
  }
}
