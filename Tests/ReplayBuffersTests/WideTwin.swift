import StateTree
import Testing

@testable import ReplayBuffers

/// A buffer and its naive twin, driven by the same operations from a seed.
struct WideTwin<Buffer: TwinBuffer> {
  var buffer: Buffer
  private(set) var naive: NaiveWideEpisodes
  private var runners: WideRunners
  private let seed: UInt64
  private var operation = 0
  var sampledCount = 0

  init(seed: UInt64, _ make: (_ capacity: Int) throws -> Buffer) throws {
    self.seed = seed
    runners = try WideRunners(seed: seed, environments: 1 + Int(seed % 5))
    let capacity = 5 + runners.integer(below: 60)
    naive = try NaiveWideEpisodes(capacity: capacity)
    buffer = try make(capacity)
  }

  var place: Comment { "seed \(seed), operation \(operation)" }

  /// One operation on both sides, after which they must agree.
  mutating func operate() throws {
    operation += 1
    switch runners.integer(below: 10) {
    case 0..<4:
      let fragment = try runners.next()
      _ = try buffer.add(fragment)
      naive.add(fragment)
    case 4 where operation % 10 == 0:
      try buffer.restore(from: StateValue(decoding: buffer.state.encoded()))
    case 4: try prioritize()
    case 5..<8: try compareSample()
    default: try compareSequences()
    }
    try buffer.checkInvariants()
    #expect(buffer.store.steps.positions == naive.firstStep..<naive.nextStep, place)
    #expect(buffer.store.stepCount == naive.storedSteps.count, place)
    #expect(buffer.store.counters.evictedEpisodes == naive.evicted, place)
  }

  private mutating func prioritize() throws {
    let steps = naive.storedSteps.filter { _ in runners.integer(below: 3) == 0 }
    let priorities = steps.map { _ in Double(1 + runners.integer(below: 9)) }
    guard try buffer.prioritize(steps, priorities) else { return }
    for (step, priority) in zip(steps, priorities) {
      naive.leaves[step] = priority
      naive.maximumPriority = max(naive.maximumPriority, priority)
    }
  }

  mutating func request() -> TwinRequest {
    let length = 1 + runners.integer(below: 9)
    let start = 1 + runners.integer(below: 4)
    return TwinRequest(
      nStep: runners.integer(below: 2) == 0 ? .fixed(1 + runners.integer(below: 9)) : .drawn(from: start..<start + 4),
      shortReturns: runners.integer(below: 2) == 0 ? .kept : .excluded, length: length,
      lookback: runners.integer(below: 6), minimumLength: 1 + runners.integer(below: length),
      stacking: runners.integer(below: 3) == 0 ? [:] : ["obs/camera": 1 + runners.integer(below: 5), "obs/mode": 2])
  }

  /// What the buffer should draw; nil where there is nothing to draw from.
  func draw(
    _ count: Int, _ nStep: NStep, isShortKept: Bool, using generator: inout PCG64
  ) throws -> [EpisodeStore.Pick]? {
    let needed = isShortKept ? 1 : nStep.smallest
    guard naive.episodes.contains(where: { $0.steps.count >= needed }) else { return nil }
    return try (0..<count).map { _ in
      for _ in 0..<64 {
        let step = buffer.drawStep(of: naive, using: &generator)
        let pick = EpisodeStore.Pick(step: step, nStep: nStep.next(using: &generator))
        let (episode, time) = try naive.locate(step)
        if isShortKept || time + pick.nStep <= episode.steps.count { return pick }
      }
      return try drawFromAll(nStep, using: &generator)
    }
  }

  /// Draws from the list of all steps that fit.
  private func drawFromAll(_ nStep: NStep, using generator: inout PCG64) throws -> EpisodeStore.Pick {
    let weights = try naive.storedSteps.map { step in
      let (episode, time) = try naive.locate(step)
      let choices = Double(nStep.choices(upTo: episode.steps.count - time))
      return choices * (buffer is EpisodeReplayBuffer ? 1 : naive.leaves[step, default: 0])
    }
    var rest = generator.random() * weights.reduce(0, +)
    for (step, weight) in zip(naive.storedSteps, weights) {
      guard weight <= rest else {
        let (episode, time) = try naive.locate(step)
        let fitting = nStep.clamped(to: episode.steps.count - time)
        return EpisodeStore.Pick(step: step, nStep: fitting.next(using: &generator))
      }
      rest -= weight
    }
    throw Mistake(text: "nothing fits")
  }

  private struct Mistake: Error { let text: String }
}
