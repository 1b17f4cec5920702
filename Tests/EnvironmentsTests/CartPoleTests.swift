import Environments
import StateTree
import Testing

@Suite("CartPole-v1")
struct CartPoleTests {
  @Test("a step before the first reset is refused")
  func early() throws {
    var environment = CartPole()
    #expect(throws: EnvironmentError.notReset(environment: "CartPole-v1")) { try environment.step(action(0)) }
    #expect(environment == CartPole())
  }

  @Test("a step after the end is refused until a reset, also once restored")
  func late() throws {
    var environment = CartPole()
    _ = environment.reset(seed: 4)
    while environment.phase == .underWay { _ = try environment.step(action(1)) }
    let ended = environment
    let error = EnvironmentError.episodeEnded(environment: "CartPole-v1", steps: ended.episodeSteps)
    #expect(throws: error) { try environment.step(action(0)) }
    #expect(environment == ended)
    var restored = CartPole()
    try restored.restore(from: ended.state)
    #expect(throws: error) { try restored.step(action(0)) }
    #expect(restored.reset(seed: nil) == environment.reset(seed: nil))
    #expect(try restored.step(action(0)) == environment.step(action(0)))
  }

  static let invalidActions: [(Tensor, String)] = [
    (scalar(Int64(2)), "2 (int64 [])"), (scalar(Int64(-1)), "-1 (int64 [])"), (scalar(UInt8(255)), "255 (uint8 [])"),
    (scalar(UInt64.max), "1.8446744073709552e+19 (uint64 [])"), (scalar(Float(1)), "1.0 (float32 [])"),
    (Tensor(vector: [Int64(1)]), "1.0 (int64 [1])"), (Tensor(vector: [Int64(1), 0]), "int64 [2]"),
    (Tensor(vector: [true]), "1.0 (bool [1])"),
  ]

  @Test("an action outside the space is refused and changes nothing", arguments: invalidActions)
  func invalid(_ tensor: Tensor, _ found: String) throws {
    var environment = CartPole()
    _ = environment.reset(seed: 1)
    let before = environment
    let error = EnvironmentError.invalidAction(
      environment: "CartPole-v1", found: found, expected: "an integer from 0 to 1")
    #expect(!environment.actionSpace.contains(tensor))
    #expect(throws: error) { try environment.step(tensor) }
    #expect(environment == before)
  }

  static let ones = [
    scalar(Int8(1)), scalar(Int16(1)), scalar(Int32(1)), scalar(Int64(1)), scalar(UInt8(1)), scalar(UInt16(1)),
    scalar(UInt32(1)), scalar(UInt64(1)),
  ]

  @Test("integers of any type are actions", arguments: ones)
  func integers(_ tensor: Tensor) throws {
    var environment = CartPole()
    _ = environment.reset(seed: 1)
    var other = environment
    #expect(try environment.step(tensor) == other.step(action(1)))
  }

  @Test("environments without a seed differ, and a seed makes them alike")
  func seeds() throws {
    var (one, other) = (CartPole(), CartPole())
    #expect(one.reset(seed: nil) != other.reset(seed: nil))
    #expect(one.reset(seed: 5) == other.reset(seed: 5))
    #expect(one.reset(seed: nil) == other.reset(seed: nil))
  }

  @Test("at any time a copy made from the state goes on alike, and observations lie in their space", arguments: 0..<4)
  func walks(seed: UInt64) throws {
    var random = PCG64(seed: seed)
    var environment = try EnvironmentCatalogue.standard.makeEnvironment("CartPole-v1")
    var observation = try environment.reset(seed: seed)
    for operation in 0..<400 {
      let place: Comment = "seed \(seed), operation \(operation)"
      if random.integers(in: 0..<20) == 0 { observation = try environment.reset() }
      let push = try action(random.integers(in: 0..<2))
      var copy: any Environment = CartPole()
      try copy.restore(from: environment.state)
      let before = environment.state
      let step = try environment.step(push)
      #expect(copy.state == before, place)
      #expect(try copy.step(push) == step, place)
      #expect(copy.state == environment.state, place)
      observation = step.observation
      #expect(environment.observationSpace.contains(observation), place)
      try environment.checkInvariants()
      if step.isTerminated || step.isTruncated { observation = try environment.reset() }
    }
    #expect(environment.observationSpace.contains(observation))
  }
}

/// A tensor of one number without axes.
func scalar<Scalar: TensorScalar>(_ value: Scalar) -> Tensor {
  do { return try Tensor([value], shape: []) } catch { preconditionFailure("one number has the empty shape: \(error)") }
}
