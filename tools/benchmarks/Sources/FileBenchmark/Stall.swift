import Algorithms
import Checkpoints
import SystemPackage
import Training

/// How long a run stands still for a dump and for a checkpoint of a full prioritized replay buffer.
struct Stall {
  private let folder: FilePath

  init(_ folder: FilePath) { self.folder = folder }

  func measure(rows: Int, runs: Int) throws {
    var config = DQNConfig().environment("CartPole-v1").training(learningStarts: rows)
    config.common.seed = 0
    config = try config.setting("replay_buffer_config/capacity", "\(rows)")
    let dqn = try config.build()
    while dqn.environmentSteps < rows { _ = try dqn.train() }
    var stalls: [FinishedSave.Kind: [Double]] = [.dump: [], .checkpoint: []]
    for _ in 0..<runs {
      _ = try dqn.train()
      try dqn.saveInBackground(to: folder)
      try dqn.dumpInBackground(to: folder.appending("buffers"), keep: .last(2))
      try dqn.finishWriting()
      for save in dqn.lastSaves { stalls[save.kind]?.append(save.stall / .seconds(1)) }
    }
    print(
      #"{"dump_seconds": \#(stalls[.dump] ?? []), "checkpoint_seconds": \#(stalls[.checkpoint] ?? []), "#
        + #""steps": \#(dqn.environmentSteps)}"#)
  }
}
