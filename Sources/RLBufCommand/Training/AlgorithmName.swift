import ArgumentParser
import RLBuf

/// The algorithms by the names of the command line.
enum AlgorithmName: String, ExpressibleByArgument, CaseIterable {
  case dqn, ppo

  /// The algorithm that is taken unless another is asked for.
  static func usual(for actions: Space) -> AlgorithmName {
    if case .discrete = actions { return .dqn }
    return .ppo
  }

  /// The algorithm of a checkpoint; nil for one that is not among these.
  init?(of manifest: CheckpointManifest) {
    guard case .string(let name)? = manifest.configuration["algorithm"] else { return nil }
    self.init(rawValue: name.lowercased())
  }

  /// The names of all settings of all algorithms, each once.
  static var settings: [String] {
    let own = DQNConfig.settings.map(\.name)
    return own + PPOConfig.settings.map(\.name).filter { !own.contains($0) }
  }
}
