import Environments
import StateTree
import Testing

@Suite("States that CartPole-v1 cannot have")
struct CartPoleRefusalTests {
  /// A key, what stands there instead, what is said about it.
  static let damages: [(StateKey, StateValue?, String)] = [
    (
      "environment", nil,
      "CartPole-v1/environment is missing; the state was written by another version or another kind of object"
    ),
    ("environment", "Acrobot-v1", "CartPole-v1/environment is Acrobot-v1, expected CartPole-v1"),
    (
      "physics", .tensor(Tensor(vector: [Float(0), 0, 0, 0])),
      "CartPole-v1/physics is float32 [4], expected a tensor of float64; "
        + "the state was written by another version or another kind of object"
    ),
    ("physics", physics(0, 0, 0), "CartPole-v1/physics is 3 numbers, expected 4"),
    ("physics", physics(0, .nan, 0, 0), broken("the physics are not finite: [0.0, nan, 0.0, 0.0]")),
    ("physics", physics(0, 0, -.infinity, 0), broken("the physics are not finite: [0.0, 0.0, -inf, 0.0]")),
    ("physics", physics(2.5, 0, 0, 0), broken("the episode is under way and past its end")),
    ("episode_steps", -1, "CartPole-v1/episode_steps is -1, expected 0 or more"),
    ("episode_steps", 500, broken("the episode is under way and past its end")),
    ("episode_steps", 501, broken("501 steps in an episode, expected at most 500")),
    ("phase", "done", "CartPole-v1/phase is done, expected new, under_way or ended"),
    ("phase", "new", broken("steps or draws before the first reset")),
    ("phase", "ended", broken("the episode ended without a reason")),
    ("generator", .nil, broken("there is an episode and no generator")),
    (
      "generator", 3,
      "CartPole-v1/generator is integer, expected a map; "
        + "the state was written by another version or another kind of object"
    ),
  ]

  @Test("are refused with the reason, and the environment stays as it was", arguments: damages.indices)
  func refused(_ index: Int) throws {
    let (key, value, message) = Self.damages[index]
    var environment = CartPole()
    _ = environment.reset(seed: 6)
    _ = try environment.step(action(0))
    guard case .map(var map) = environment.state else { return }
    map[key] = value
    var other = CartPole()
    _ = other.reset(seed: 7)
    let before = other
    let error = try #require(throws: EnvironmentError.self) { try other.restore(from: .map(map)) }
    #expect(error.description == message)
    #expect(other == before)
  }

  private static func physics(_ numbers: Double...) -> StateValue { .tensor(Tensor(vector: numbers)) }

  private static func broken(_ reason: String) -> String {
    "the state of CartPole-v1 is inconsistent: \(reason); take the state from an intact checkpoint or call reset"
  }
}
