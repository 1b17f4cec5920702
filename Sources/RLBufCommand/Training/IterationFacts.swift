import RLBuf
import SystemPackage

/// What one iteration gave, as far as it is told line by line.
struct IterationFacts: Encodable, Equatable {
  /// A dump or checkpoint that was written.
  struct Saved: Encodable, Equatable {
    let path: String
    /// The size of all files of the checkpoint, or of the dump; nil while it is being written.
    let bytes: Int?
    /// How long training stood still for it.
    let seconds: Double

    /// `iteration-000002` or `checkpoint_000002`.
    var name: String {
      let name = FilePath(path).lastComponent?.string ?? path
      return String(name.prefix { $0 != "." })
    }
  }

  let event = "iteration"
  let iteration: Int
  /// Environment steps over the lifetime of the run.
  let environmentSteps: Int
  /// Over the last finished episodes; nil before the first one is over.
  let episodeReturnMean: Double?
  /// Steps in the replay buffer.
  let replaySize: Int?
  let stepsPerSecond: Double?
  let dump: Saved?
  let checkpoints: [Saved]

  init(_ result: TrainingResult, _ saves: [CheckpointSave]) {
    iteration = result.iteration
    environmentSteps = Int(result["num_env_steps_sampled_lifetime"] ?? 0)
    episodeReturnMean = result["env_runners/episode_return_mean"]
    replaySize = result["replay_buffer/num_env_steps_stored"].map { Int($0) }
    let seconds = result["time_this_iter_s"] ?? 0
    stepsPerSecond = seconds > 0 ? result["env_runners/num_env_steps_sampled"].map { $0 / seconds } : nil
    if case .string(let path)? = result.value(at: "dump_replay_buffer/path") {
      dump = Saved(
        path: path, bytes: (try? POSIXFileSystem().status(of: FilePath(path)).byteCount).map { Int($0) },
        seconds: result["timers/dump_replay_buffer"] ?? 0)
    } else {
      dump = nil
    }
    checkpoints = saves.map {
      Saved(path: $0.checkpoint.path.string, bytes: $0.checkpoint.byteCount, seconds: $0.standstill / .seconds(1))
    }
  }

  /// All that was written, in the order in which it was.
  var saved: [Saved] { (dump.map { [$0] } ?? []) + checkpoints }
}
