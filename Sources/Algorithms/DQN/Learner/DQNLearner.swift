internal import NeuralNetworks
public import ReplayBuffers
public import StateTree

/// The online and the target network of DQN and the optimizer between them. A value: a copy learns on its own.
public struct DQNLearner: Checkpointable, Sendable {
  /// How it was made; the learning rate that counts is `learningRate`.
  public let settings: DQNLearnerSettings
  /// How many numbers an observation has.
  public let observationSize: Int
  /// How many actions there are.
  public let actionCount: Int
  /// The step size of the next update, at first that of the settings.
  public var learningRate: Double

  /// A learner with random weights, the target network equal to the online one.
  /// - Throws: `DQNLearnerError.invalidSetting`.
  public init(
    observationSize: Int, actionCount: Int, settings: DQNLearnerSettings, seed: UInt64
  ) throws(DQNLearnerError) {
    self.settings = settings
    self.observationSize = observationSize
    self.actionCount = actionCount
    learningRate = settings.learningRate
  }

  /// How many numbers training changes (`num_trainable_parameters`).
  public var trainableParameterCount: Int { 0 }

  /// Takes one gradient step.
  /// - Throws: `DQNLearnerError`; the learner is then as it was.
  public mutating func update(_ sample: EpisodeSample) throws(DQNLearnerError) -> DQNUpdate {
    DQNUpdate(
      absoluteTDErrors: [], loss: 0, meanValue: 0, leastValue: 0, greatestValue: 0, meanTDError: 0, gradientNorm: 0)
  }

  /// Moves the target network towards the online one by `tau`.
  public mutating func updateTarget() {}

  /// The actions of greatest value, the first of equal ones.
  /// - Shape: observations `[n, observationSize]`, or one observation without the first axis.
  /// - Throws: `DQNLearnerError`.
  public mutating func greedyActions(_ observations: Tensor) throws(DQNLearnerError) -> [Int] { [] }

  /// Weights, optimizer and counters, named as RLlib and torch name them.
  public var state: StateValue { [:] }

  /// Becomes what `state` was taken from.
  /// - Throws: `DQNLearnerError`; the learner is then as it was.
  public mutating func restore(from state: StateValue) throws {}

  /// Checks that all weights are numbers.
  /// - Throws: `DQNLearnerError`.
  public func checkInvariants() throws {}
}
