import Environments
import StateTree
import Testing

@Suite("CartPole-v1 beside Gymnasium's")
struct CartPoleGymnasiumTests {
  @Test("observations, rewards, endings and states are Gymnasium's bits", arguments: CartPoleFixture.runNames)
  func bits(_ name: String) throws {
    let run = try CartPoleFixture.run(name)
    var environment = CartPole()
    for (number, episode) in run.episodes.enumerated() {
      let first = environment.reset(seed: episode.seed)
      try #require(try first == episode.observation(at: 0), "episode \(number)")
      for time in episode.actions.indices {
        let step = try environment.step(action(episode.actions[time]))
        try #require(try step == episode.step(at: time), "episode \(number), step \(time)")
        try #require(try environment.state["physics"] == .tensor(episode.physics(at: time + 1)))
        try environment.checkInvariants()
      }
    }
    #expect(environment.state["generator"] == run.generator)
  }

  @Test("restored in the middle of episodes, every bit stays Gymnasium's", arguments: CartPoleFixture.runNames)
  func restored(_ name: String) throws {
    let run = try CartPoleFixture.run(name)
    var environment = CartPole()
    for (number, episode) in run.episodes.enumerated() {
      environment = try reborn(environment)
      let first = environment.reset(seed: episode.seed)
      try #require(try first == episode.observation(at: 0), "episode \(number)")
      for time in episode.actions.indices {
        if time < 12 || time % 97 == 0 { environment = try reborn(environment) }
        let step = try environment.step(action(episode.actions[time]))
        try #require(try step == episode.step(at: time), "episode \(number), step \(time)")
      }
    }
    #expect(try reborn(environment).state["generator"] == run.generator)
  }

  /// A new environment with the state of another one, as bytes hold it.
  private func reborn(_ environment: CartPole) throws -> CartPole {
    var new = CartPole()
    _ = new.reset(seed: 99)
    try new.restore(from: StateValue(decoding: environment.state.encoded()))
    #expect(new == environment)
    return new
  }

  @Test("the spaces are Gymnasium's")
  func spaces() throws {
    let fixture = try CartPoleFixture.shared.get()
    let environment = CartPole()
    #expect(try environment.actionSpace == Space(state: fixture.actionSpace))
    guard case .box(let dataType, let shape, let low, let high) = environment.observationSpace else {
      Issue.record("the observation space is no box")
      return
    }
    let theirs = try StateReader(fixture.observationSpace)
    #expect(try dataType.name == theirs.string("type"))
    #expect(try shape == theirs.counts("shape"))
    #expect(try low == theirs.vector("low"))
    #expect(try high == theirs.vector("high"))
  }

  @Test("the recorded runs end in every way an episode can")
  func endings() throws {
    let episodes = try CartPoleFixture.shared.get().runs.flatMap(\.episodes)
    func has(_ terminated: Bool, _ truncated: Bool, steps: Int? = nil) -> Bool {
      episodes.contains {
        $0.terminateds.last == terminated && $0.truncateds.last == truncated
          && $0.actions.count == steps ?? $0.actions.count
      }
    }
    #expect(has(true, false))
    #expect(has(false, true, steps: CartPole.maximumEpisodeSteps))
    #expect(has(true, true, steps: CartPole.maximumEpisodeSteps))
    #expect(has(false, false), "an episode abandoned under way")
    #expect(episodes.contains { $0.actions.isEmpty }, "an episode abandoned at once")
    let lastPositions = try episodes.map { try #require($0.physics.doubles())[4 * $0.actions.count] }
    #expect(lastPositions.contains { abs($0) > 2.4 }, "a cart that left the track")
  }
}
