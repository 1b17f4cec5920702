internal import Checkpoints
internal import FileSystems
internal import SystemPackage

/// Directories tell by the names in them what they are.
extension SavedState {
  /// What a directory holds: a checkpoint or an experiment of ours, or a checkpoint of RLlib.
  static func directory(
    _ path: FilePath, _ limits: ForeignLimits, _ fileSystem: any FileSystem
  ) throws(ForeignFormatError) -> SavedState {
    let names: [String]
    do { names = try fileSystem.list(path, follow: .userPath).map(\.name.string) } catch { throw .fileSystem(error) }
    switch kind(names) {
    case .checkpoint:
      do { return .checkpoint(try Checkpoint.open(path, on: fileSystem)) } catch { throw .checkpoint(error) }
    case .experiment: return .experiment(try SavedExperiment(path, on: fileSystem))
    case .other: return .rllibCheckpoint(try RLlibCheckpoint(path, limits: limits, on: fileSystem))
    }
  }

  private enum DirectoryKind { case checkpoint, experiment, other }

  private static func kind(_ names: [String]) -> DirectoryKind {
    let known = Set(names)
    if known.contains("checkpoint.json") { return .checkpoint }
    // RLlib's checkpoints first: nothing of ours has their metadata.
    if !known.isDisjoint(with: ["rllib_checkpoint.json", "metadata.json"]) { return .other }
    // Without its manifest a checkpoint of ours is still one, and its error says what is missing.
    if known.contains("algorithm_state.msgpack.zst") { return .checkpoint }
    let isExperiment = !known.isDisjoint(with: ["experiment.lock", "params.json", "result.json"])
    return isExperiment || names.contains { ExperimentLayout.iteration(ofCheckpoint: $0) != nil } ? .experiment : .other
  }
}
