internal import BufferFiles
internal import FileSystems
internal import SystemPackage

/// Finds out what stays of an experiment: looks at what is there, plans, and reads whole what the plan rests on and
/// nobody has verified, until it rests on verified ones alone. Changes nothing.
struct PrunePlanning {
  private let layout: ExperimentLayout
  private let retention: Retention
  private let scope: PruneScope
  private let now: Int64
  private let fileSystem: any FileSystem
  /// What is verified, with what was read here.
  private(set) var records: VerifiedRecords
  /// What stays and what goes.
  private(set) var report: PruneReport

  /// Plans.
  /// - Throws: `CheckpointError.invalidRetention`, `.unknownMetric`, `.notExperiment`, `.fileSystem`.
  init(
    _ layout: ExperimentLayout, _ retention: Retention, _ scope: PruneScope, now: Int64,
    on fileSystem: any FileSystem
  ) throws(CheckpointError) {
    (self.layout, self.retention, self.scope, self.now) = (layout, retention, scope, now)
    self.fileSystem = fileSystem
    records = VerifiedRecords(of: layout, on: fileSystem)
    report = PruneReport(path: layout.directory)
    let contents = try onFiles { () throws(FileSystemError) in try ExperimentContents(of: layout, on: fileSystem) }
    guard contents.isExperiment else { throw .notExperiment(layout.directory) }
    // What was moved aside may be all that is asked for; then nothing else needs rules.
    if !scope.isDisjoint(with: [.checkpoints, .dumps]) { try retention.requireSound() }
    let checkpoints = try planCheckpoints(contents)
    if scope.contains(.dumps) { try planDumps(checkpoints) }
  }

  private var metric: ResultMetric? { retention.best.map { ResultMetric($0.metric, of: layout, on: fileSystem) } }

  // MARK: checkpoints and what was superseded

  /// - Returns: The checkpoints; those that go have no place in it.
  private mutating func planCheckpoints(_ contents: ExperimentContents) throws(CheckpointError) -> CheckpointInventory {
    let isAsked = scope.contains(.checkpoints)
    var metric = isAsked ? metric : nil
    var inventory = try CheckpointInventory(layout, contents.checkpoints, records, metric: &metric, on: fileSystem)
    try metric?.requireKnown()
    let aside = try SupersededInventory(contents.superseded, on: fileSystem)
    let goesAside = scope.contains(.superseded) && !aside.candidates.isEmpty
    guard isAsked || goesAside else { return inventory }
    // Without rules for checkpoints only the newest matters, which must be sound before others may go.
    let rules = isAsked ? retention : Retention(last: 1)
    var ledger = try ledger(of: inventory, aside, going: [])
    var plan = RetentionPlan(rules, inventory.candidates, now: now, ledger)
    while let index = plan.counted.first(where: { inventory.candidates[$0].standing == .unverified }) {
      inventory.note(try standing(of: inventory.candidates[index].iteration, inventory), at: index)
      plan = RetentionPlan(rules, inventory.candidates, now: now, ledger)
    }
    if goesAside {
      let isSafe = inventory.candidates.contains { $0.standing == .verified }
      ledger = try self.ledger(of: inventory, aside, going: isSafe ? aside.ours : [])
      reportSuperseded(aside, isSafe, &ledger)
      plan = RetentionPlan(rules, inventory.candidates, now: now, ledger)
    }
    report.unusedBytes = ledger.garbageBytes
    guard isAsked else { return inventory }
    report.checkpoints = entries(inventory.candidates, plan) { layout.checkpoint($0) }
    inventory.remove(goingIn: plan)
    return inventory
  }

