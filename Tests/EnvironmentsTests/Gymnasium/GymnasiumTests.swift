import Environments
import StateTree
import Testing

@Suite struct `Environments beside Gymnasium's` {
  @Test(arguments: GymnasiumFixture.runNames)
  func `Observations, rewards, endings and states are Gymnasium's bits`(_ name: RunName) throws {
    let run = try name.recorded()
    var environment = try name.makeEnvironment()
    for (number, episode) in run.episodes.enumerated() {
      let first = try environment.reset(seed: episode.seed)
      try #require(try first == episode.observation(at: 0), "episode \(number)")
      #expect(environment.observationSpace.contains(first))
      for time in 0..<episode.count {
        let step = try environment.step(episode.action(at: time))
        try #require(try step == episode.step(at: time), "episode \(number), step \(time)")
        try #require(try environment.state["physics"] == .tensor(episode.physics(at: time + 1)))
        try #require(environment.observationSpace.contains(step.observation))
        try environment.checkInvariants()
      }
    }
    #expect(environment.state["generator"] == run.generator)
  }

  @Test(arguments: GymnasiumFixture.runNames)
  func `Restored in the middle of episodes, every bit stays Gymnasium's`(_ name: RunName) throws {
    let run = try name.recorded()
    var environment = try name.makeEnvironment()
    for (number, episode) in run.episodes.enumerated() {
      environment = try reborn(environment, name)
      let first = try environment.reset(seed: episode.seed)
      try #require(try first == episode.observation(at: 0), "episode \(number)")
      for time in 0..<episode.count {
        if time < 12 || time % 97 == 0 { environment = try reborn(environment, name) }
        let step = try environment.step(episode.action(at: time))
        try #require(try step == episode.step(at: time), "episode \(number), step \(time)")
      }
    }
    #expect(try reborn(environment, name).state["generator"] == run.generator)
  }

  /// A new environment with the state of another one, as bytes hold it.
  private func reborn(_ environment: any Environment, _ name: RunName) throws -> any Environment {
    var new = try name.makeEnvironment()
    _ = try new.reset(seed: 99)
    try new.restore(from: StateValue(decoding: environment.state.encoded()))
    #expect(new.state == environment.state)
    return new
  }

  @Test(arguments: GymnasiumFixture.ids)
  func `The spaces are Gymnasium's`(_ id: String) throws {
    let fixture = try GymnasiumFixture.of(id)
    let environment = try EnvironmentCatalogue.standard.makeEnvironment(id)
    for (ours, theirs) in [
      (environment.actionSpace, fixture.actionSpace), (environment.observationSpace, fixture.observationSpace),
    ] {
      let theirs = try StateReader(theirs)
      let ours = try StateReader(ours.state)
      #expect(Set(ours.map.keys) == Set(theirs.map.keys))
      for (key, value) in ours.map { #expect(try theirs.value(key) == value, "\(key)") }
    }
  }

  @Test func `CartPole's recorded runs end in every way an episode can`() throws {
    let episodes = try GymnasiumFixture.of(CartPole.id).runs.flatMap(\.episodes)
    func has(_ terminated: Bool, _ truncated: Bool, steps: Int? = nil) -> Bool {
      episodes.contains {
        $0.terminateds.last == terminated && $0.truncateds.last == truncated && $0.count == steps ?? $0.count
      }
    }
    #expect(has(true, false))
    #expect(has(false, true, steps: CartPole.maximumEpisodeSteps))
    #expect(has(true, true, steps: CartPole.maximumEpisodeSteps))
    #expect(has(false, false), "an episode abandoned under way")
    #expect(episodes.contains { $0.count == 0 }, "an episode abandoned at once")
    let lastPositions = try episodes.map { try #require($0.physics.doubles())[4 * $0.count] }
    #expect(lastPositions.contains { abs($0) > 2.4 }, "a cart that left the track")
  }

  @Test func `The recorded joints turn over, reach their fastest and the target`() throws {
    let acrobot = try GymnasiumFixture.of(Acrobot.id).runs.flatMap(\.episodes)
    #expect(acrobot.contains { $0.terminateds.last == true && $0.rewards.last == 0 && $0.rewards.first == -1 })
    #expect(acrobot.contains { $0.truncateds.last == true && $0.count == Acrobot.maximumEpisodeSteps })
    let turnsOver = try acrobot.contains { episode in
      let angles = try column(1, of: episode.physics)
      return zip(angles, angles.dropFirst()).contains { abs($0 - $1) > .pi }
    }
    #expect(turnsOver, "a second joint beyond pi")
    let pendulum = try GymnasiumFixture.of(Pendulum.id).runs.flatMap(\.episodes)
    let velocities = try pendulum.flatMap { try column(1, of: $0.physics) }
    #expect(velocities.contains { abs($0) == 8 })
    #expect(try pendulum.contains { try column(0, of: $0.physics).contains { abs($0) > 2 * .pi } }, "a whole turn")
    #expect(try pendulum.contains { try column(0, of: $0.actions).contains { abs($0) == 2 } }, "the bounds of actions")
  }

  private func column(_ index: Int, of tensor: Tensor) throws -> [Double] {
    let numbers = try #require(tensor.doubles())
    return stride(from: index, to: numbers.count, by: tensor.shape[1]).map { numbers[$0] }
  }
}
