internal import BufferFiles
public import ReplayBuffers
public import StateTree

/// A restore under way: hands each part of a run its saved state and keeps account of it.
public struct Restoration: Sendable {
  /// What is restored from.
  public let checkpoint: Checkpoint
  /// Which components are restored.
  public let selection: ComponentSelection
  /// The account so far; whoever restores adds what only they know.
  public var report: RestoreReport
  private var asked: Set<String> = []

  /// Begins a restore.
  /// - Throws: `CheckpointError.unknownComponent` for a selection that names what is not there.
  public init(_ checkpoint: Checkpoint, selection: ComponentSelection = .all) throws(CheckpointError) {
    try selection.check(against: checkpoint.manifest, of: checkpoint.path)
    self.checkpoint = checkpoint
    self.selection = selection
    let manifest = checkpoint.manifest
    report = RestoreReport(
      checkpoint: checkpoint.path, iteration: manifest.iteration, environmentSteps: manifest.environmentSteps)
    report.inexactBecause = manifest.inexactBecause
    report.passedOver = checkpoint.passedOver
  }

  /// Whether the checkpoint has a component and the selection takes it; false is written down with its reason.
  public mutating func takes(_ component: String) -> Bool {
    asked.insert(component)
    guard selection.selects(component) else {
      report.skipped.append(component)
      return false
    }
    let manifest = checkpoint.manifest
    if let omission = manifest.omitted.first(where: { $0.name == component }) {
      report.omitted.append(.init(name: component, reason: omission.because))
      return false
    }
    guard manifest.component(component) != nil else {
      report.missing.append(component)
      return false
    }
    return true
  }

  /// Restores a part of the run, which stays as it was if that fails.
  /// - Returns: Whether it was restored; if not, the report says why.
  /// - Throws: `CheckpointError` for what is damaged, `.component` for state that does not fit.
  @discardableResult
  public mutating func restore<Part: Checkpointable>(
    _ component: String, into part: inout Part
  ) throws(CheckpointError) -> Bool {
    guard let state = try state(of: component) else { return false }
    do { try part.restore(from: state) } catch {
      throw .component(checkpoint.path, name: component, reason: String(describing: error))
    }
    return true
  }

  /// Restores a replay buffer row group by row group; it stays as it was if that fails.
  /// - Parameter defaults: What is taken where the checkpoint says nothing.
  /// - Returns: Whether it was restored; if not, the report says why.
  /// - Throws: `CheckpointError` for what is damaged, unless the checkpoint was opened to skip damaged segments and it is
  ///   one; `.buffer` for another kind of buffer.
  @discardableResult
  public mutating func restoreBuffer<Buffer: SavableBuffer>(
    _ component: String, into buffer: inout Buffer, defaults: BufferDefaults = BufferDefaults()
  ) throws(CheckpointError) -> Bool {
    guard takes(component) else { return false }
    let contents = try checkpoint.buffer(component)
    var steps = checkpoint.manifest.component(component)?.steps
    var lost: [RestoreReport.Lost] = []
    let (path, mayLose) = (checkpoint.path, checkpoint.damagedSegments == .skip)
    // Nothing of the buffer there was is touched before the new one is whole.
    buffer = try translating(path, component) {
      let rest: (contents: RemainingContents?, lost: [RestoreReport.Lost]) =
        try mayLose ? contents.remaining() : (nil, [])
      lost = rest.lost
      guard let left = rest.contents else { return try Buffer(contents: contents, defaults: defaults) }
      let restored = try Buffer(contents: left, defaults: defaults)
      steps = restored.count
      return restored
    }
    for var loss in lost {
      loss.component = component
      report.lost.append(loss)
    }
    report.restored.append(
      .init(component: component, byteCount: checkpoint.byteCount(of: component), steps: steps))
    return true
  }

  /// The state of a component for whoever restores it by other means; nil with a note in the report if there is none.
  /// - Throws: `CheckpointError` for what is damaged.
  public mutating func state(of component: String) throws(CheckpointError) -> StateValue? {
    guard takes(component) else { return nil }
    let state = try checkpoint.state(component)
    report.restored.append(.init(component: component, byteCount: checkpoint.byteCount(of: component)))
    return state
  }

  /// Compares the digest of a restored component's next draws with the one that was saved.
  public mutating func check(proof: String?, of component: String) {
    // Of a buffer without all its steps the next draws are others.
    let isComparable = !report.lost.contains { $0.component == component && $0.stepCount > 0 }
    let result: RestoreReport.Proof =
      switch (checkpoint.manifest.proofs[component], proof) {
      case (let saved?, let now?) where isComparable: saved == now ? .confirmed : .failed(saved: saved, now: now)
      default: .absent
      }
    report.proofs.append((component, result))
  }

  /// Ends the restore: what nobody asked for is extra.
  public consuming func finish() -> RestoreReport {
    var report = report
    let manifest = checkpoint.manifest
    for name in manifest.componentNames where !asked.contains(name) {
      if selection.selects(name) { report.extra.append(name) } else { report.skipped.append(name) }
    }
    for omission in manifest.omitted where !asked.contains(omission.name) {
      report.omitted.append(.init(name: omission.name, reason: omission.because))
    }
    for component in manifest.proofs.keys.sorted()
    where asked.contains(component) && !report.proofs.contains(where: { $0.component == component }) {
      report.proofs.append((component, .absent))
    }
    return report
  }
}
