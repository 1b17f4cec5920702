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
      return try JSONDecoder().decode(TorchFixture.self, from: data)
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
    let double_q: Bool
    let grad_clip: Double?
    let td_error_loss_fn: String
    let lr: Double
    let gamma: Double
    let tau: Double
  }

  struct Batch: Decodable {
    let obs: [Float]
    let new_obs: [Float]
    let actions: [Int64]
    let rewards: [Float]
    let terminateds: [Bool]
    let truncateds: [Bool]
    let n_step: [Int]
    let weights: [Float]

    func sample(observationSize: Int) throws -> EpisodeSample {
      let count = rewards.count
      return EpisodeSample(
        steps: Array(0..<count), observations: try Tensor(obs, shape: [count, observationSize]),
        nextObservations: try Tensor(new_obs, shape: [count, observationSize]), actions: Tensor(vector: actions),
        rewards: rewards, isTerminated: terminateds, isTruncated: truncateds, nSteps: n_step, weights: weights,
        extraColumns: [:])
    }
  }

  struct Found: Decodable {
    let qf_loss: Double
    let qf_mean: Double
    let qf_min: Double
    let qf_max: Double
    let td_error_mean: Double
    let gradients_default_optimizer_global_norm: Double
    let td_error: [Double]
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
  let after_one: Parameters
  let after: Parameters
  let exp_avg: Parameters
  let exp_avg_sq: Parameters
  let target_after: Parameters
  let probe: [Float]
  let greedy: [Int]

  var testDescription: String { "\(settings)" }

  var learnerSettings: DQNLearnerSettings {
    get throws {
      var made = DQNLearnerSettings()
      made.learningRate = settings.lr
      made.gamma = settings.gamma
      made.gradientClip = settings.grad_clip
      made.hiddenLayers = TorchFixture.shared.sizes.hidden
      made.activation = try #require(.init(rawValue: settings.activation))
      made.doubleQ = settings.double_q
      made.dueling = settings.dueling
      made.loss = try #require(.init(rawValue: settings.td_error_loss_fn))
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
