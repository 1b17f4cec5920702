import Algorithms
import Foundation
import NeuralNetworks
import StateTree
import Testing

@testable import ReplayBuffers

/// What torch computed, from `Fixtures/torch-2.13.0/dqn.json`; made by `tools/fixtures/torch_dqn.py`.
struct TorchFixture: Decodable {
  struct Sizes: Decodable {
    let observation: Int
    let hidden: [Int]
    let actions: Int
    let batch: Int
  }

  let sizes: Sizes
  let cases: [TorchCase]

  static let shared: TorchFixture = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    do {
      let data = try Data(contentsOf: root.appending(path: "Fixtures/torch-2.13.0/dqn.json"))
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(TorchFixture.self, from: data)
    } catch {
      Issue.record("Fixtures/torch-2.13.0/dqn.json: \(error)")
      return TorchFixture(sizes: Sizes(observation: 0, hidden: [], actions: 0, batch: 0), cases: [])
    }
  }()
}

/// One network and some updates of it.
struct TorchCase: Decodable, CustomTestStringConvertible {
  struct Settings: Decodable {
    let activation: String
    let dueling: Bool
    let doubleQ: Bool
    let gradClip: Double?
    let tdErrorLossFn: String
    let lr: Double
    let gamma: Double
    let tau: Double
  }

  struct Batch: Decodable {
    let obs: [Float]
    let newObs: [Float]
    let actions: [Int64]
    let rewards: [Float]
    let terminateds: [Bool]
    let truncateds: [Bool]
    let nStep: [Int]
    let weights: [Float]

    func sample(observationSize: Int) throws -> EpisodeSample {
      let count = rewards.count
      return EpisodeSample(
        steps: Array(0..<count), observations: try Tensor(obs, shape: [count, observationSize]),
        nextObservations: try Tensor(newObs, shape: [count, observationSize]), actions: Tensor(vector: actions),
        rewards: rewards, isTerminated: terminateds, isTruncated: truncateds, nSteps: nStep, weights: weights,
        extraColumns: [:])
    }
  }

  struct Found: Decodable {
    let qfLoss: Double
    let qfMean: Double
    let qfMin: Double
    let qfMax: Double
    let tdErrorMean: Double
    let gradientsDefaultOptimizerGlobalNorm: Double
    let tdError: [Double]
  }

  struct Update: Decodable {
    let batch: Batch
    let found: Found
  }

  typealias Parameters = [String: [Float]]

  let settings: Settings
  let before: Parameters
  let target: Parameters
  let updates: [Update]
  let gradients: Parameters
  let afterOne: Parameters
  let after: Parameters
  let expAvg: Parameters
  let expAvgSq: Parameters
  let targetAfter: Parameters
  let probe: [Float]
  let greedy: [Int]

  var testDescription: String { "\(settings)" }

  var learnerSettings: DQNLearnerSettings {
    get throws {
      var made = DQNLearnerSettings()
      made.learningRate = settings.lr
      made.gamma = settings.gamma
      made.gradientClip = settings.gradClip
      made.hiddenLayers = TorchFixture.shared.sizes.hidden
      made.activation = try #require(.init(rawValue: settings.activation))
      made.doubleQ = settings.doubleQ
      made.dueling = settings.dueling
      made.loss = try #require(.init(rawValue: settings.tdErrorLossFn))
      made.tau = settings.tau
      return made
    }
  }

  /// A learner with torch's weights.
  func learner() throws -> DQNLearner {
    let sizes = TorchFixture.shared.sizes
    var learner = try DQNLearner(
      observationSize: sizes.observation, actionCount: sizes.actions, settings: learnerSettings, seed: 0)
    var state = try StateReader(learner.state).map
    var module = try StateReader(learner.state).reader("rl_module").map
    for (prefix, parameters) in [("", before), ("_target_", target)] {
      for (name, numbers) in parameters {
        let key = StateKey(prefix + name)
        guard case .tensor(let tensor)? = module[key] else { throw Missing(name: key.string) }
        module[key] = .tensor(try Tensor(numbers, shape: tensor.shape))
      }
    }
    state["rl_module"] = .map(module)
    try learner.restore(from: .map(state))
    return learner
  }

  struct Missing: Error {
    let name: String
  }
}
