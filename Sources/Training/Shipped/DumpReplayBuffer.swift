public import StateTree
public import SystemPackage

/// Which dumps stay.
public enum DumpRetention: Sendable, Hashable {
  /// All of them.
  case all
  /// The newest so many of this run; an older one goes only when a new one is durable, and not while the newest checkpoint
  /// without a replay buffer stands on it.
  case last(Int)
}

/// Dumps the replay buffer every so often, whole and durable or not at all, as a file that every tool here reads.
///
/// ```swift
/// DumpReplayBuffer(every: .iterations(2), to: "runs/cartpole/buffers", keep: .last(5))
/// ```
/// Training stands still for a snapshot, whatever the size of the buffer; the file is written meanwhile. `whenBusy` says
/// what happens if an earlier dump is not finished by then. The result of the iteration in which a dump is known to be
/// durable says so under `dump_replay_buffer`. A dump for which the disk has no room is skipped with a warning; any other
/// failure is thrown by the next `train()`. `save(to:)`, `finishWriting()` and the end of the process wait for dumps.
public struct DumpReplayBuffer: SavedCallback, PeriodicCallback, RelocatableCallback {
  /// The name in `params.json`.
  public static let registeredName = "DumpReplayBuffer"
  /// How often.
  public let every: Every
  /// The directory of the dumps, `iteration-000004.msgpack.zst` and so on.
  public private(set) var directory: FilePath
  /// Which dumps stay.
  public let keep: DumpRetention
  /// What happens if an earlier dump is not finished when one is due.
  public let whenBusy: BusyPolicy
  private var period: Period

  /// Dumps to a directory, which is made if it is missing. Default: all dumps stay, and each takes place.
  public init(every: Every, to directory: FilePath, keep: DumpRetention = .all, whenBusy: BusyPolicy = .wait) {
    self.every = every
    self.directory = directory
    self.keep = keep
    self.whenBusy = whenBusy
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

  /// Begins a dump, if it is due.
  public mutating func onTrainResult(_ context: inout TrainResultContext) throws {
    guard period.isDue(context.algorithm.progress) else { return }
    try context.algorithm.dumpInBackground(to: directory, keep: keep, whenBusy: whenBusy)
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
    case whenBusy = "when_busy"
  }

  /// The settings: period, directory, how many stay if not all, and the policy if it is not to wait.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(every, forKey: .every)
    try container.encode(directory.string, forKey: .to)
    if case .last(let count) = keep { try container.encode(count, forKey: .keepLast) }
    if whenBusy != .wait { try container.encode(whenBusy, forKey: .whenBusy) }
  }

  /// Takes the settings back.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let count = try container.decodeIfPresent(Int.self, forKey: .keepLast)
    self.init(
      every: try container.decode(Every.self, forKey: .every),
      to: FilePath(try container.decode(String.self, forKey: .to)), keep: count.map(DumpRetention.last) ?? .all,
      whenBusy: try container.decodeIfPresent(BusyPolicy.self, forKey: .whenBusy) ?? .wait)
  }
}
