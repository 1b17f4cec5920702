import Algorithms
import SystemPackage
import Training

/// Two runs of RLlib's default DQN side by side, one of which dumps its full replay buffer of 50,000 steps every
/// iteration of 1,000 steps: blocks of iterations in turn, each to the end of its last dump.
enum DumpCost {
  static let (blocks, iterationsPerBlock) = (9, 6)

  static func measure(in folder: FilePath) throws {
    let dumping = try run(DumpReplayBuffer(every: .iterations(1), to: folder.appending("buffers"), keep: .last(2)))
    let plain = try run(nil)
    var ratios: [Double] = []
    var (with, without): ([Double], [Double]) = ([], [])
    for _ in 0..<blocks {
      without.append(try block(plain))
      with.append(try block(dumping))
      ratios.append(with[with.count - 1] / without[without.count - 1])
    }
    let perIteration = { (seconds: [Double]) in seconds.median / Double(iterationsPerBlock) }
    print("{\"ours\": \(perIteration(with)), \"peer\": \(perIteration(without)), \"ratio\": \(ratios.median)}")
  }

  /// A run whose replay buffer is full, not learning until then.
  private static func run(_ callback: DumpReplayBuffer?) throws -> DQN {
    var config = DQNConfig().environment("CartPole-v1").training(learningStarts: 50_000)
    config.common.seed = 0
    if let callback { config = config.callbacks(callback) }
    let dqn = try config.build()
    while dqn.environmentSteps < 51_000 { _ = try dqn.train() }
    return dqn
  }

  private static func block(_ dqn: DQN) throws -> Double {
    try ContinuousClock().measure {
      for _ in 0..<iterationsPerBlock { _ = try dqn.train() }
      try dqn.finishWriting()
    }.seconds
  }
}
