import Algorithms
import NeuralNetworks
import StateTree

@testable import ReplayBuffers

/// Learners and samples to try things on.
enum LearnerExamples {
  static func settings(
    _ activation: Activation = .tanh, dueling: Bool = true, doubleQ: Bool = true
  ) -> DQNLearnerSettings {
    var settings = DQNLearnerSettings()
    settings.hiddenLayers = [8, 6]
    settings.activation = activation
    settings.dueling = dueling
    settings.doubleQ = doubleQ
    settings.learningRate = 0.01
    return settings
  }

  static func learner(_ settings: DQNLearnerSettings = settings(), seed: UInt64 = 9) throws -> DQNLearner {
    try DQNLearner(observationSize: 4, actionCount: 3, settings: settings, seed: seed)
  }

  static func sample(count: Int = 5, seed: UInt64 = 1) throws -> EpisodeSample {
    var generator = PCG64(seed: seed)
    func numbers(_ count: Int, _ range: Range<Double>) -> [Float] {
      generator.uniform(in: range, count: count).map { Float($0) }
    }
    return EpisodeSample(
      steps: Array(0..<count), observations: try Tensor(numbers(count * 4, -1..<1), shape: [count, 4]),
      nextObservations: try Tensor(numbers(count * 4, -1..<1), shape: [count, 4]),
      actions: Tensor(vector: (0..<count).map { Int64($0 % 3) }), rewards: numbers(count, -2..<2),
      isTerminated: (0..<count).map { $0 % 3 == 1 }, isTruncated: (0..<count).map { $0 % 4 == 2 },
      nSteps: (0..<count).map { 1 + $0 % 3 }, weights: numbers(count, 0.2..<1), extraColumns: [:])
  }
}
