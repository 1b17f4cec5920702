public import Environments
internal import NeuralNetworks
internal import ReplayBuffers
internal import StateTree
public import Training

/// What DQN acts by where its learner is not: the online network and epsilon.
struct DQNPolicy: RunnerPolicy {
  /// Nothing beside observation, action and reward.
  var extraColumns: [ColumnSchema] { [] }

  private let network: QNetwork
  private let schedule: LinearSchedule
  private let learningRate: Double
  private var epsilonStep = 0
  private var parameters: [Float]
  private var activations: Activations

  /// A policy that has no weights yet.
  init(_ config: DQNConfig, observationSize: Int, actionCount: Int) throws(DQNLearnerError) {
    network = try QNetwork(observationSize: observationSize, actionCount: actionCount, settings: config.learner)
    schedule = config.epsilon
    learningRate = config.learner.learningRate
    parameters = [Float](repeating: 0, count: network.table.parameterCount)
    activations = Activations(for: network.perceptron)
  }

  mutating func choose(
    _ observations: Tensor, exploring: Bool, stepsTaken: Int, using generator: inout PCG64
  ) throws -> ChosenActions {
    let count = observations.rowCount
    let epsilon = exploring ? schedule.value(at: epsilonStep + stepsTaken) : 0
    let actions = try EpsilonGreedy(epsilon: epsilon).actions(
      count: count, of: network.actionCount, using: &generator
    ) {
      activations.setInputs(observations, count: count)
      network.perceptron.forward(parameters: parameters, &activations)
      return try (0..<count).map { item in
        guard let best = network.best(item: item, in: activations) else {
          throw DQNLearnerError.diverged(
            quantity: "the value of an action", value: .nan, updateCount: 0, learningRate: learningRate)
        }
        return best.action
      }
    }
    return ChosenActions(Tensor(vector: actions.map(Int64.init)))
  }

  mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state, at: ["policy"])
    let step = try reader.counter("epsilon_step")
    parameters = try network.table.block(from: reader.reader("network"))
    epsilonStep = step
  }
}

extension DQNConfig {
  /// A policy for runners elsewhere, before it has weights.
  /// - Throws: `TrainingError.unsuitableEnvironment`, `DQNLearnerError`.
  public func makePolicy(observations: Space, actions: Space) throws -> any RunnerPolicy {
    try DQNPolicy(
      self, observationSize: observations.shape.reduce(1, *), actionCount: actionCount(actions))
  }

  /// False: an evaluation takes the greatest values.
  public static var evaluationExplores: Bool { false }

  /// How many actions there are.
  /// - Throws: `TrainingError.unsuitableEnvironment` for other spaces than integers from 0.
  func actionCount(_ space: Space) throws(TrainingError) -> Int {
    guard case .discrete(let count, let first) = space, first == 0 else {
      throw .unsuitableEnvironment(
        common.environment, reason: "its actions are \(space), expected integers from 0; PPO takes others")
    }
    return count
  }
}
