import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `Multi-agent buffers beside RLlib's` {
  let truth: RLlibItems

  init() throws { truth = try RLlibItems() }

  private func buffer() throws -> MultiAgentPrioritizedEpisodeReplayBuffer {
    let schema = try RLlibItems.schema()
    var buffer = try MultiAgentPrioritizedEpisodeReplayBuffer(
      capacity: 1000, alpha: truth.alpha, modules: ["a": schema, "b": schema], seed: 1)
    for episode in truth.episodes { try buffer.add(episode.fragment()) }
    return buffer
  }

  /// The module's number of an agent's step.
  private func step(
    _ buffer: MultiAgentPrioritizedEpisodeReplayBuffer, _ module: Int, _ episode: String, _ agent: String, _ time: Int
  ) throws -> Int {
    let store = buffer.store.modules[module].store
    let number = try #require(store.episodeOfID[StateKey("\(episode)/\(agent)")])
    return store.stepNumbers(of: number)[time]
  }

  @Test func `For every step that RLlib can draw, the items are RLlib's`() throws {
    let buffer = try buffer()
    #expect(truth.items.count > 60)
    for item in truth.items {
      let place: Comment = "\(item.episode)/\(item.agent) at \(item.time), \(item.n) steps"
      let module = try buffer.store.index(ofModule: item.module)
      let step = try step(buffer, module, item.episode, item.agent, item.time)
      let ours = buffer.store.sample(
        module, [EpisodeStore.Pick(step: step, nStep: item.n)], gamma: truth.gamma, weights: [1])
      #expect(ours.items.observations.doubles() == item.observation, place)
      #expect(ours.items.nextObservations.doubles() == item.nextObservation, place)
      #expect(ours.items.actions.integers() == [item.action], place)
      #expect(ours.items.rewards == [Float(item.reward)], place)
      #expect(ours.items.isTerminated == [item.terminated] && ours.items.isTruncated == [item.truncated], place)
      #expect(ours.items.nSteps == [item.n] && ours.agents == [item.agent] && ours.episodes == [item.episode], place)
    }
  }

  @Test func `The priorities of every module's steps give the weights that RLlib gives`() throws {
    var buffer = try buffer()
    #expect(truth.weights.count == buffer.counters.agentSteps)
    for weight in truth.weights {
      let module = try buffer.store.index(ofModule: weight.module)
      let step = try step(buffer, module, weight.episode, weight.agent, weight.time)
      try buffer.updatePriorities(module: weight.module, [step], [weight.priority])
    }
    for weight in truth.weights {
      let module = try buffer.store.index(ofModule: weight.module)
      let step = try step(buffer, module, weight.episode, weight.agent, weight.time)
      let ours = buffer.priorities[module].tree.weights(
        [step], of: buffer.store.modules[module].store.stepCount, beta: truth.beta)
      #expect(abs(Double(ours[0]) - weight.weight) < 1e-6, "\(weight.episode)/\(weight.agent) at \(weight.time)")
    }
  }
}
