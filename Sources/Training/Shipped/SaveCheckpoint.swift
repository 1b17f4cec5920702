public import Checkpoints
public import StateTree
public import SystemPackage

/// Whether checkpoints hold the replay buffer.
public enum ReplayBufferPolicy: Sendable, Hashable {
  /// Each does: a restored run goes on bit for bit.
  case include
  /// None does: dumps are joined when one is restored.
  case omit
  /// Those do that are due so often.
  case every(Every)
}

/// Saves the whole run as a checkpoint every so often, after all callbacks have seen the iteration.
///
/// ```swift
/// SaveCheckpoint(every: .iterations(10), to: "runs/cartpole", replayBuffer: .include)
/// ```
/// Training stands still for a snapshot, whatever the size of the replay buffer; the checkpoint is written meanwhile, and
/// is the run as it was at the end of the iteration. `whenBusy` says what happens if an earlier one is not finished by
/// then. The result of the iteration in which a checkpoint is known to be durable says so under `save_checkpoint`; a
/// failure is thrown by the next `train()`. With `keep:` a checkpoint that is durable is read whole, and then those go that
/// are not to stay.
///
/// The directory becomes the run's experiment when the algorithm is built, so that a directory with another run's files
/// is refused before anything is trained.
public struct SaveCheckpoint: SavedCallback, PeriodicCallback, RelocatableCallback {
  /// The name in `params.json`.
  public static let registeredName = "SaveCheckpoint"

  /// How often.
  public let every: Every
  /// The experiment.
  public private(set) var experiment: FilePath
  /// Whether checkpoints hold the replay buffer.
  public let replayBuffer: ReplayBufferPolicy
  /// Which checkpoints stay when a new one is durable and was read whole; nil for all.
  public let keep: Retention?
  /// What happens if an earlier checkpoint is not finished when one is due.
  public let whenBusy: BusyPolicy
  private var period: Period
  private var bufferPeriod: Period?

  /// Saves to an experiment. Default: checkpoints hold the replay buffer, all stay, and each takes place.
  public init(
    every: Every, to experiment: FilePath, replayBuffer: ReplayBufferPolicy = .include, keep: Retention? = nil,
    whenBusy: BusyPolicy = .wait
  ) {
    self.every = every
    self.experiment = experiment
    self.replayBuffer = replayBuffer
    self.keep = keep
    self.whenBusy = whenBusy
    period = Period(every)
    if case .every(let bufferEvery) = replayBuffer { bufferPeriod = Period(bufferEvery) }
  }

  /// False: it has nothing to do while environments are stepped.
  public var listensToRunners: Bool { false }
  /// How often it saves, and how often the replay buffer with it.
  public var periods: [Every] { [every] + (bufferPeriod.map { [$0.every] } ?? []) }

  /// Lets checkpoints go on in an experiment that was moved or forked.
  public mutating func relocate(from old: FilePath, to new: FilePath) {
    experiment = experiment.relocated(from: old, to: new)
  }

  /// Makes the directory the run's experiment.
  public mutating func onAlgorithmInit(_ context: inout AlgorithmContext) throws {
    let now = context.algorithm.services.clock.now()
    try keep?.requireSound()
    period.start(now: now)
    bufferPeriod?.start(now: now)
    if !context.algorithm.run.isDryRun { try context.algorithm.openExperiment(at: experiment) }
  }

  /// Asks for a checkpoint, if it is due.
  public mutating func onTrainResult(_ context: inout TrainResultContext) throws {
    let progress = context.algorithm.progress
    guard period.isDue(progress) else { return }
    let inclusion: BufferInclusion =
      switch replayBuffer {
      case .include: .include
      case .omit: .omit
      case .every: bufferPeriod?.isDue(progress) == true ? .include : .omit
      }
    context.algorithm.saveWhenIterationIsOver(to: experiment, replayBuffer: inclusion, keep: keep, whenBusy: whenBusy)
  }
}

extension SaveCheckpoint: Checkpointable {
  /// When it was due last.
  public var state: StateValue { ["period": period.state, "buffer_period": bufferPeriod?.state ?? .nil] }

  /// Goes on in the beat of the saved run.
  /// - Throws: `StateTreeError`.
  public mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    try period.restore(from: reader.value("period"))
    let saved = try reader.value("buffer_period")
    if saved != .nil { try bufferPeriod?.restore(from: saved) }
  }

  /// Checks the periods.
  /// - Throws: `TrainingError.brokenInvariant`.
  public func checkInvariants() throws {
    try period.checkInvariants()
    try bufferPeriod?.checkInvariants()
  }
}

extension SaveCheckpoint: Codable {
  private enum CodingKeys: String, CodingKey {
    case every, to
    case replayBuffer = "replay_buffer"
    case replayBufferEvery = "replay_buffer_every"
    case keep
    case whenBusy = "when_busy"
  }

  /// The settings: period, experiment, what becomes of the replay buffer, what stays if not all does, and the policy if it
  /// is not to wait.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(every, forKey: .every)
    try container.encode(experiment.string, forKey: .to)
    switch replayBuffer {
    case .include: try container.encode(BufferInclusion.include, forKey: .replayBuffer)
    case .omit: try container.encode(BufferInclusion.omit, forKey: .replayBuffer)
    case .every(let period): try container.encode(period, forKey: .replayBufferEvery)
    }
    if let keep { try container.encode(keep.settings, forKey: .keep) }
    if whenBusy != .wait { try container.encode(whenBusy, forKey: .whenBusy) }
  }

  /// Takes the settings back.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let policy: ReplayBufferPolicy
    if let period = try container.decodeIfPresent(Every.self, forKey: .replayBufferEvery) {
      policy = .every(period)
    } else {
      policy = try container.decode(BufferInclusion.self, forKey: .replayBuffer) == .include ? .include : .omit
    }
    self.init(
      every: try container.decode(Every.self, forKey: .every),
      to: FilePath(try container.decode(String.self, forKey: .to)), replayBuffer: policy,
      keep: try container.decodeIfPresent(Retention.Settings.self, forKey: .keep).map { try Retention($0) },
      whenBusy: try container.decodeIfPresent(BusyPolicy.self, forKey: .whenBusy) ?? .wait)
  }
}
