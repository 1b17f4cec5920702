internal import BufferFiles
internal import FileSystems
internal import ReplayBuffers
public import StateTree
public import SystemPackage

/// Which dumps stay.
public enum DumpRetention: Sendable, Hashable {
  /// All of them.
  case all
  /// The newest so many; an older one goes only when a new one is durable.
  case last(Int)
}

/// Dumps the replay buffer every so often, whole and durable or not at all, as a file that every tool here reads.
///
/// ```swift
/// DumpReplayBuffer(every: .iterations(2), to: "runs/cartpole/buffers", keep: .last(5))
/// ```
/// The result of the iteration says `dump_replay_buffer/path` and `/bytes`, and in `timers/dump_replay_buffer` for how
/// many seconds training stood still. A dump for which the disk has no room is skipped with a warning.
public struct DumpReplayBuffer: SavedCallback, PeriodicCallback, RelocatableCallback {
  /// The name in `params.json`.
  public static let registeredName = "DumpReplayBuffer"
  /// What is left of the disk beyond a dump.
  static let spareBytes: Int64 = 1 << 20

  /// How often.
  public let every: Every
  /// The directory of the dumps, `iteration-000004.msgpack.zst` and so on.
  public private(set) var directory: FilePath
  /// Which dumps stay.
  public let keep: DumpRetention
  private var period: Period
  /// The size of the last dump, from which the next is estimated; known again after a restore once one was written.
  private var lastBytes: Int64?

  /// Dumps to a directory, which is made if it is missing. Default: all dumps stay.
  public init(every: Every, to directory: FilePath, keep: DumpRetention = .all) {
    self.every = every
    self.directory = directory
    self.keep = keep
    period = Period(every)
  }

  /// False: it has nothing to do while environments are stepped.
  public var listensToRunners: Bool { false }
  /// How often it dumps.
  public var periods: [Every] { [every] }

  /// Lets dumps go on in an experiment that was moved or forked.
  public mutating func relocate(from old: FilePath, to new: FilePath) {
    directory = directory.relocated(from: old, to: new)
  }

  /// Begins to count time.
  public mutating func onAlgorithmInit(_ context: inout AlgorithmContext) throws {
    period.start(now: context.algorithm.services.clock.now())
  }

  /// Has dumps of later iterations moved aside at the end of the restore; a run that was killed left them.
  public mutating func onCheckpointLoaded(_ context: inout CheckpointLoadedContext) throws {
    context.algorithm.run.dumpsToRewind.append(directory)
  }

  /// Dumps, if it is due.
  public mutating func onTrainResult(_ context: inout TrainResultContext) throws {
    guard period.isDue(context.algorithm.progress), let snapshot = context.algorithm.replayBufferSnapshot else {
      return
    }
    let clock = context.algorithm.services.clock
    let start = clock.now()
    let fileSystem = context.algorithm.services.fileSystem
    let dumps = DumpDirectory(path: directory, fileSystem: fileSystem)
    try dumps.create()
    let path = dumps.file(context.algorithm.iteration)
    if let free = try? fileSystem.freeBytes(at: directory), let estimate = lastBytes, free < estimate + Self.spareBytes
    {
      context.warn(
        "the dump \(path) is skipped: \(free) bytes are free and the last one took \(estimate); free some space")
      return
    }
    do { try context.algorithm.dump(snapshot, to: path) } catch let error as BufferFileError {
      guard case .fileSystem(let cause) = error else { throw error }
      if cause.code == .fileExists { throw TrainingError.dumpExists(path) }
      guard cause.code == .noSpace || cause.code == .diskQuotaExceeded else { throw error }
      context.warn("the dump \(path) is skipped: \(error); free some space")
      return
    }
    let bytes = try fileSystem.status(of: path).byteCount
    lastBytes = bytes
    try prune(dumps, upTo: context.algorithm.iteration)
    context.result.set(.string(path.string), at: "dump_replay_buffer/path")
    context.result.set(.integer(bytes), at: "dump_replay_buffer/bytes")
    context.result["timers/dump_replay_buffer"] = (clock.now() - start).seconds
  }

  private func prune(_ dumps: DumpDirectory, upTo iteration: Int) throws {
    guard case .last(let count) = keep else { return }
    let written = try dumps.iterations().filter { $0 <= iteration }
    for old in written.dropLast(max(1, count)) { try dumps.fileSystem.unlink(dumps.file(old)) }
  }
}

extension Algorithm {
  /// Writes a snapshot of the replay buffer as a dump that says where it comes from.
  func dump(_ snapshot: some BufferContents, to path: FilePath) throws {
    run.dumpDirectories.insert(path.removingLastComponent().lexicallyNormalized())
    try BufferFileWriter.write(
      snapshot, to: path,
      provenance: [
        "run_id": .string(run.id), "host": .string(services.machine.host),
        "process": .integer(services.machine.process), "timestamp": .integer(services.clock.timestamp()),
      ],
      metadata: ["iteration": .integer(iteration), "environment_steps": .integer(environmentSteps)],
      options: WritingOptions(existing: .refuse), on: services.fileSystem)
  }
}

extension DumpDirectory {
  /// Moves the dumps of later iterations to `superseded-<iteration>-<n>` beside them.
  /// - Returns: that directory; nil if there are none.
  /// - Throws: `TrainingError.fileSystem`.
  @discardableResult
  func supersede(after iteration: Int) throws(TrainingError) -> FilePath? {
    let later = try iterations().filter { $0 > iteration }
    guard !later.isEmpty else { return nil }
    do {
      let target = try newSupersededDirectory(after: iteration)
      for number in later {
        let file = file(number)
        guard let name = file.lastComponent else { continue }
        try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.rename(file, to: target.appending(name), mode: .noReplace)
        }
      }
      try fileSystem.syncDirectory(target)
      try fileSystem.syncDirectory(path)
      return target
    } catch {
      throw .fileSystem(error)
    }
  }

  private func newSupersededDirectory(after iteration: Int) throws(FileSystemError) -> FilePath {
    let digits = String(iteration)
    let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    for number in 1..<10_000 {
      let target = path.appending("superseded-\(padded)-\(number)")
      do {
        try fileSystem.createDirectory(target)
        return target
      } catch  where error.code == .fileExists {}
    }
    throw FileSystemError(.createDirectory, path, code: .fileExists)
  }
}

extension DumpReplayBuffer: Checkpointable {
  /// When it was due last.
  public var state: StateValue { ["period": period.state] }

  /// Goes on in the beat of the saved run.
  /// - Throws: `StateTreeError`.
  public mutating func restore(from state: StateValue) throws {
    try period.restore(from: StateReader(state).value("period"))
  }

  /// Checks the period.
  /// - Throws: `TrainingError.brokenInvariant`.
  public func checkInvariants() throws { try period.checkInvariants() }
}

extension DumpReplayBuffer: Codable {
  private enum CodingKeys: String, CodingKey {
    case every, to
    case keepLast = "keep_last"
  }

  /// The settings: period, directory, and how many stay if not all.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(every, forKey: .every)
    try container.encode(directory.string, forKey: .to)
    if case .last(let count) = keep { try container.encode(count, forKey: .keepLast) }
  }

  /// Takes the settings back.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let count = try container.decodeIfPresent(Int.self, forKey: .keepLast)
    self.init(
      every: try container.decode(Every.self, forKey: .every),
      to: FilePath(try container.decode(String.self, forKey: .to)), keep: count.map(DumpRetention.last) ?? .all)
  }
}
