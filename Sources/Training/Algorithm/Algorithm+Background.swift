public import Checkpoints
internal import ReplayBuffers
public import SystemPackage

extension Algorithm {
  /// Begins to save the whole run as a checkpoint, which is written while training goes on, and returns after a snapshot.
  ///
  /// The checkpoint is the run as it was now, bit for bit. It is durable when it appears in `lastSaves` or when
  /// `finishWriting()` has returned, not before. If it fails, the next `train()`, `save(to:)` or `finishWriting()` throws
  /// `TrainingError.saveFailed`. The experiment's lock is held until the run goes away or `save(to:)` has returned.
  /// - Parameter replayBuffer: Whether it holds the replay buffer. One that was left out by the policy and was to hold
  ///   it, passes that on to the next.
  /// - Parameter keep: Which checkpoints stay. When this one is durable it is read whole, and then others go; nil, the
  ///   default, for all, and it is not read.
  /// - Parameter whenBusy: What happens if an earlier checkpoint to this place is not finished, reading and pruning
  ///   included.
  /// - Returns: false if it was left out because an earlier one is not finished.
  /// - Throws: `CheckpointError.invalidRetention`, `.experimentExists` where another run's is, `.locked`;
  ///   `TrainingError.brokenRun` and `.dryRun`.
  @discardableResult
  public func saveInBackground(
    to path: FilePath, replayBuffer: BufferInclusion = .include, keep: Retention? = nil, whenBusy: BusyPolicy = .wait
  ) throws -> Bool {
    try run.checkUsable()
    try keep?.requireSound()
    let start = services.clock.now()
    let experiment = try openExperiment(at: path)
    let key = path.lexicallyNormalized()
    let lane = SaveJob.Lane(kind: .checkpoint, directory: key)
    let inclusion = run.inclusion(replayBuffer, in: lane, whenBusy)
    guard run.writer.makeRoom(in: lane, whenBusy) else {
      if inclusion == .include { run.owingBuffers.insert(key) }
      return false
    }
    run.owingBuffers.remove(key)
    let contents = try contents(of: path, replayBuffer: inclusion)
    run.writer.begin(
      job(lane, contents, inclusion, to: experiment, keep, whenBusy, stall: services.clock.now() - start))
    return true
  }

  private func job(
    _ lane: SaveJob.Lane, _ contents: CheckpointContents, _ inclusion: BufferInclusion,
    to experiment: ExperimentDirectory, _ keep: Retention?, _ whenBusy: BusyPolicy, stall: Duration
  ) -> SaveJob {
    let (ledger, key, iteration, insertionCount) = (run.ledger, lane.directory, iteration, insertionCount)
    var job = SaveJob(
      lane: lane, iteration: iteration, path: experiment.layout.checkpoint(iteration), whenBusy: whenBusy,
      replayBuffer: inclusion,
      write: {
        let begin = ContinuousClock.now
        if let last = ledger[key], last.covers(iteration, inclusion) { return .superfluous }
        let saved = try experiment.save(contents)
        ledger[key] = .init(checkpoint: saved, replayBuffer: inclusion)
        let save = FinishedSave(
          saved, insertionCount: insertionCount, stall: stall, duration: ContinuousClock.now - begin)
        return .saved(save, warnings: saved.warnings)
      })
    job.afterwards = { try experiment.verifyAndPrune(iteration, keep) }
    return job
  }

  /// Begins to dump the replay buffer as it is now, as `DumpReplayBuffer` does; does nothing without one.
  ///
  /// It is durable, and fails, as a checkpoint of `saveInBackground(to:replayBuffer:whenBusy:)`. If the disk has no room
  /// for it there is a warning instead.
  /// - Parameter directory: Where `iteration-000004.msgpack.zst` is to be, which is made if it is missing.
  /// - Parameter keep: Which dumps stay. Default: all.
  /// - Parameter whenBusy: What happens if an earlier dump to this place is not finished.
  /// - Returns: false if it was left out because an earlier one is not finished.
  /// - Throws: `TrainingError.brokenRun` and `.dryRun`.
  @discardableResult
  public func dumpInBackground(
    to directory: FilePath, keep: DumpRetention = .all, whenBusy: BusyPolicy = .wait
  ) throws -> Bool {
    try run.checkUsable()
    let start = services.clock.now()
    let key = directory.lexicallyNormalized()
    let lane = SaveJob.Lane(kind: .dump, directory: key)
    guard run.writer.makeRoom(in: lane, whenBusy) else { return false }
    guard let snapshot = replayBufferSnapshot else { return true }
    run.dumpDirectories.insert(key)
    let dump = Dump(snapshot, of: self, in: directory, keep: keep)
    let stall = services.clock.now() - start
    run.writer.begin(
      SaveJob(lane: lane, iteration: iteration, path: dump.path, whenBusy: whenBusy, replayBuffer: nil) {
        try dump.write(stall: stall)
      })
    return true
  }

  /// Waits for all dumps and checkpoints that are being written while training goes on; all is durable, and in
  /// `lastSaves`, when it returns.
  /// - Throws: `TrainingError.saveFailed` for the first that failed and was not reported yet; called again, for the next.
  public func finishWriting() throws {
    run.writer.wait()
    run.collectSaves()
    try run.writer.throwFailure()
    try fireSaves()
  }

  /// Asks for a checkpoint at the end of `train()`, when every callback has seen the iteration and its result is
  /// written; it is written while training goes on, as by `saveInBackground(to:replayBuffer:whenBusy:)`.
  ///
  /// Asked for twice in one place, it is one checkpoint, with the replay buffer if either was to have it, and by the policy
  /// that leaves out less; then others go only if both say the same of which stay.
  public func saveWhenIterationIsOver(
    to path: FilePath, replayBuffer: BufferInclusion = .include, keep: Retention? = nil, whenBusy: BusyPolicy = .wait
  ) {
    let key = path.lexicallyNormalized()
    if let index = run.pendingSaves.firstIndex(where: { $0.path.lexicallyNormalized() == key }) {
      if replayBuffer == .include { run.pendingSaves[index].replayBuffer = .include }
      if run.pendingSaves[index].keep != keep { run.pendingSaves[index].keep = nil }
      run.pendingSaves[index].whenBusy = run.pendingSaves[index].whenBusy.stronger(whenBusy)
    } else {
      run.pendingSaves.append(SaveRequest(path: path, replayBuffer: replayBuffer, keep: keep, whenBusy: whenBusy))
    }
  }
}

/// A checkpoint that was asked for at the end of the iteration.
struct SaveRequest {
  let path: FilePath
  var replayBuffer: BufferInclusion
  var keep: Retention?
  var whenBusy: BusyPolicy
}
