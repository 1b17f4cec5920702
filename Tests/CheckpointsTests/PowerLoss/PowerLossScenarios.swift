import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage

@testable import Checkpoints

/// Something that the power is cut in the midst of.
enum PowerLossScenario: String, CaseIterable {
  case saves = "saves that share segments"
  case unusedSegments = "a save after which segments are deleted"
  case recovery = "opening after a crash, cut again"
  case pruning = "a save and pruning"
  case killed = "a save and pruning that are killed, then opening"
  case rewinding = "going back"
  case dump = "a dump that replaces one"
  case damagedFiles = "recovering damaged files"

  /// Does it and looks at the states that it may leave: a part of them, or all.
  func report(isExhaustive: Bool) throws -> PowerLossReport {
    var report = PowerLossReport(rawValue)
    let period = isExhaustive ? 1 : 8
    switch self {
    case .saves:
      let (timeline, next) = try Self.saves()
      report.check(timeline, with: ExperimentStore(next: next, period: period))
    case .unusedSegments:
      let (timeline, next) = try Self.deletions()
      report.check(timeline, with: ExperimentStore(next: next, period: period))
    case .recovery: report = try Self.recoveries(rawValue, of: isExhaustive ? 1 : 300)
    case .pruning:
      let (timeline, next) = try Self.pruning()
      report.check(timeline, with: ExperimentStore(next: next, period: period))
    case .killed: report = try Self.kills(rawValue, of: isExhaustive ? 1 : 13)
    case .rewinding: try report.check(Self.rewinding(), with: RewindingStore())
    case .dump: try report.check(Self.dumps(), with: DumpStore())
    case .damagedFiles:
      let (timeline, store) = try RecoveryStore.recoveries()
      report.check(timeline, with: store)
    }
    return report
  }

  /// A file system with a folder for experiments.
  private static func prepared() throws -> SimulatedFileSystem {
    let fileSystem = SimulatedFileSystem()
    try fileSystem.createDirectory(ExperimentStore.folder)
    try fileSystem.syncDirectory("/")
    return fileSystem
  }

  /// An experiment that is begun and saved twice; the second save shares segments with the first.
  static func saves(
    forgetting isForgotten: (@Sendable (Call) -> Bool)? = nil
  ) throws -> (Timeline, next: BufferSnapshot) {
    let fileSystem = try prepared()
    if let isForgotten { fileSystem.forget(isForgotten) }
    var timeline = Timeline(fileSystem)
    timeline.record()
    var buffer = try grown(EpisodesUnderWay.self, capacity: 1000, times: 22)
    var generator = PCG64(seed: 4)
    let experiment = try ExperimentDirectory.create(at: ExperimentStore.path, on: fileSystem)
    for iteration in 1...2 {
      try timeline.save(contents(iteration, buffer.snapshot()), to: experiment)
      for _ in 0..<8 { try buffer.grow(using: &generator) }
    }
    return (timeline, buffer.snapshot())
  }

  /// A save after which the pool has segments that no checkpoint names any more.
  private static func deletions() throws -> (Timeline, next: BufferSnapshot) {
    let fileSystem = try prepared()
    let experiment = try ExperimentDirectory.create(at: ExperimentStore.path, on: fileSystem)
    var timeline = Timeline(fileSystem)
    try experiment.save(contents(1, grown(EpisodesUnderWay.self, times: 24).snapshot()), options: smallSegments)
    let buffer = try grown(ReplayBuffer.self, times: 10)
    try timeline.save(contents(2, buffer.snapshot()), to: experiment)
    try fileSystem.removeTree(experiment.layout.checkpoint(1))
    try fileSystem.syncDirectory(experiment.path)
    timeline.record()
    try timeline.save(contents(3, buffer.snapshot()), to: experiment)
    return (timeline, buffer.snapshot())
  }

  /// A third save, after which the first two checkpoints are pruned.
  private static func pruning() throws -> (Timeline, next: BufferSnapshot) {
    let fileSystem = try prepared()
    let experiment = try ExperimentDirectory.create(at: ExperimentStore.path, on: fileSystem)
    var timeline = Timeline(fileSystem)
    var buffer = try grown(ReplayBuffer.self, capacity: 90, times: 6)
    var generator = PCG64(seed: 4)
    for iteration in 1...3 {
      if iteration == 3 { timeline.record() }
      try timeline.save(contents(iteration, buffer.snapshot()), to: experiment)
      for _ in 0..<6 { try buffer.grow(using: &generator) }
    }
    for iteration in 1...2 { timeline.released(iteration) }
    let report = try experiment.prune(Retention(last: 1))
    guard report.checkpoints.count(where: \.goes) == 2 else { throw NothingToPrune() }
    return (timeline, buffer.snapshot())
  }

