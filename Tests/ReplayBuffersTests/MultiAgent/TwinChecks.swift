import StateTree
import Testing

@testable import ReplayBuffers

/// What both multi-agent buffers are compared with plain arrays by.
enum TwinChecks {
  static func nStep(_ games: inout RandomGames) -> NStep {
    games.integer(below: 2) == 0 ? .fixed(1 + games.integer(below: 6)) : .drawn(from: 1..<5)
  }

  /// Expects the items of all agents in the drawn environment steps, at least one of each module and step.
  static func expectItems(
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

  static func compareCounters(_ store: MultiAgentStore, _ naive: NaiveAgents, _ place: Comment) throws {
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
      let window = store.modules[try store.index(ofModule: module)].store.steps.positions
      #expect(window == (steps.min() ?? next)..<next, place)
    }
  }

  static func expectWeights(_ found: [Float], _ leaves: [Double], _ smallest: Double?, _ place: Comment) {
    #expect(found.count == leaves.count, place)
    for (weight, leaf) in zip(found, leaves) {
      #expect(abs(Double(weight) - ((smallest ?? 0) / leaf).squareRoot()) < 1e-6, place)
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
