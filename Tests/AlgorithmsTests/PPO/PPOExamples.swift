import Environments
import NeuralNetworks
import ReplayBuffers
import StateTree

@testable import Algorithms

/// PPO learners and fragments to try things on.
enum PPOExamples {
  static let discrete = Space.discrete(count: 3, start: -1)
  static let box = Space.box(dataType: .float32, shape: [1, 2], low: [-1, -1], high: [1, 1])

  static func settings() -> PPOLearnerSettings {
    var settings = PPOLearnerSettings()
    settings.hiddenLayers = [8, 6]
    settings.learningRate = 0.01
    settings.epochs = 2
    settings.minibatchSize = 4
    settings.entropyCoefficient = 0.01
    return settings
  }

  static func learner(
    _ space: Space = discrete, _ settings: PPOLearnerSettings = settings(), seed: UInt64 = 9
  ) throws -> PPOLearner {
    try PPOLearner(observationSize: 4, actionSpace: space, settings: settings, seed: seed)
  }

  /// Fragments of random observations in which the learner's policy acted: one terminated, one truncated, one cut.
  static func fragments(_ learner: PPOLearner, lengths: [Int] = [5, 3, 6], seed: UInt64 = 1) throws -> [EpisodeFragment]
  {
    var generator = PCG64(seed: seed)
    var policy = learner.policy
    return try lengths.enumerated().map { index, length in
      let numbers = generator.uniform(in: -1..<1, count: (length + 1) * 4).map { Float($0) }
      let observations = try Tensor(numbers, shape: [length + 1, 4])
      let decision = try policy.act(observations.rows(0..<length), using: &generator)
      return fragment(
        observations, decision, rewards: generator.uniform(in: -2..<2, count: length).map { Float($0) }, id: "\(index)",
        isTerminated: index % 3 == 0, isTruncated: index % 3 == 1)
    }
  }

  static func fragment(
    _ observations: Tensor, _ decision: PolicyDecision, rewards: [Float], id: String = "a", isTerminated: Bool = false,
    isTruncated: Bool = false
  ) -> EpisodeFragment {
    EpisodeFragment(
      id: id, observations: observations, actions: decision.actions, rewards: Tensor(vector: rewards),
      extraColumns: [
        "action_logp": decision.logProbabilities, "action_dist_inputs": decision.distributionInputs,
      ], isTerminated: isTerminated, isTruncated: isTruncated)
  }
}
