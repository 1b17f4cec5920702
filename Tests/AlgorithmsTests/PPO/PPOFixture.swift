import Environments
import Foundation
import NeuralNetworks
import ReplayBuffers
import StateTree
import Testing

@testable import Algorithms

/// What RLlib's learner made of episodes, from `Fixtures/rllib-2.60.0/ppo.json`; made by `tools/fixtures/rllib_ppo.py`.
struct PPOFixture: Decodable {
  let cases: [PPOCase]

  static let shared: PPOFixture = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    do {
      let data = try Data(contentsOf: root.appending(path: "Fixtures/rllib-2.60.0/ppo.json"))
      return try JSONDecoder().decode(PPOFixture.self, from: data)
    } catch {
      Issue.record("Fixtures/rllib-2.60.0/ppo.json: \(error)")
      return PPOFixture(cases: [])
    }
  }()
}

/// One learner and some updates of it.
struct PPOCase: Decodable, CustomTestStringConvertible {
  struct Settings: Decodable {
    let space: String
    let noise: Double
    let numEpochs: Int

    enum CodingKeys: String, CodingKey {
      case space, noise
      case numEpochs = "num_epochs"
    }
  }

  struct Episode: Decodable {
    let length: Int
    let terminated: Bool
    let truncated: Bool
    let obs: [Float]
    let actions: [Float]
    let rewards: [Float]
    let inputs: [Float]
    let logp: [Float]

    enum CodingKeys: String, CodingKey {
      case length, terminated, truncated, obs, actions, rewards
      case inputs = "action_dist_inputs"
      case logp = "action_logp"
    }
  }

  struct Update: Decodable {
    let episodes: [Episode]
    let values: [Float]
    let bootstraps: [Float]
    let targets: [Float]
    let advantages: [Float]
    let found: [String: Double]
    let after: Parameters

    enum CodingKeys: String, CodingKey {
      case episodes, values, bootstraps, advantages, found, after
      case targets = "value_targets"
    }
  }

  /// One step on the whole batch of the first update.
  struct Single: Decodable {
    let found: [String: Double]
    let after: Parameters
    let firstMoments: Parameters

    enum CodingKeys: String, CodingKey {
      case found, after
      case firstMoments = "exp_avg"
    }
  }

  typealias Parameters = [String: [Float]]

  let settings: Settings
  let learnerSettings: PPOLearnerSettings
  let before: Parameters
  let single: Single
  let updates: [Update]
  let firstMoments: Parameters
  let secondMoments: Parameters

  enum CodingKeys: String, CodingKey {
    case settings, before, single, updates
    case firstMoments = "exp_avg"
    case secondMoments = "exp_avg_sq"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    settings = try container.decode(Settings.self, forKey: .settings)
    learnerSettings = try container.decode(GivenSettings.self, forKey: .settings).settings
    before = try container.decode(Parameters.self, forKey: .before)
    single = try container.decode(Single.self, forKey: .single)
    updates = try container.decode([Update].self, forKey: .updates)
    firstMoments = try container.decode(Parameters.self, forKey: .firstMoments)
    secondMoments = try container.decode(Parameters.self, forKey: .secondMoments)
  }

  var testDescription: String {
    "\(settings.space) \(learnerSettings.activation) lambda \(learnerSettings.lambda) minibatch "
      + "\(learnerSettings.minibatchSize ?? 0)"
  }

  var actionSpace: Space {
    settings.space == "discrete"
      ? .discrete(count: 3) : .box(dataType: .float32, shape: [2], low: [-2, -2], high: [2, 2])
  }

  /// A learner with RLlib's weights.
  func learner(_ settings: PPOLearnerSettings? = nil) throws -> PPOLearner {
    var learner = try PPOLearner(
      observationSize: 4, actionSpace: actionSpace, settings: settings ?? learnerSettings, seed: 0)
    var state = try StateReader(learner.state).map
    var module = try StateReader(learner.state).reader("rl_module").map
    #expect(Set(module.map { $0.key.string }) == Set(before.keys), "the names of RLlib's parameters")
    for (name, numbers) in before {
      guard case .tensor(let tensor)? = module[StateKey(name)] else { throw Missing(name: name) }
      module[StateKey(name)] = .tensor(try Tensor(numbers, shape: tensor.shape))
    }
    state["rl_module"] = .map(module)
    try learner.restore(from: .map(state))
    return learner
  }

  struct Missing: Error {
    let name: String
  }
}

/// RLlib's settings are decoded by the learner's own coding keys, beside those that it always has.
private struct GivenSettings: Decodable {
  var settings: PPOLearnerSettings

  init(from decoder: any Decoder) throws {
    let given = try [String: JSON](from: decoder)
    var all: [String: JSON] = [
      "shuffle_batch_per_epoch": .bool(false), "fcnet_hiddens": .numbers([8, 6]), "adam_epsilon": .number(1e-8),
    ]
    all.merge(given) { $1 }
    settings = try JSONDecoder().decode(PPOLearnerSettings.self, from: JSONEncoder().encode(all))
  }

  private enum JSON: Codable {
    case bool(Bool)
    case number(Double)
    case text(String)
    case numbers([Int])
    case null

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let bool = try? container.decode(Bool.self) {
        self = .bool(bool)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .bool(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      case .numbers(let value): try container.encode(value)
      case .null: try container.encodeNil()
      }
    }
  }
}

extension PPOCase.Episode {
  func fragment(_ space: Space, id: String) throws -> EpisodeFragment {
    let isDiscrete = if case .discrete = space { true } else { false }
    return EpisodeFragment(
      id: id, observations: try Tensor(obs, shape: [length + 1, 4]),
      actions: isDiscrete ? Tensor(vector: actions.map { Int64($0) }) : try Tensor(actions, shape: [length, 2]),
      rewards: Tensor(vector: rewards),
      extraColumns: [
        "action_logp": Tensor(vector: logp),
        "action_dist_inputs": try Tensor(inputs, shape: [length, inputs.count / length]),
      ], isTerminated: terminated, isTruncated: truncated)
  }
}

extension PPOCase.Update {
  func fragments(_ space: Space) throws -> [EpisodeFragment] {
    try episodes.enumerated().map { try $0.element.fragment(space, id: "\($0.offset)") }
  }
}
