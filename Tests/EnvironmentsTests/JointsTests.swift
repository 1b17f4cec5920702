import Environments
import StateTree
import Testing

@Suite struct `Acrobot-v1 and Pendulum-v1` {
  static let ids = [Acrobot.id, Pendulum.id]

  private func middle(of id: String) throws -> Tensor {
    id == Acrobot.id ? try action(1) : Tensor(vector: [Float(0.5)])
  }

  @Test(arguments: ids) func `Refuse a step before the first reset and after the end`(_ id: String) throws {
    var environment = try EnvironmentCatalogue.standard.makeEnvironment(id)
    let still = try middle(of: id)
    #expect(throws: EnvironmentError.notReset(environment: id)) { try environment.step(still) }
    _ = try environment.reset(seed: 5)
    var steps = 0
    var isOver = false
    while !isOver {
      let step = try environment.step(still)
      steps += 1
      isOver = step.isTerminated || step.isTruncated
    }
    let ended = environment.state
    #expect(throws: EnvironmentError.episodeEnded(environment: id, steps: steps)) { try environment.step(still) }
    #expect(environment.state == ended)
  }

  static let invalidActions: [(id: String, Tensor, found: String, expected: String)] = [
    (Acrobot.id, scalar(Int64(3)), "3 (int64 [])", "an integer from 0 to 2"),
    (Acrobot.id, scalar(Int64(-1)), "-1 (int64 [])", "an integer from 0 to 2"),
    (Acrobot.id, scalar(Float(1)), "1.0 (float32 [])", "an integer from 0 to 2"),
    (Pendulum.id, Tensor(vector: [Float(2).nextUp]), "2.000000238418579 (float32 [1])", "float32 [1] from -2.0 to 2.0"),
    (Pendulum.id, Tensor(vector: [Float.nan]), "nan (float32 [1])", "float32 [1] from -2.0 to 2.0"),
    (Pendulum.id, Tensor(vector: [0.5]), "0.5 (float64 [1])", "float32 [1] from -2.0 to 2.0"),
    (Pendulum.id, scalar(Float(0.5)), "0.5 (float32 [])", "float32 [1] from -2.0 to 2.0"),
    (Pendulum.id, Tensor(vector: [Float(0), 0]), "float32 [2]", "float32 [1] from -2.0 to 2.0"),
    (Pendulum.id, Tensor(vector: [Float]()), "float32 [0]", "float32 [1] from -2.0 to 2.0"),
  ]

  @Test(arguments: invalidActions.indices)
  func `Refuse an action outside the space and stay as they were`(_ index: Int) throws {
    let (id, tensor, found, expected) = Self.invalidActions[index]
    var environment = try EnvironmentCatalogue.standard.makeEnvironment(id)
    _ = try environment.reset(seed: 1)
    let before = environment.state
    #expect(!environment.actionSpace.contains(tensor))
    #expect(throws: EnvironmentError.invalidAction(environment: id, found: found, expected: expected)) {
      try environment.step(tensor)
    }
    #expect(environment.state == before)
  }

  /// An environment, a key, what stands there instead, what is said about it.
  static let damages: [(id: String, StateKey, StateValue, String)] =
    ids.flatMap { id in
      [
        (
          id, "environment", .nil,
          "\(id)/environment is nil, expected a string; "
            + "the state was written by another version or another kind of object"
        ),
        (id, "environment", "CartPole-v1", "\(id)/environment is CartPole-v1, expected \(id)"),
        (
          id, "physics", .tensor(Tensor(vector: [0.0])),
          "\(id)/physics is 1 numbers, expected \(id == Acrobot.id ? 4 : 2)"
        ),
        (
          id, "episode_steps", 501,
          broken(id, "501 steps in an episode, expected at most \(id == Acrobot.id ? 500 : 200)")
        ),
        (id, "phase", "new", broken(id, "steps or draws before the first reset")),
        (id, "phase", "ended", broken(id, "the episode ended without a reason")),
        (id, "generator", .nil, broken(id, "there is an episode and no generator")),
      ]
    } + [
      outOfBounds(Acrobot.id, [3.2, 0, 0, 0]), outOfBounds(Acrobot.id, [0, 0, 0, -28.3]),
      outOfBounds(Acrobot.id, [0, .nan, 0, 0]), outOfBounds(Pendulum.id, [.infinity, 0]),
      outOfBounds(Pendulum.id, [0, 8.5]), outOfBounds(Pendulum.id, [0, .nan]),
      (
        Acrobot.id, "physics", .tensor(Tensor(vector: [3.1, 0.0, 0.0, 0.0])),
        broken(Acrobot.id, "the episode is under way and past its end")
      ),
    ]

  private static func outOfBounds(_ id: String, _ numbers: [Double]) -> (String, StateKey, StateValue, String) {
    (id, "physics", .tensor(Tensor(vector: numbers)), broken(id, "the physics are out of bounds: \(numbers)"))
  }

  private static func broken(_ id: String, _ reason: String) -> String {
    "the state of \(id) is inconsistent: \(reason); take the state from an intact checkpoint or call reset"
  }

  @Test(arguments: damages.indices)
  func `Refuse states they cannot have, with the reason, and stay as they were`(_ index: Int) throws {
    let (id, key, value, message) = Self.damages[index]
    var environment = try EnvironmentCatalogue.standard.makeEnvironment(id)
    _ = try environment.reset(seed: 6)
    _ = try environment.step(middle(of: id))
    guard case .map(var map) = environment.state else { return }
    map[key] = value
    var other = try EnvironmentCatalogue.standard.makeEnvironment(id)
    _ = try other.reset(seed: 7)
    let before = other.state
    let error = try #require(throws: EnvironmentError.self) { try other.restore(from: .map(map)) }
    #expect(error.description == message)
    #expect(other.state == before)
  }

  @Test func `Acrobot's angles are those that its observations show`() throws {
    var acrobot = Acrobot()
    _ = acrobot.reset(seed: 3)
    for _ in 0..<40 {
      let seen = try #require(
        acrobot.step(action(acrobot.physics.secondAngularVelocity > 0 ? 2 : 0)).observation.doubles())
      #expect(abs(acrobot.physics.firstJointAngle.cosine - seen[0]) < 1e-6)
      #expect(abs(acrobot.physics.secondJointAngle.cosine - seen[2]) < 1e-6)
    }
  }
}

extension Double {
  /// The cosine by its series, for angles within -pi...pi.
  fileprivate var cosine: Double {
    var (term, sum) = (1.0, 1.0)
    for n in 1...20 {
      term *= -self * self / Double((2 * n - 1) * (2 * n))
      sum += term
    }
    return sum
  }
}
