import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `Multi-agent buffers against plain arrays` {
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `The uniform buffer does what plain arrays do`(seed: UInt64) throws {
    var games = RandomGames(seed: seed, games: Int(seed))
    let capacity = 10 + games.integer(below: 60)
    var naive = NaiveAgents(capacity: capacity)
    var buffer = try uniformAgents(capacity: capacity, seed: seed)
    for operation in 0..<3000 {
      let place: Comment = "seed \(seed), operation \(operation)"
      if operation == 700 {
        try buffer.addModule("c", schema: AgentData.schema("c"))
        games.modules.append("c")
      }
      switch games.integer(below: 10) {
      case 0..<7:
        let fragment = try games.next()
        let before = naive.nextStep
        #expect(try buffer.add(fragment) == before..<before + (naive.takes(fragment) ? fragment.length : 0), place)
        naive.add(fragment)
      case 7 where operation % 20 == 0: try buffer.restore(from: buffer.state)
      case 8: try Self.compareSynchronized(&buffer, naive, &games, place)
      default: try Self.compareIndependent(&buffer, naive, &games, place)
      }
      try buffer.checkInvariants()
      try Self.compareCounters(buffer.store, naive, place)
    }
    #expect(naive.evicted > 100 && naive.nextOfModule.count == 3)
  }

  @Test(arguments: [7, 8, 9, 10, 11, 12] as [UInt64])
  func `The prioritized buffer does what plain arrays do`(seed: UInt64) throws {
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
        let starting: [StateKey: Double] = games.integer(below: 4) == 0 ? ["a": Double(1 + games.integer(below: 20))] : [:]
        try buffer.add(fragment, startingPriorities: starting)
        naive.add(fragment, starting: starting)
      case 6 where operation % 20 == 0: try buffer.restore(from: buffer.state)
      case 6: try Self.update(&buffer, &naive, &games, place)
      case 7: try Self.compareSynchronized(&buffer, naive, &games, place)
      default: try Self.compareIndependent(&buffer, naive, &games, place)
      }
      if operation % 8 == 0 { try buffer.checkInvariants() } else { try buffer.store.checkInvariants() }
      try Self.compareCounters(buffer.store, naive, place)
      Self.comparePriorities(buffer, naive, place)
    }
    #expect(naive.evicted > 100 && naive.nextOfModule.count == 3)
  }

  // MARK: Samples

  static func nStep(_ games: inout RandomGames) -> NStep {
    games.integer(below: 2) == 0 ? .fixed(1 + games.integer(below: 6)) : .drawn(from: 1..<5)
  }

  private static func compareIndependent(
    _ buffer: inout MultiAgentEpisodeReplayBuffer, _ naive: NaiveAgents, _ games: inout RandomGames, _ place: Comment
  ) throws {
    let modules = naive.filledModules
    guard !modules.isEmpty else {
      #expect(throws: ReplayBufferError.emptyBuffer, place) { try buffer.sample(count: 1) }
      return
    }
    let nStep = nStep(&games)
    var generator = buffer.generator
    let sample = try buffer.sample(count: 5, nStep: nStep, gamma: 0.9)
    #expect(sample.modules.map(\.module) == modules, place)
    for items in sample.modules {
      var asked: [Int] = []
      for step in items.items.steps {
        #expect(naive.draw(items.module, using: &generator) == step, place)
        asked.append(nStep.next(using: &generator))
      }
      #expect(naive.explains(items, asked: asked, gamma: 0.9), place)
      #expect(items.items.weights == [1, 1, 1, 1, 1], place)
    }
    #expect(generator == buffer.generator, place)
  }

  private static func compareSynchronized(
    _ buffer: inout MultiAgentEpisodeReplayBuffer, _ naive: NaiveAgents, _ games: inout RandomGames, _ place: Comment
  ) throws {
    let modules = naive.filledModules
    guard !modules.isEmpty else { return }
    guard !naive.common(modules).isEmpty else {
      let state = buffer.state
      #expect(throws: ReplayBufferError.noCommonStep(modules: modules), place) {
        try buffer.sample(count: 1, mode: .synchronized)
      }
      #expect(buffer.state == state, place)
      return
    }
    let nStep = nStep(&games)
    var generator = buffer.generator
    let sample = try buffer.sample(count: 4, mode: .synchronized, nStep: nStep, gamma: 0.9)
    let drawn = naive.drawCommon(4, modules, nStep, treeSize: nil, using: &generator)
    #expect(generator == buffer.generator, place)
    expectItems(of: drawn, in: sample, naive, modules, place)
    #expect(sample.modules.allSatisfy { $0.items.weights.allSatisfy { $0 == 1 } }, place)
  }

  /// Expects the items of all agents in the drawn environment steps, at least one of each module and step.
  private static func expectItems(
    of drawn: [(step: Int, nStep: Int)], in sample: MultiAgentSample, _ naive: NaiveAgents, _ modules: [String],
    _ place: Comment
  ) {
    #expect(sample.modules.map(\.module) == modules, place)
    for items in sample.modules {
      let expected = drawn.flatMap { pick in
        naive.acted(pick.step).filter { $0.module == items.module }.map { ($0.step.number, pick.step, pick.nStep) }
      }
      #expect(items.items.steps == expected.map(\.0), place)
      #expect(items.environmentSteps == expected.map(\.1), place)
      #expect(Set(expected.map(\.1)) == Set(drawn.map(\.step)), place)
      #expect(naive.explains(items, asked: expected.map(\.2), gamma: 0.9), place)
    }
  }

  private static func compareIndependent(
    _ buffer: inout MultiAgentPrioritizedEpisodeReplayBuffer, _ naive: NaiveAgents, _ games: inout RandomGames,
    _ place: Comment
  ) throws {
    let modules = Array(naive.filledModules.reversed())
    guard !modules.isEmpty else { return }
    let nStep = nStep(&games)
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
      expectWeights(items.items.weights, items.items.steps.map { weights[$0, default: 0] }, weights.values.min(), place)
    }
    #expect(generator == buffer.generator, place)
  }

  private static func compareSynchronized(
    _ buffer: inout MultiAgentPrioritizedEpisodeReplayBuffer, _ naive: NaiveAgents, _ games: inout RandomGames,
    _ place: Comment
  ) throws {
    let modules = naive.filledModules
    guard !modules.isEmpty, !naive.common(modules).isEmpty else { return }
    let nStep = nStep(&games)
    var generator = buffer.generator
    let sample = try buffer.sample(count: 4, mode: .synchronized, nStep: nStep, gamma: 0.9, beta: 0.5)
    let drawn = naive.drawCommon(4, modules, nStep, treeSize: buffer.tree.size, using: &generator)
    #expect(generator == buffer.generator, place)
    expectItems(of: drawn, in: sample, naive, modules, place)
    let smallest = naive.episodes.flatMap(\.steps).map(naive.weight).filter { $0 > 0 }.min()
    for items in sample.modules {
      expectWeights(items.items.weights, items.environmentSteps.map { naive.weight($0 ?? -1) }, smallest, place)
    }
  }

  private static func expectWeights(_ found: [Float], _ leaves: [Double], _ smallest: Double?, _ place: Comment) {
    #expect(found.count == leaves.count, place)
    for (weight, leaf) in zip(found, leaves) {
      #expect(abs(Double(weight) - ((smallest ?? 0) / leaf).squareRoot()) < 1e-6, place)
    }
  }

  // MARK: Priorities and counters

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
      #expect(priorities.maximumPriority == naive.maximum[module.id, default: 1], place)
    }
    let weights = naive.episodes.flatMap(\.steps).map(naive.weight)
    #expect(buffer.tree.sum == weights.reduce(0, +), place)
    #expect(buffer.tree.minimum == weights.filter { $0 > 0 }.min() ?? .infinity, place)
  }

  private static func compareCounters(_ store: MultiAgentStore, _ naive: NaiveAgents, _ place: Comment) throws {
    #expect(store.steps.positions == naive.firstStep..<naive.nextStep, place)
    let counters = store.counters
    #expect(counters.episodes == naive.episodes.count && counters.evictedEpisodes == naive.evicted, place)
    #expect(counters.environmentSteps == naive.stepCount && counters.insertionCount == naive.nextStep, place)
    #expect(counters.agentInsertionCount == naive.nextOfModule.values.reduce(0, +), place)
    #expect(counters.agentSteps == naive.parts.reduce(0) { $0 + $1.steps.count }, place)
    for module in store.moduleIDs {
      let steps = naive.steps(module).map(\.number)
      let next = naive.nextOfModule[module, default: 0]
      let found = try store.counters(ofModule: module)
      #expect(found.steps == steps.count && found.insertionCount == next, place)
      #expect(found.evictedEpisodes == naive.evictedParts[module, default: 0], place)
      #expect(found.episodes == naive.parts.count { $0.module == module && !$0.steps.isEmpty }, place)
      #expect(store.modules[try store.index(ofModule: module)].store.steps.positions == (steps.min() ?? next)..<next, place)
    }
  }
}

extension NaiveAgents {
  /// The modules that hold steps, in order.
  var filledModules: [String] { Set(parts.filter { !$0.steps.isEmpty }.map(\.module)).sorted() }

  /// Whether a fragment is stored at all.
  func takes(_ fragment: MultiAgentEpisodeFragment) -> Bool {
    fragment.length > 0 || episodes.contains { $0.id == fragment.id }
  }
}
