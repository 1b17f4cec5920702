public import FileSystems
public import ReplayBuffers
public import StateTree
public import SystemPackage

extension BufferFileWriter {
  /// Writes everything that a buffer is into one file: a snapshot, a dump of RLlib, another file.
  ///
  /// Rows go by in groups of `FormatLimits.rowGroupBytes`; the state is held whole.
  /// - Throws: what `contents` throws, `BufferFileError`; then no file has appeared.
  public static func write(
    _ contents: some BufferContents, to path: FilePath, provenance: StateMap = [:], metadata: StateMap = [:],
    options: WritingOptions = WritingOptions(), on fileSystem: any FileSystem = POSIXFileSystem(),
    progress: (_ rows: Int) -> Void = { _ in }
  ) throws {
    let header = FileHeader(
      content: .replayBuffer(kind: contents.kind, layout: contents.layout, schema: contents.schema),
      provenance: provenance, metadata: metadata)
    var writer = try BufferFileWriter.create(at: path, header: header, options: options, on: fileSystem)
    let rowsPerGroup = min(
      max(1, FormatLimits.rowGroupBytes / max(1, contents.schema.rowBytes)), FormatLimits.rowsPerRecord)
    for first in stride(from: 0, to: contents.rowCount, by: rowsPerGroup) {
      try writer.append(contents.rows(first..<min(first + rowsPerGroup, contents.rowCount)))
      progress(min(first + rowsPerGroup, contents.rowCount))
    }
    try writer.finish(state: contents.state())
  }
}
