import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `The prioritized multi-agent buffer against plain arrays` {
  @Test(arguments: [7, 8, 9, 10, 11, 12] as [UInt64])
  func `It does what plain arrays do`(seed: UInt64) throws {
    var games = RandomGames(seed: seed, games: Int(seed) - 6)
    let capacity = 10 + games.integer(below: 60)
    var naive = NaiveAgents(capacity: capacity)
    var buffer = try prioritizedAgents(capacity: capacity, seed: seed)
    for operation in 0..<2500 {
      let place: Comment = "seed \(seed), operation \(operation)"
      if operation == 700 {
        try buffer.addModule("c", schema: AgentData.schema("c"))
        games.modules.append("c")
      }
      switch games.integer(below: 10) {
      case 0..<6:
        let fragment = try games.next()
        var starting: [StateKey: Double] = [:]
        if games.integer(below: 4) == 0 { starting["a"] = Double(1 + games.integer(below: 20)) }
        try buffer.add(fragment, startingPriorities: starting)
        naive.add(fragment, starting: starting)
      case 6 where operation % 20 == 0: try buffer.restore(from: buffer.state)
      case 6: try Self.update(&buffer, &naive, &games, place)
      case 7: try Self.compareSynchronized(&buffer, naive, &games, place)
      default: try Self.compareIndependent(&buffer, naive, &games, place)
      }
      try buffer.checkInvariants()
      try TwinChecks.compareCounters(buffer.store, naive, place)
      Self.comparePriorities(buffer, naive, place)
    }
    #expect(naive.evicted > 100 && naive.nextOfModule.count == 3)
  }

  private static func compareIndependent(
    _ buffer: inout MultiAgentPrioritizedEpisodeReplayBuffer, _ naive: NaiveAgents, _ games: inout RandomGames,
    _ place: Comment
  ) throws {
    let modules = Array(naive.filledModules.reversed())
    guard !modules.isEmpty else { return }
    let nStep = TwinChecks.nStep(&games)
    var generator = buffer.generator
    let sample = try buffer.sample(count: 5, modules: modules, nStep: nStep, gamma: 0.9, beta: 0.5)
    #expect(sample.modules.map(\.module) == modules, place)
    for items in sample.modules {
      let tree = try buffer.priorities[buffer.store.index(ofModule: items.module)].tree
      var asked: [Int] = []
      for step in items.items.steps {
        #expect(naive.drawByPriority(items.module, treeSize: tree.size, using: &generator) == step, place)
        asked.append(nStep.next(using: &generator))
      }
      #expect(naive.explains(items, asked: asked, gamma: 0.9), place)
      let weights = Dictionary(uniqueKeysWithValues: naive.steps(items.module).map { ($0.number, $0.priority) })
      TwinChecks.expectWeights(
        items.items.weights, items.items.steps.map { weights[$0, default: 0] }, weights.values.min(), place)
    }
    #expect(generator == buffer.generator, place)
  }

  private static func compareSynchronized(
    _ buffer: inout MultiAgentPrioritizedEpisodeReplayBuffer, _ naive: NaiveAgents, _ games: inout RandomGames,
    _ place: Comment
  ) throws {
    let modules = naive.filledModules
    guard !modules.isEmpty, !naive.common(modules).isEmpty else { return }
    let nStep = TwinChecks.nStep(&games)
    var generator = buffer.generator
    let sample = try buffer.sample(count: 4, mode: .synchronized, nStep: nStep, gamma: 0.9, beta: 0.5)
    let drawn = naive.drawCommon(4, modules, nStep, treeSize: buffer.tree.size, using: &generator)
    #expect(generator == buffer.generator, place)
    TwinChecks.expectItems(of: drawn, in: sample, naive, modules, place)
    let smallest = naive.episodes.flatMap(\.steps).map(naive.weight).filter { $0 > 0 }.min()
    for items in sample.modules {
      TwinChecks.expectWeights(
        items.items.weights, items.environmentSteps.map { naive.weight($0 ?? -1) }, smallest, place)
    }
  }

  private static func update(
    _ buffer: inout MultiAgentPrioritizedEpisodeReplayBuffer, _ naive: inout NaiveAgents, _ games: inout RandomGames,
    _ place: Comment
  ) throws {
    guard let module = naive.nextOfModule.keys.sorted().first, let next = naive.nextOfModule[module] else { return }
    let steps = (0..<8).map { _ in max(0, next - 1 - games.integer(below: 100)) }
    let priorities = steps.map { _ in Double(1 + games.integer(below: 9)) }
    let ignored = try buffer.updatePriorities(module: module, steps, priorities)
    var expected = 0
    for (step, priority) in zip(steps, priorities) {
      guard let found = naive.locate(step, module) else {
        expected += 1
        continue
      }
      naive.episodes[found.episode].parts[found.part].steps[found.index].priority = priority
      naive.maximum[module] = max(naive.maximum[module, default: 1], priority)
    }
    #expect(ignored == expected, place)
  }

  private static func comparePriorities(
    _ buffer: MultiAgentPrioritizedEpisodeReplayBuffer, _ naive: NaiveAgents, _ place: Comment
  ) {
    for (module, priorities) in zip(buffer.store.modules, buffer.priorities) {
      let leaves = naive.steps(module.id).map(\.priority)
      #expect(priorities.tree.sum == leaves.reduce(0, +), place)
      #expect(priorities.tree.minimum == leaves.min() ?? .infinity, place)
      #expect(priorities.maximum == naive.maximum[module.id, default: 1], place)
    }
    let weights = naive.episodes.flatMap(\.steps).map(naive.weight)
    #expect(buffer.tree.sum == weights.reduce(0, +), place)
    #expect(buffer.tree.minimum == weights.filter { $0 > 0 }.min() ?? .infinity, place)
  }
}
