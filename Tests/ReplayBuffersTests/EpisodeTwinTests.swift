import StateTree
import Testing

@testable import ReplayBuffers

@Suite("Buffers of episodes against plain arrays")
struct EpisodeTwinTests {
  @Test("the uniform buffer does what plain arrays do", arguments: [1, 2, 3, 4] as [UInt64])
  func uniform(seed: UInt64) throws {
    var runners = RandomRunners(seed: seed, environments: 1 + Int(seed))
    let capacity = 5 + runners.integer(below: 60)
    var naive = NaiveEpisodes(capacity: capacity)
    var buffer = try EpisodeReplayBuffer(capacity: capacity, schema: testSchema(), seed: seed)
    for operation in 0..<3000 {
      let place: Comment = "seed \(seed), operation \(operation)"
      switch runners.integer(below: 10) {
      case 0..<7:
        let fragment = try runners.next()
        try buffer.add(fragment)
        try naive.add(fragment)
      case 7 where operation % 20 == 0: try buffer.restore(from: buffer.state)
      default: try Self.compareSample(&buffer, naive, &runners, place)
      }
      try buffer.checkInvariants()
      #expect(buffer.count == naive.stepCount, place)
      #expect(buffer.steps == naive.firstStep..<naive.nextStep, place)
      #expect(buffer.counters.evictedEpisodes == naive.evicted, place)
      #expect(buffer.counters.episodes == naive.episodes.count, place)
    }
    #expect(buffer.counters.insertionCount == naive.nextStep)
  }

  private static func compareSample(
    _ buffer: inout EpisodeReplayBuffer, _ naive: NaiveEpisodes, _ runners: inout RandomRunners, _ place: Comment
  ) throws {
    guard naive.stepCount > 0 else {
      #expect(throws: ReplayBufferError.emptyBuffer) { try buffer.sample(count: 1) }
      return
    }
    let nStep: NStep = runners.integer(below: 2) == 0 ? .fixed(1 + runners.integer(below: 6)) : .drawn(from: 1..<5)
    var generator = buffer.generator
    let sample = try buffer.sample(count: 8, nStep: nStep, gamma: 0.9)
    var asked: [Int] = []
    for step in sample.steps {
      #expect(naive.drawStep(using: &generator) == step, place)
      asked.append(nStep.next(using: &generator))
    }
    #expect(generator == buffer.generator, place)
    #expect(try naive.explains(sample, asked: asked, gamma: 0.9), place)
  }

  @Test("the prioritized buffer does what plain arrays do", arguments: [5, 6, 7, 8] as [UInt64])
  func prioritized(seed: UInt64) throws {
    var runners = RandomRunners(seed: seed, environments: Int(seed) - 3)
    let capacity = 5 + runners.integer(below: 60)
    var naive = NaiveEpisodes(capacity: capacity)
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: capacity, alpha: 1, schema: testSchema(), seed: seed)
    for operation in 0..<2500 {
      let place: Comment = "seed \(seed), operation \(operation)"
      switch runners.integer(below: 10) {
      case 0..<6:
        let fragment = try runners.next()
        try buffer.add(fragment)
        try naive.add(fragment)
      case 6 where operation % 20 == 0: try buffer.restore(from: buffer.state)
      case 7: try Self.update(&buffer, &naive, &runners, place)
      default: try Self.compareSample(&buffer, naive, &runners, place)
      }
      try buffer.checkInvariants()
      #expect(buffer.steps == naive.firstStep..<naive.nextStep, place)
      #expect(buffer.priorities.tree.sum == naive.leaves.values.reduce(0, +), place)
      #expect(buffer.priorities.tree.minimum == naive.leaves.values.min() ?? .infinity, place)
      #expect(buffer.maximumPriority == naive.maximumPriority, place)
    }
  }

  private static func compareSample(
    _ buffer: inout PrioritizedEpisodeReplayBuffer, _ naive: NaiveEpisodes, _ runners: inout RandomRunners,
    _ place: Comment
  ) throws {
    guard naive.stepCount > 0 else { return }
    let nStep: NStep = runners.integer(below: 2) == 0 ? .fixed(1 + runners.integer(below: 6)) : .drawn(from: 1..<5)
    var generator = buffer.generator
    let sample = try buffer.sample(count: 6, nStep: nStep, gamma: 0.9, beta: 0.5)
    var asked: [Int] = []
    for step in sample.steps {
      #expect(naive.drawByPriority(treeSize: buffer.priorities.tree.size, using: &generator) == step, place)
      asked.append(nStep.next(using: &generator))
    }
    #expect(try naive.explains(sample, asked: asked, gamma: 0.9), place)
    let smallest = naive.leaves.values.min() ?? 1
    for (step, weight) in zip(sample.steps, sample.weights) {
      let expected = (smallest / naive.leaves[step, default: 0]).squareRoot()
      #expect(abs(Double(weight) - expected) < 1e-6, place)
    }
  }

  private static func update(
    _ buffer: inout PrioritizedEpisodeReplayBuffer, _ naive: inout NaiveEpisodes, _ runners: inout RandomRunners,
    _ place: Comment
  ) throws {
    guard naive.nextStep > 0 else { return }
    let steps = (0..<8).map { _ in max(0, naive.nextStep - 1 - runners.integer(below: 120)) }
    let priorities = steps.map { _ in Double(1 + runners.integer(below: 9)) }
    let ignored = try buffer.updatePriorities(steps, priorities)
    #expect(ignored == steps.filter { naive.leaves[$0] == nil }.count, place)
    for (step, priority) in zip(steps, priorities) where naive.leaves[step] != nil {
      naive.leaves[step] = priority
      naive.maximumPriority = max(naive.maximumPriority, priority)
    }
  }
}
