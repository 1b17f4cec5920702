import ArgumentParser
import RLBuf
import SystemPackage

/// What a run shall do every so often, as far as the command line says it; the rest stays as it is.
struct CallbackPlan {
  var dumps: Schedule?
  var retention: DumpRetention?
  var checkpoints: Schedule?
  /// Which checkpoints stay; nil inside for all.
  var checkpointRetention: Retention??
  var replayBuffer: ReplayBufferPolicy?
  var whenBusy: BusyPolicy?

  private var isEmpty: Bool {
    dumps == nil && retention == nil && checkpoints == nil && checkpointRetention == nil && replayBuffer == nil
      && whenBusy == nil
  }

  /// The callbacks of a run, each replaced in its place, or added, or taken away.
  /// - Throws: `ValidationError` for an option about what the run does not do.
  func callbacks(from saved: [any Callback], in experiment: FilePath) throws -> [any Callback] {
    guard !isEmpty else { return saved }
    let (dump, save) = (saved.first(of: DumpReplayBuffer.self), saved.first(of: SaveCheckpoint.self))
    let newDump = try newDump(dump, in: experiment)
    let newSave = try newSave(save, in: experiment)
    if whenBusy != nil, newDump == nil, newSave == nil {
      throw ValidationError(
        "--when-busy is about dumps and checkpoints, and there are none; add --dump-every or --checkpoint-every")
    }
    var callbacks = saved.replacing(dump, by: newDump).replacing(save, by: newSave)
    let mayOmit = newSave.map { $0.replayBuffer != .include } ?? false
    if mayOmit, let newDump, callbacks.first(of: RestoreReplayBuffer.self) == nil {
      // First, so that callbacks behind it find the buffer.
      callbacks.insert(RestoreReplayBuffer(from: newDump.directory), at: 0)
    }
    return callbacks
  }

  /// What should be said of a plan before it goes wrong.
  static func warnings(of callbacks: [any Callback], in experiment: FilePath) -> [String] {
    let (dump, save) = (callbacks.first(of: DumpReplayBuffer.self), callbacks.first(of: SaveCheckpoint.self))
    var warnings: [String] = []
    if save?.replayBuffer == .omit, dump == nil {
      warnings.append(
        "checkpoints leave the replay buffer out and nothing dumps it, so that a restored run begins with an empty one; "
          + "add --dump-every")
    }
    // The paths of a saved run come from its files, which may come from somebody else.
    for (what, path, option) in [
      ("dumps", dump?.directory, "--dump-every never"), ("checkpoints", save?.experiment, "--checkpoint-every never"),
    ] {
      guard let path, !path.lexicallyNormalized().starts(with: experiment.lexicallyNormalized()) else { continue }
      warnings.append("\(what) go to \(path), outside of \(experiment), as the saved run has it; \(option) ends that")
    }
    return warnings
  }

  private func newDump(_ old: DumpReplayBuffer?, in experiment: FilePath) throws -> DumpReplayBuffer? {
    let schedule = dumps ?? old.map { .every($0.every) } ?? .never
    guard case .every(let every) = schedule else {
      guard retention == nil else {
        throw ValidationError("--keep-dumps says which dumps stay, and there are none; add --dump-every")
      }
      return nil
    }
    return DumpReplayBuffer(
      every: every, to: old?.directory ?? ExperimentLayout(experiment).dumps, keep: retention ?? old?.keep ?? .all,
      whenBusy: whenBusy ?? old?.whenBusy ?? .wait)
  }

  private func newSave(_ old: SaveCheckpoint?, in experiment: FilePath) throws -> SaveCheckpoint? {
    let schedule = checkpoints ?? old.map { .every($0.every) } ?? .never
    guard case .every(let every) = schedule else {
      guard replayBuffer == nil else {
        throw ValidationError(
          "--checkpoint-buffer says what is in checkpoints, and there are none; add --checkpoint-every")
      }
      guard checkpointRetention == nil else {
        throw ValidationError(
          "--keep-checkpoints says which checkpoints stay, and there are none; add --checkpoint-every")
      }
      return nil
    }
    return SaveCheckpoint(
      every: every, to: old?.experiment ?? experiment, replayBuffer: replayBuffer ?? old?.replayBuffer ?? .include,
      keep: checkpointRetention ?? old?.keep, whenBusy: whenBusy ?? old?.whenBusy ?? .wait)
  }
}

extension [any Callback] {
  /// The first callback of a type.
  func first<C: Callback>(of type: C.Type) -> C? { lazy.compactMap { $0 as? C }.first }

  /// The list with callbacks added behind, or each in the place of the one of its type.
  func taking(_ callbacks: [any Callback]) -> [any Callback] {
    callbacks.reduce(self) { list, callback in
      var list = list
      if let index = list.firstIndex(where: { type(of: $0) == type(of: callback) }) {
        list[index] = callback
      } else {
        list.append(callback)
      }
      return list
    }
  }

  /// The list with the first callback of a type replaced, taken away, or added at the end.
  fileprivate func replacing<C: Callback>(_ old: C?, by new: C?) -> [any Callback] {
    var list = self
    if let index = firstIndex(where: { $0 is C }) {
      if let new { list[index] = new } else { list.remove(at: index) }
    } else if let new {
      list.append(new)
    }
    return list
  }
}
