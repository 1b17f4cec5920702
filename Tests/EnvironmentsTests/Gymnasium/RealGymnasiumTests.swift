import StateTree
import Testing

@testable import Environments

/// Whether the Python that `RLBUF_PYTHON` names, or `python3`, has gymnasium. Any other failure shall fail the tests.
private let hasGymnasium: Bool = {
  do throws(EnvironmentError) {
    _ = try GymnasiumEnvironment("CartPole-v1")
    return true
  } catch {
    switch error {
    case .pythonUnavailable, .gymnasiumMissing: return false
    default: return true
    }
  }
}()

@Suite(
  .enabled(if: hasGymnasium, "needs a Python with gymnasium: name one in RLBUF_PYTHON"), .timeLimit(.minutes(10)))
struct `Environments of Python's Gymnasium` {
  static let runs = GymnasiumFixture.runNames.filter { $0.run.hasPrefix("abandoned") }

  @Test(arguments: runs) func `Give what was recorded from Gymnasium`(_ name: RunName) throws {
    var environment = try EnvironmentCatalogue.standard.makeEnvironment("gymnasium:" + name.environment)
    let ours = try name.makeEnvironment()
    #expect(environment.observationSpace == ours.observationSpace)
    #expect(environment.actionSpace == ours.actionSpace)
    for episode in try name.recorded().episodes {
      #expect(try environment.reset(seed: episode.seed) == episode.observation(at: 0))
      for time in 0..<episode.count {
        try #require(try environment.step(episode.action(at: time)) == episode.step(at: time), "step \(time)")
      }
    }
  }

  @Test func `Arguments reach the environment`() throws {
    var environment = try GymnasiumEnvironment("Pendulum-v1", arguments: ["g": 0.0, "max_episode_steps": 3])
    let first = try environment.reset(seed: 1)
    var step = try environment.step(Tensor(vector: [Float(0)]))
    // Without gravity it turns as fast as before.
    #expect(try step.observation.scalars(as: Float.self)[2] == first.scalars(as: Float.self)[2])
    step = try environment.step(Tensor(vector: [Float(0)]))
    #expect(try environment.step(Tensor(vector: [Float(0)])).isTruncated)
    environment = try GymnasiumEnvironment("FrozenLake-v1", arguments: ["is_slippery": false])
    #expect(environment.observationSpace == .discrete(count: 16))
    #expect(try environment.reset(seed: nil) == scalar(Int64(0)))
    #expect(try environment.step(action(2)).observation == scalar(Int64(1)))
  }

  @Test func `What Python raises is in the error`() throws {
    let error = try #require(throws: EnvironmentError.self) { try GymnasiumEnvironment("CartPol-v1") }
    guard case .pythonFailed("gymnasium:CartPol-v1", "make", let message) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(message.contains("CartPole"))
    #expect(!message.contains("\n"))
  }

  @Test func `A space of several spaces is refused by name`() {
    let error = EnvironmentError.unsupportedSpace(environment: "gymnasium:Blackjack-v1", space: "Tuple")
    #expect(throws: error) { try GymnasiumEnvironment("Blackjack-v1") }
  }

  @Test func `What an environment prints does not disturb the conversation`() throws {
    // Gymnasium imports what stands before the colon, and importing `this` prints the Zen of Python.
    let environment = try GymnasiumEnvironment("this:CartPole-v1")
    #expect(try environment.reset(seed: 0).shape == [4])
  }
}