  /// Who names what of the checkpoints and the pool; what stays moved aside only keeps its segments.
  private func ledger(
    of inventory: CheckpointInventory, _ aside: SupersededInventory, going: [RetentionCandidate]
  ) throws(CheckpointError) -> DiskLedger {
    let (layout, fileSystem) = (layout, fileSystem)
    let names = try onFiles { () throws(FileSystemError) in try fileSystem.listIfPresent(layout.segments) }
    var pool: [String: StoredFile] = [:]
    for name in names.map(\.name.string) where SegmentName.matches(name) {
      pool[name] = fileSystem.storedFile(at: layout.segments.appending(name))
    }
    let isKnown = inventory.isPoolKnown && aside.isPoolKnown
    let staying = aside.candidates.filter { !going.contains($0) }
    return DiskLedger(
      inventory.candidates + going, pool: pool, pinned: isKnown ? SupersededInventory.segments(staying) : nil)
  }

  private mutating func reportSuperseded(_ aside: SupersededInventory, _ isSafe: Bool, _ ledger: inout DiskLedger) {
    for (path, candidate) in zip(aside.paths, aside.candidates) {
      var reasons = candidate.attachment.map { [RetentionReason.foreign($0)] } ?? []
      if !isSafe { reasons.append(.lastResort) }
      report.superseded.append(
        .init(
          path: path, iteration: candidate.iteration, modificationSeconds: candidate.seconds, metric: nil,
          reasons: reasons, freedBytes: reasons.isEmpty ? ledger.remove(candidate) : 0))
    }
  }

  /// Reads a checkpoint whole.
  private mutating func standing(
    of iteration: Int, _ inventory: CheckpointInventory
  ) throws(CheckpointError) -> RetentionCandidate.Standing {
    let path = layout.checkpoint(iteration)
    let result: CheckpointVerification
    do { result = try Checkpoint.verify(path, on: fileSystem) } catch { return .damaged(error.reason(in: path)) }
    report.verified.append(path)
    guard result.isVerified else { return .damaged(result.damage.first?.description ?? "") }
    records.checkpoints[path.name] = inventory.digests[iteration]
    return .verified
  }

  // MARK: dumps

  private mutating func planDumps(_ checkpoints: CheckpointInventory) throws(CheckpointError) {
    var metric = metric
    var inventory = try DumpInventory(layout, of: checkpoints.runID, records, metric: &metric, on: fileSystem)
    try metric?.requireKnown()
    inventory.anchor(checkpoints.incompleteBuffers)
    let ledger = DiskLedger(inventory.candidates)
    var plan = RetentionPlan(retention, inventory.candidates, now: now, ledger)
    while let index = plan.counted.first(where: { inventory.candidates[$0].standing == .unverified }) {
      inventory.note(standing(ofDump: inventory.candidates[index].iteration, inventory), at: index)
      plan = RetentionPlan(retention, inventory.candidates, now: now, ledger)
    }
    report.dumps = entries(inventory.candidates, plan) { layout.dump($0) }
  }

  private mutating func standing(ofDump iteration: Int, _ inventory: DumpInventory) -> RetentionCandidate.Standing {
    let path = layout.dump(iteration)
    do {
      let result = try BufferFile.verify(path, on: fileSystem)
      report.verified.append(path)
      guard result.isSound else { return .damaged(result.damages.first.map { "\($0)" } ?? "") }
    } catch { return .damaged("\(error)") }
    records.dumps[path.name] = inventory.digests[iteration]
    return .verified
  }

  private func entries(
    _ candidates: [RetentionCandidate], _ plan: RetentionPlan, path: (Int) -> FilePath
  ) -> [PruneReport.Entry] {
    zip(candidates, plan.decisions).map { candidate, decision in
      var entry = PruneReport.Entry(
        path: path(candidate.iteration), iteration: candidate.iteration, modificationSeconds: candidate.seconds,
        metric: candidate.metric, reasons: [], freedBytes: 0)
      switch decision {
      case .stays(let reasons): entry.reasons = reasons
      case .goes(let freedBytes): entry.freedBytes = freedBytes
      }
      return entry
    }
  }
}
