import StateTree
import Testing

@testable import ReplayBuffers

/// Dictionaries of observations, columns of many types, stacks and sequences against lists of rows.
@Suite("Wide buffers of episodes against plain arrays")
struct WideTwinTests {
  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `the uniform buffer does what plain arrays do`(seed: UInt64) throws {
    var twin = try WideTwin(seed: seed) { try EpisodeReplayBuffer(capacity: $0, schema: wideSchema(), seed: seed) }
    for _ in 0..<2500 { try twin.operate() }
    #expect(twin.sampledCount > 4000 && twin.naive.evicted > 50, "seed \(seed)")
  }

  @Test(arguments: 6...10 as ClosedRange<UInt64>)
  func `the prioritized buffer does what plain arrays do`(seed: UInt64) throws {
    var twin = try WideTwin(seed: seed) {
      try PrioritizedEpisodeReplayBuffer(capacity: $0, alpha: 1, schema: wideSchema(), seed: seed)
    }
    for _ in 0..<2500 { try twin.operate() }
    #expect(twin.sampledCount > 4000 && twin.naive.evicted > 50, "seed \(seed)")
  }
}

/// What both buffers can do, by one name each.
protocol TwinBuffer: SavableBuffer {
  var store: EpisodeStore { get }
  var generator: PCG64 { get }
  mutating func add(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> Range<Int>
  mutating func drawSample(_ request: TwinRequest) throws(ReplayBufferError) -> EpisodeSample
  mutating func drawSequences(_ request: TwinRequest) throws(ReplayBufferError) -> EpisodeSequences
  /// Draws a step of `naive` as this buffer does of its own.
  func drawStep(of naive: NaiveWideEpisodes, using generator: inout PCG64) -> Int
  /// Gives priorities, where there are any.
  mutating func prioritize(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) -> Bool
}

/// What is asked of both sides.
struct TwinRequest {
  let count = 5
  let nStep: NStep
  let shortReturns: ShortReturns
  let length, lookback, minimumLength: Int
  let stacking: [StateKey: Int]
}

extension EpisodeReplayBuffer: TwinBuffer {
  mutating func drawSample(_ request: TwinRequest) throws(ReplayBufferError) -> EpisodeSample {
    try sample(
      count: request.count, nStep: request.nStep, gamma: 0.9, shortReturns: request.shortReturns,
      stacking: request.stacking)
  }

  mutating func drawSequences(_ request: TwinRequest) throws(ReplayBufferError) -> EpisodeSequences {
    try sampleSequences(
      count: request.count, length: request.length, lookback: request.lookback,
      minimumLength: request.minimumLength, stacking: request.stacking)
  }

  func drawStep(of naive: NaiveWideEpisodes, using generator: inout PCG64) -> Int {
    let stored = naive.storedSteps
    for _ in 0..<64 {
      let step = Int(generator.integers(in: Int64(naive.firstStep)..<Int64(naive.nextStep)))
      if stored.contains(step) { return step }
    }
    return stored[Int(generator.integers(in: 0..<Int64(stored.count)))]
  }

  mutating func prioritize(_ steps: [Int], _ priorities: [Double]) -> Bool { false }
}

extension PrioritizedEpisodeReplayBuffer: TwinBuffer {
  mutating func drawSample(_ request: TwinRequest) throws(ReplayBufferError) -> EpisodeSample {
    try sample(
      count: request.count, nStep: request.nStep, gamma: 0.9, beta: 1, shortReturns: request.shortReturns,
      stacking: request.stacking)
  }

  mutating func drawSequences(_ request: TwinRequest) throws(ReplayBufferError) -> EpisodeSequences {
    try sampleSequences(
      count: request.count, length: request.length, lookback: request.lookback,
      minimumLength: request.minimumLength, beta: 1, stacking: request.stacking)
  }

  /// Priorities in tests are small integers and alpha is 1, so that sums in any order are exact.
  func drawStep(of naive: NaiveWideEpisodes, using generator: inout PCG64) -> Int {
    var rest = generator.random() * naive.leaves.values.reduce(0, +)
    let ordered = naive.leaves.keys.sorted { $0 % priorities.tree.size < $1 % priorities.tree.size }
    for step in ordered {
      if naive.leaves[step, default: 0] > rest { return step }
      rest -= naive.leaves[step, default: 0]
    }
    return ordered[ordered.count - 1]
  }

  mutating func prioritize(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) -> Bool {
    try updatePriorities(steps, priorities)
    return true
  }
}
