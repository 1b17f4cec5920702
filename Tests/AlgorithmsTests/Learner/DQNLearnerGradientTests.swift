import Glibc
import NeuralNetworks
import ReplayBuffers
import StateTree
import Testing

@testable import Algorithms

/// The loss of DQN in plain loops and float64, as a function of the parameters.
private struct NaiveLoss {
  let network: QNetwork
  let settings: DQNLearnerSettings
  let sample: EpisodeSample
  let targets: [Double]

  init(_ learner: DQNLearner, _ sample: EpisodeSample) throws {
    (network, settings, self.sample) = (learner.network, learner.settings, sample)
    let next: [Float] = try sample.nextObservations.scalars()
    var targets: [Double] = []
    for item in 0..<sample.count {
      let input = next[item * 4..<item * 4 + 4].map { Double($0) }
      let target = Self.values(network, learner.targetParameters.map { Double($0) }, input)
      let online = Self.values(network, learner.parameters.map { Double($0) }, input)
      let chooser = learner.settings.doubleQ ? online : target
      let best = chooser.indices.max { chooser[$0] < chooser[$1] } ?? 0
      let goesOn = sample.isTerminated[item] ? 0.0 : 1
      targets.append(
        Double(sample.rewards[item]) + goesOn * pow(settings.gamma, Double(sample.nSteps[item])) * target[best])
    }
    self.targets = targets
  }

  func callAsFunction(_ parameters: [Double]) throws -> Double {
    let observations: [Float] = try sample.observations.scalars()
    let actions: [Int64] = try sample.actions.scalars()
    var sum = 0.0
    for item in 0..<sample.count {
      let input = observations[item * 4..<item * 4 + 4].map { Double($0) }
      let difference = Self.values(network, parameters, input)[Int(actions[item])] - targets[item]
      let distance = abs(difference)
      let loss =
        settings.loss == .squared ? distance * distance : distance < 1 ? distance * distance / 2 : distance - 0.5
      sum += Double(sample.weights[item]) * loss
    }
    return sum / Double(sample.count)
  }

  private static func values(_ network: QNetwork, _ parameters: [Double], _ input: [Double]) -> [Double] {
    var outputs = input
    for layer in network.perceptron.layers {
      outputs = (0..<layer.outputs).map { output in
        var sum = parameters[layer.biases.lowerBound + output]
        for index in 0..<layer.inputs {
          sum += parameters[layer.weights.lowerBound + output * layer.inputs + index] * outputs[index]
        }
        return layer.activation == .tanh ? tanh(sum) : layer.activation == .relu ? max(0, sum) : sum
      }
    }
    guard network.isDueling else { return outputs }
    let advantages = outputs.dropLast()
    let mean = advantages.reduce(0, +) / Double(advantages.count)
    return advantages.map { outputs[outputs.count - 1] + $0 - mean }
  }
}

@Suite struct DQNLearnerGradientTests {
  static let cases: [DQNLearnerSettings] = [Activation.tanh, .relu].flatMap { activation in
    [true, false].flatMap { dueling in
      [true, false].map { LearnerExamples.settings(activation, dueling: dueling, doubleQ: $0) }
    }
  }

  @Test(arguments: cases, [RegressionLoss.huber, .squared])
  func `The gradient of every parameter is the finite difference of the loss`(
    settings: DQNLearnerSettings, loss: RegressionLoss
  ) throws {
    var settings = settings
    settings.loss = loss
    settings.gradientClip = nil
    var learner = try LearnerExamples.learner(settings)
    // Another target network than the online one.
    _ = try learner.update(LearnerExamples.sample(seed: 2))
    let sample = try LearnerExamples.sample(seed: 3)
    let naive = try NaiveLoss(learner, sample)
    let parameters = learner.parameters.map { Double($0) }
    let found = try learner.update(sample)
    #expect(abs(found.loss - (try naive(parameters))) < 1e-6)
    for index in parameters.indices {
      var (above, below) = (parameters, parameters)
      above[index] += 1e-6
      below[index] -= 1e-6
      let difference = try (naive(above) - naive(below)) / 2e-6
      #expect(abs(Double(learner.gradient[index]) - difference) < 1e-5, "parameter \(index)")
    }
  }
}
