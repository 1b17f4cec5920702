import Foundation
import ReplayBuffers
import StateTree

/// What RLlib's buffers gave, from `Fixtures/rllib-2.60.0/multi_agent_items.json`; made by
/// `tools/fixtures/rllib_multi_agent.py`.
struct RLlibItems: Decodable {
  struct Agent: Decodable {
    let agent, module: String
    let times: [Int]
    let observations: [[Double]]
    let actions: [Int64]
    let rewards: [Double]
    let terminated, truncated: Bool
  }

  struct Episode: Decodable {
    let id: String
    let length: Int
    let terminated, truncated: Bool
    let agents: [Agent]
  }

  /// A transition of n steps.
  struct Item: Decodable {
    let module, episode, agent: String
    let time, n: Int
    let observation, nextObservation: [Double]
    let action: Int64
    let reward: Double
    let terminated, truncated: Bool

    enum CodingKeys: String, CodingKey {
      case module, episode, agent, time, n, action, reward, terminated, truncated
      case observation = "obs"
      case nextObservation = "new_obs"
    }
  }

  /// The weight of a step.
  struct Weight: Decodable {
    let module, episode, agent: String
    let time: Int
    let priority, weight: Double
  }

  let gamma, alpha, beta: Double
  let episodes: [Episode]
  let items: [Item]
  let weights: [Weight]

  init() throws {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let data = try Data(contentsOf: root.appending(path: "Fixtures/rllib-2.60.0/multi_agent_items.json"))
    self = try JSONDecoder().decode(Self.self, from: data)
  }

  static func schema() throws -> BufferSchema {
    try BufferSchema([
      ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float64),
    ])
  }
}

extension RLlibItems.Episode {
  /// The whole episode as one fragment.
  func fragment() throws -> MultiAgentEpisodeFragment {
    MultiAgentEpisodeFragment(
      id: id, length: length,
      agents: try agents.map { agent in
        let seen = agent.observations.flatMap { $0.map { Float($0) } }
        return AgentFragment(
          agent: agent.agent, module: agent.module, environmentTimes: agent.times,
          observations: try Tensor(seen, shape: [agent.times.count + 1, 2]),
          actions: Tensor(vector: agent.actions), rewards: Tensor(vector: agent.rewards),
          isTerminated: agent.terminated, isTruncated: agent.truncated)
      }, isTerminated: terminated, isTruncated: truncated)
  }
}
