import Environments
import StateTree
import Testing

@Suite struct `Limits of time` {
  private func limited(_ steps: Int) throws -> TimeLimited<GridWorld> {
    TimeLimited(try GridWorld(id: "Hall-v0", map: GridWorld.Map("S.G")), maximumEpisodeSteps: steps)
  }

  @Test func `Truncate with the last step, and a reset begins to count anew`() throws {
    var environment = try limited(3)
    #expect(throws: EnvironmentError.notReset(environment: "Hall-v0")) { try environment.step(action(3)) }
    #expect(environment.episodeSteps == 0)
    for _ in 0..<2 {
      _ = try environment.reset(seed: 1)
      #expect(try (0..<3).map { _ in try environment.step(action(3)).isTruncated } == [false, false, true])
      #expect(throws: EnvironmentError.episodeEnded(environment: "GridWorld", steps: 3)) {
        try environment.step(action(3))
      }
    }
  }

  @Test func `Leave endings and refusals of the environment as they are`() throws {
    var environment = try limited(3)
    _ = try environment.reset(seed: 1)
    #expect(throws: EnvironmentError.self) { try environment.step(action(9)) }
    #expect(environment.episodeSteps == 0)
    _ = try environment.step(action(1))
    let last = try environment.step(action(1))
    #expect(last.isTerminated && !last.isTruncated && last.reward == 1)
    #expect(environment.observationSpace == environment.base.observationSpace)
    #expect(environment.actionSpace == environment.base.actionSpace)
    #expect(environment.inexactBecause == nil)
  }

  @Test func `Survive a restart`() throws {
    var environment = try limited(3)
    _ = try environment.reset(seed: 1)
    _ = try environment.step(action(3))
    var other = try limited(3)
    try other.restore(from: StateValue(decoding: environment.state.encoded()))
    #expect(other.state == environment.state)
    #expect(try other.step(action(1)) == environment.step(action(1)))
    #expect(try other.step(action(3)).isTruncated)
    try other.checkInvariants()
    var shorter = try limited(1)
    let error = try #require(throws: EnvironmentError.self) { try shorter.restore(from: environment.state) }
    #expect(
      error.description == "the state of GridWorld is inconsistent: 2 steps in an episode, expected at most 1; "
        + "take the state from an intact checkpoint or call reset")
    let strange = EnvironmentError.state(.missingKey(path: "time_limited/episode_steps"))
    #expect(throws: strange) { try shorter.restore(from: ["base": environment.base.state]) }
  }

  @Test func `Go around an environment from a catalogue`() throws {
    let base = try EnvironmentCatalogue.standard.makeEnvironment("CartPole-v1")
    var environment: any Environment = limit(base, 2)
    _ = try environment.reset(seed: 1)
    #expect(try !environment.step(action(0)).isTruncated)
    #expect(try environment.step(action(0)).isTruncated)
  }

  private func limit(_ environment: some Environment, _ steps: Int) -> any Environment {
    TimeLimited(environment, maximumEpisodeSteps: steps)
  }
}
