import ReplayBuffers
import StateTree

/// A schema with every kind of column: small, of one byte, and apart from the record.
func testSchema(wide: Bool = false) throws -> BufferSchema {
  try BufferSchema(
    [
      ColumnSchema("obs", .float32, shape: [wide ? 40 : 2]), ColumnSchema("actions", .int64),
      ColumnSchema("rewards", .float32), ColumnSchema("flag", .uint8),
    ])
}

/// Steps `times` of an episode; every number in it says which step it is.
func fragment(
  _ id: String, _ times: Range<Int>, start: Int = 0, width: Int = 2, isTerminated: Bool = false,
  isTruncated: Bool = false
) throws -> EpisodeFragment {
  let key = Float(id.utf8.reduce(0) { ($0 * 31 + Int($1)) % 1000 })
  func observation(_ time: Int) -> [Float] { [Float](repeating: key * 1000 + Float(time), count: width) }
  return EpisodeFragment(
    id: id, startTime: times.lowerBound,
    observations: try Tensor(
      (times.lowerBound...times.upperBound).flatMap(observation), shape: [times.count + 1, width]),
    actions: Tensor(vector: times.map { Int64($0) }), rewards: Tensor(vector: times.map { key + Float($0) }),
    extraColumns: ["flag": Tensor(vector: times.map { UInt8(truncatingIfNeeded: $0) })],
    isTerminated: isTerminated, isTruncated: isTruncated)
}

/// Episodes in plain arrays: what the buffers must agree with.
struct NaiveEpisodes {
  struct Episode {
    var id: String
    var start: Int
    var observations: [Float]
    var rewards: [Float] = []
    var steps: [Int] = []
    var isTerminated = false
    var isTruncated = false
  }

  let capacity: Int
  var episodes: [Episode] = []
  var nextStep = 0
  var evicted = 0
  var leaves: [Int: Double] = [:]
  var maximumPriority = 1.0

  var stepCount: Int { episodes.reduce(0) { $0 + $1.steps.count } }
  var firstStep: Int { episodes.first?.steps[0] ?? nextStep }

  mutating func add(_ fragment: EpisodeFragment) throws {
    guard fragment.length > 0 || episodes.contains(where: { $0.id == fragment.id }) else { return }
    let observations = try fragment.observations.scalars(as: Float.self).enumerated().filter { $0.offset % 2 == 0 }
      .map(\.element)
    if !episodes.contains(where: { $0.id == fragment.id }) {
      episodes.append(Episode(id: fragment.id, start: fragment.startTime, observations: [observations[0]]))
    }
    guard let index = episodes.firstIndex(where: { $0.id == fragment.id }) else { return }
    episodes[index].observations += observations.dropFirst()
    episodes[index].rewards += try fragment.rewards.scalars(as: Float.self)
    for step in nextStep..<nextStep + fragment.length { leaves[step] = maximumPriority }
    episodes[index].steps += nextStep..<nextStep + fragment.length
    episodes[index].isTerminated = fragment.isTerminated
    episodes[index].isTruncated = fragment.isTruncated
    nextStep += fragment.length
    while stepCount > capacity, episodes.count > 1 {
      for step in episodes.removeFirst().steps { leaves[step] = nil }
      evicted += 1
    }
  }

  func locate(_ step: Int) -> (Episode, Int)? {
    for episode in episodes { if let time = episode.steps.firstIndex(of: step) { return (episode, time) } }
    return nil
  }

  func drawStep(using generator: inout PCG64) -> Int {
    for _ in 0..<64 {
      let step = Int(generator.integers(in: Int64(firstStep)..<Int64(nextStep)))
      if locate(step) != nil { return step }
    }
    return episodes.flatMap(\.steps)[Int(generator.integers(in: 0..<Int64(stepCount)))]
  }

  /// Priorities in tests are small integers and alpha is 1, so that sums in any order are exact.
  func drawByPriority(treeSize: Int, using generator: inout PCG64) -> Int {
    var rest = generator.random() * leaves.values.reduce(0, +)
    let ordered = leaves.keys.sorted { $0 % treeSize < $1 % treeSize }
    for step in ordered {
      if leaves[step, default: 0] > rest { return step }
      rest -= leaves[step, default: 0]
    }
    return ordered[ordered.count - 1]
  }

  /// Whether a sample is what these episodes say of its steps.
  func explains(_ sample: EpisodeSample, asked: [Int], gamma: Double) throws -> Bool {
    let observations = try sample.observations.scalars(as: Float.self)
    let successors = try sample.nextObservations.scalars(as: Float.self)
    let actions = try sample.actions.scalars(as: Int64.self)
    let flags = sample.extraColumns["flag"]?.bytes
    for (index, step) in sample.steps.enumerated() {
      guard let (episode, time) = locate(step) else { return false }
      let count = min(asked[index], episode.steps.count - time)
      let isEnd = time + count == episode.steps.count
      var total = 0.0
      for reward in episode.rewards[time..<time + count].reversed() { total = Double(reward) + gamma * total }
      guard sample.nSteps[index] == count, sample.rewards[index] == Float(total),
        sample.isTerminated[index] == (isEnd && episode.isTerminated),
        sample.isTruncated[index] == (isEnd && episode.isTruncated),
        observations[2 * index] == episode.observations[time],
        successors[2 * index + 1] == episode.observations[time + count],
        actions[index] == Int64(episode.start + time), flags?[index] == UInt8(truncatingIfNeeded: episode.start + time)
      else { return false }
    }
    return true
  }
}

/// Runners of a few environments whose fragments interleave, from a seed.
struct RandomRunners {
  var random: PCG64
  private var current: [(id: String, time: Int)]
  private var begun = 0

  init(seed: UInt64, environments: Int) {
    random = PCG64(seed: seed)
    current = []
    for _ in 0..<environments { current.append((begin(), 0)) }
  }

  private mutating func begin() -> String {
    begun += 1
    return "e\(begun)"
  }

  mutating func integer(below bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }

  mutating func next() throws -> EpisodeFragment {
    let slot = integer(below: current.count)
    let length = integer(below: 50) == 0 ? 40 : integer(below: 5)
    let (id, time) = current[slot]
    let end = time + length > 0 ? integer(below: 12) : 5
    let result = try fragment(
      id, time..<time + length, isTerminated: end == 0 || end == 2, isTruncated: end == 1 || end == 2)
    current[slot] = end <= 2 ? (begin(), 0) : (id, time + length)
    return result
  }
}