  private struct NothingToPrune: Error {}

  /// A kill at every operation of that, after which the next process opens the experiment and the power is cut.
  /// - Parameter period: Of how many operations one is the last before a kill.
  private static func kills(_ name: String, of period: Int) throws -> PowerLossReport {
    let (timeline, next) = try pruning()
    var report = PowerLossReport(name)
    let store = ExperimentStore(next: next)
    for (number, cut) in timeline.fileSystem.cuts.enumerated().reversed() where number % period == 0 {
      let fileSystem = cut.fileSystemAfterKill()
      var second = Timeline(fileSystem, truth: timeline.truth, required: timeline.required(at: number))
      second.record()
      _ = try ExperimentStore.open(on: fileSystem)
      report.check(second, with: store, limit: period == 1 ? 10 : 2)
    }
    return report
  }

  /// What two saves may leave, opened again, with the power cut in the midst of that.
  /// - Parameter period: Of how many states one is taken; those that a kill leaves are all taken.
  private static func recoveries(_ name: String, of period: Int) throws -> PowerLossReport {
    let (timeline, next) = try saves()
    var first: [(CrashedTree, Set<Int>)] = []
    var (seen, count): (Set<Int>, Int) = ([], 0)
    for (number, cut) in timeline.fileSystem.cuts.enumerated() {
      for model in PersistenceModel.allCases {
        cut.forEachTree(model, seen: &seen) { tree in
          count += 1
          guard model == .ordered && number % 3 == 0 || count % period == 0 else { return }
          first.append((tree, timeline.required(at: number)))
        }
      }
    }
    var report = PowerLossReport(name, without: seen)
    let store = ExperimentStore(next: next)
    for (tree, required) in first {
      let fileSystem = tree.fileSystem()
      var second = Timeline(fileSystem, truth: timeline.truth, required: required)
      second.record()
      _ = try ExperimentStore.open(on: fileSystem)
      report.check(second, with: store, limit: period == 1 ? 10 : 3)
    }
    return report
  }

  /// An experiment with three checkpoints, two dumps and results, taken back to the first.
  private static func rewinding() throws -> Timeline {
    let fileSystem = try prepared()
    let experiment = try ExperimentDirectory.create(at: ExperimentStore.path, on: fileSystem)
    var timeline = Timeline(fileSystem)
    try fileSystem.createDirectory(experiment.layout.dumps)
    for iteration in 1...3 {
      let buffer = try grown(ReplayBuffer.self, times: iteration)
      try timeline.save(contents(iteration, buffer.snapshot()), to: experiment)
      try BufferFileWriter.write(buffer.snapshot(), to: experiment.layout.dump(iteration), on: fileSystem)
    }
    try fileSystem.commit(Array(RewindingStore.results.utf8).span, to: experiment.layout.results)
    try fileSystem.commit(Array(RewindingStore.table.utf8).span, to: experiment.layout.progress)
    for (key, digest) in try RewindingStore().files(on: fileSystem) {
      timeline.willSave(key, digest)
      timeline.saved(key)
    }
    timeline.record()
    try experiment.rewind(to: 1)
    return timeline
  }

  /// A dump that is written twice under one name.
  private static func dumps() throws -> Timeline {
    let fileSystem = try prepared()
    var timeline = Timeline(fileSystem)
    timeline.record()
    for version in 1...3 {
      timeline.willSave(version, try DumpStore.digest(of: DumpStore.buffer(version)))
      try DumpStore.write(version, on: fileSystem)
      timeline.saved(version)
    }
    return timeline
  }
}

extension Timeline {
  /// Saves a checkpoint and notes when.
  mutating func save(_ contents: CheckpointContents, to experiment: ExperimentDirectory) throws {
    willSave(contents.iteration, try ExperimentStore.digest(of: contents))
    try experiment.save(contents, options: smallSegments)
    saved(contents.iteration)
  }
}
