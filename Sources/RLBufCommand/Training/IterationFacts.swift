import RLBuf
import SystemPackage

/// What one iteration gave, as far as it is told line by line.
struct IterationFacts: Encodable, Equatable {
  let event = "iteration"
  let iteration: Int
  /// Environment steps over the lifetime of the run.
  let environmentSteps: Int
  /// Over the last finished episodes; nil before the first one is over.
  let episodeReturnMean: Double?
  /// Steps in the replay buffer.
  let replaySize: Int?
  let stepsPerSecond: Double?
  /// How many dumps and checkpoints were left out since the last line, because an earlier one was not finished.
  let dumpsLeftOut: Int?
  let checkpointsLeftOut: Int?

  init(_ result: TrainingResult) {
    iteration = result.iteration
    environmentSteps = Int(result["num_env_steps_sampled_lifetime"] ?? 0)
    episodeReturnMean = result["env_runners/episode_return_mean"]
    replaySize = result["replay_buffer/num_env_steps_stored"].map { Int($0) }
    let seconds = result["time_this_iter_s"] ?? 0
    stepsPerSecond = seconds > 0 ? result["env_runners/num_env_steps_sampled"].map { $0 / seconds } : nil
    dumpsLeftOut = result["dump_replay_buffer/num_left_out"].map { Int($0) }
    checkpointsLeftOut = result["save_checkpoint/num_left_out"].map { Int($0) }
  }
}

/// A dump or checkpoint that is durable.
struct SaveFacts: Encodable, Equatable {
  let event = "saved"
  /// `dump` or `checkpoint`.
  let kind: String
  let path: String
  let iteration: Int
  /// The size of all files.
  let bytes: Int
  let bytesWritten: Int
  /// What lies in files that earlier checkpoints have too.
  let bytesShared: Int
  /// How long training stood still for it.
  let stallSeconds: Double
  /// How long it took to write.
  let durationSeconds: Double

  init(_ save: FinishedSave) {
    (kind, path, iteration) = (save.kind.rawValue, save.path.string, save.iteration)
    (bytes, bytesWritten, bytesShared) = (save.byteCount, save.bytesWritten, save.bytesShared)
    (stallSeconds, durationSeconds) = (save.stall / .seconds(1), save.duration / .seconds(1))
  }

  /// `saved checkpoint_000002, 826 kB (113 kB shared) in 21 ms; training stood still for 0.4 ms`.
  var text: String {
    let name = FilePath(path).lastComponent?.string ?? path
    let shared = bytesShared > 0 ? " (\(NumberText.bytes(bytesShared)) shared)" : ""
    return "saved \(name.prefix { $0 != "." }), \(NumberText.bytes(bytes))\(shared) in "
      + "\(DurationText.short(durationSeconds)); training stood still for \(DurationText.short(stallSeconds))"
  }
}
