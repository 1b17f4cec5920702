internal import Checkpoints
internal import StateTree
internal import SystemPackage

extension Run {
  /// The iteration that the run was restored from, if its checkpoint was one that a dump completes.
  var iterationOfRestoredAnchor: Int? {
    guard let report = restoreReport, !report.restored.contains(where: { $0.component == "replay_buffer" }) else {
      return nil
    }
    return report.iteration
  }

  /// Whether a checkpoint holds the replay buffer: if it was to, or if one was that it stands in for.
  func inclusion(_ wanted: BufferInclusion, in lane: SaveJob.Lane, _ whenBusy: BusyPolicy) -> BufferInclusion {
    let isOwing = owingBuffers.contains(lane.directory) || whenBusy == .replace && writer.hasWaitingBuffer(in: lane)
    return isOwing ? .include : wanted
  }

  /// Takes note of a save that is durable.
  func note(_ save: FinishedSave) {
    saves.append(save)
    unannounced.append(save)
    unreported.finished.append(save)
  }

  /// Takes note of what was saved beside the training since it was asked last, and passes warnings on.
  func collectSaves() {
    let account = writer.takeAccount()
    for save in account.finished { note(save) }
    unreported.passedOver.merge(account.passedOver, uniquingKeysWith: +)
    for warning in account.warnings { services.warn(warning) }
  }

  /// Writes what became known since the last result under `dump_replay_buffer` and `save_checkpoint`: the newest of
  /// each kind, and how much all of them took.
  ///
  /// `RunVariation` names both groups: when a save is finished is no part of what was computed.
  func reportSaves(into result: inout TrainingResult) {
    defer { unreported = BackgroundWriter.Account() }
    for kind in [FinishedSave.Kind.dump, .checkpoint] {
      let (group, saves) = (FinishedSave.group(of: kind), unreported.finished.filter { $0.kind == kind })
      if let count = unreported.passedOver[kind] { result.set(.integer(count), at: "\(group)/num_left_out") }
      guard let newest = saves.last else { continue }
      let counts = [
        ("iteration", newest.iteration), ("insertion_count", newest.insertionCount), ("num_saves", saves.count),
        ("bytes_written", saves.reduce(0) { $0 + $1.bytesWritten }),
        ("bytes_shared", saves.reduce(0) { $0 + $1.bytesShared }),
      ]
      result.set(.string(newest.path.string), at: "\(group)/path")
      for (key, value) in counts { result.set(.integer(value), at: "\(group)/\(key)") }
      result["\(group)/stall_s"] = saves.reduce(.zero) { $0 + $1.stall }.seconds
      result["\(group)/duration_s"] = saves.reduce(.zero) { $0 + $1.duration }.seconds
    }
  }
}
