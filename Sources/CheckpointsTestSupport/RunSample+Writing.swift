internal import BufferFiles
public import Checkpoints
internal import FileSystems
internal import ReplayBuffers
public import SystemPackage

extension RunSample {
  /// Writes an experiment as `rlbuf train` leaves it: checkpoints and dumps every second iteration.
  /// - Returns: the run as it is at the end.
  @discardableResult
  public static func write(
    to path: FilePath, seed: UInt64 = 7, iterations: Int = 4, segmentBytes: Int = 4096, runID: String? = nil
  ) throws -> RunSample {
    var run = try RunSample(seed: seed)
    if let runID { run.runID = runID }
    let directory = try ExperimentDirectory.create(at: path)
    for iteration in 1...iterations {
      try run.train()
      guard iteration.isMultiple(of: 2) else { continue }
      try run.save(to: directory, segmentBytes: segmentBytes)
      try run.dump(to: directory)
    }
    try run.writeTexts(to: directory)
    return run
  }

  /// Saves a checkpoint of this moment.
  public func save(to directory: ExperimentDirectory, segmentBytes: Int = 4096) throws {
    try directory.save(contents, options: CheckpointOptions(segmentBytes: segmentBytes))
  }

  /// Dumps the buffer of this moment.
  public func dump(to directory: ExperimentDirectory) throws {
    let fileSystem = POSIXFileSystem()
    try? fileSystem.createDirectory(directory.layout.dumps)
    try BufferFileWriter.write(buffer.snapshot(), to: directory.layout.dump(iteration))
  }

  /// Writes settings and results.
  public func writeTexts(to directory: ExperimentDirectory) throws {
    let texts = try texts()
    for (path, text) in [(directory.layout.parameters, texts.parameters), (directory.layout.results, texts.results)] {
      try? POSIXFileSystem().unlink(path)
      let file = try POSIXFileSystem().create(path)
      try POSIXFileSystem().writeAll(Array(text.utf8).span, to: file)
      try POSIXFileSystem().close(file)
    }
  }

  /// The text of a manifest that a test has edited, with the digest that it must end with.
  public static func resealed(_ manifest: String) -> String { ManifestSeal.resealed(manifest) }
}
