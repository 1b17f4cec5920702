internal import Checkpoints
internal import FileSystems
internal import StateTree
internal import SystemPackage

extension Run {
  /// An experiment that the run writes.
  ///
  /// Its lock is held while the run trains. After a save that was asked for from outside it is let go of, so that the
  /// run may be restored while this object still lives, and taken again when there is something to write.
  struct Output {
    let path: FilePath
    /// The experiment in hand; nil while it is let go of.
    var directory: ExperimentDirectory?
    var log: RunLog?
    /// TensorBoard's event files, once there is a result.
    var events: EventLog?
    /// The iteration at which it was let go of.
    var releasedAt = 0
  }

  /// The experiment at a path: the open one, or a new one, for which `params.json` is written.
  /// - Throws: `CheckpointError`, `TrainingError`.
  func output(at path: FilePath, parameters: @autoclosure () -> StateMap) throws -> ExperimentDirectory {
    let key = path.lexicallyNormalized()
    if let output = outputs[key] { return try output.directory ?? takeAgain(key, output) }
    try checkUsable()
    let directory: ExperimentDirectory
    do {
      directory = try ExperimentDirectory.create(
        at: path, hasDumps: dumpDirectories.contains(key.appending("buffers")), on: services.fileSystem)
    } catch {
      guard case .experimentExists = error, isBeingRestored, isOwn(path) else { throw error }
      // A second place in which the saved run saved; it is taken back when the restore has worked.
      let second = try ExperimentDirectory.open(at: path, on: services.fileSystem)
      outputs[key] = Output(path: path, directory: second)
      return second
    }
    let log = try RunLog(directory.layout, on: services.fileSystem)
    try log.write(parameters: parameters())
    outputs[key] = Output(path: path, directory: directory, log: log)
    return directory
  }

  /// Whether the newest checkpoint of an experiment is of this run.
  private func isOwn(_ path: FilePath) -> Bool {
    let newest = try? Checkpoint.open(path, fallback: .allowOlder, on: services.fileSystem)
    return newest?.manifest.runID == id
  }

  /// Takes an experiment that was let go of, unless another run went on in it.
  private func takeAgain(_ key: FilePath, _ output: Output) throws -> ExperimentDirectory {
    let directory = try ExperimentDirectory.open(at: output.path, on: services.fileSystem)
    let newest = try Checkpoint.open(output.path, on: services.fileSystem).manifest
    guard newest.runID == id, newest.iteration == output.releasedAt else {
      throw TrainingError.experimentWentOn(output.path, iteration: newest.iteration, here: output.releasedAt)
    }
    _ = try RunLog(directory.layout, on: services.fileSystem)
    try directory.rewind(to: output.releasedAt)
    let log = try RunLog(directory.layout, on: services.fileSystem)
    outputs[key] = Output(path: output.path, directory: directory, log: log)
    return directory
  }

  /// Lets go of the lock of an experiment until there is something to write.
  func release(_ path: FilePath) {
    outputs[path.lexicallyNormalized()]?.directory = nil
    outputs[path.lexicallyNormalized()]?.log = nil
    outputs[path.lexicallyNormalized()]?.events = nil
    outputs[path.lexicallyNormalized()]?.releasedAt = iteration
  }

  /// Takes every experiment that was let go of again, before anything is trained.
  /// - Throws: `CheckpointError.locked`, `TrainingError.experimentWentOn`.
  func holdOutputs() throws {
    for (key, output) in outputs where output.directory == nil { _ = try takeAgain(key, output) }
  }

  /// Appends a result to every experiment that is written.
  /// - Throws: `CheckpointError`, `TrainingError`.
  func append(_ result: TrainingResult) throws {
    for key in outputs.keys.sorted(by: { $0.string < $1.string }) {
      guard var output = outputs[key], let directory = output.directory else { continue }
      var log = try output.log ?? RunLog(directory.layout, on: services.fileSystem)
      try log.append(result)
      output.log = log
      if services.writesEventFiles {
        var events = try output.events ?? EventLog(directory.path, services)
        try events.append(result)
        output.events = events
      }
      outputs[key] = output
    }
  }
}
