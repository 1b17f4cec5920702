public import SystemPackage

/// Joins the newest dump that is not after the checkpoint, when a checkpoint without a replay buffer was restored.
///
/// The report says which dump it was and how many environment steps it lies behind. A dump of the checkpoint's own
/// iteration makes the run go on bit for bit.
/// - Source: the reason that RLlib's callback page gives for dumps, `on_checkpoint_loaded`.
public struct RestoreReplayBuffer: SavedCallback, RelocatableCallback {
  /// The name in `params.json`.
  public static let registeredName = "RestoreReplayBuffer"

  /// The directory of the dumps.
  public private(set) var directory: FilePath

  /// Joins dumps of a directory.
  public init(from directory: FilePath) { self.directory = directory }

  /// False: it has nothing to do while environments are stepped.
  public var listensToRunners: Bool { false }

  /// Lets dumps be found in an experiment that was moved or forked.
  public mutating func relocate(from old: FilePath, to new: FilePath) {
    directory = directory.relocated(from: old, to: new)
  }

  /// Joins a dump, unless the run has its replay buffer.
  /// - Throws: `TrainingError.noDump`, `.unusableDump` with the dump before it.
  public mutating func onCheckpointLoaded(_ context: inout CheckpointLoadedContext) throws {
    let algorithm = context.algorithm
    guard algorithm.needsDump(context.report) else { return }
    let dumps = DumpDirectory(path: directory, fileSystem: algorithm.services.fileSystem)
    let candidates = try dumps.iterations().filter { $0 <= algorithm.iteration }
    guard let newest = candidates.last else {
      throw TrainingError.noDump(directory, iteration: algorithm.iteration)
    }
    let before = candidates.dropLast().last.map(dumps.file)
    try algorithm.joinReplayBuffer(from: dumps.file(newest), before: before, report: &context.report)
  }
}

extension RestoreReplayBuffer: Codable {
  private enum CodingKeys: String, CodingKey { case from }

  /// The settings: the directory.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(directory.string, forKey: .from)
  }

  /// Takes the settings back.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(from: FilePath(try container.decode(String.self, forKey: .from)))
  }
}
