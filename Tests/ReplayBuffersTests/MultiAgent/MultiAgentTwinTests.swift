import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `The uniform multi-agent buffer against plain arrays` {
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `It does what plain arrays do`(seed: UInt64) throws {
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
      try TwinChecks.compareCounters(buffer.store, naive, place)
    }
    #expect(naive.evicted > 100 && naive.nextOfModule.count == 3)
  }

  private static func compareIndependent(
    _ buffer: inout MultiAgentEpisodeReplayBuffer, _ naive: NaiveAgents, _ games: inout RandomGames, _ place: Comment
  ) throws {
    let modules = naive.filledModules
    guard !modules.isEmpty else {
      #expect(throws: ReplayBufferError.emptyBuffer, place) { try buffer.sample(count: 1) }
      return
    }
    let nStep = TwinChecks.nStep(&games)
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
    let nStep = TwinChecks.nStep(&games)
    var generator = buffer.generator
    let sample = try buffer.sample(count: 4, mode: .synchronized, nStep: nStep, gamma: 0.9)
    let drawn = naive.drawCommon(4, modules, nStep, treeSize: nil, using: &generator)
    #expect(generator == buffer.generator, place)
    TwinChecks.expectItems(of: drawn, in: sample, naive, modules, place)
    #expect(sample.modules.allSatisfy { $0.items.weights.allSatisfy { $0 == 1 } }, place)
  }
}
