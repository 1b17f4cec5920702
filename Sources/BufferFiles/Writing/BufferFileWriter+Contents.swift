public import FileSystems
public import ReplayBuffers
public import StateTree
public import SystemPackage

extension BufferFileWriter {
  /// Writes everything that a buffer is into one file: a snapshot, a dump of RLlib, another file.
  ///
  /// Rows go by in groups of `FormatLimits.rowGroupBytes`, which several threads read from `contents` and compress; at
  /// most 64 MiB are held of them. The state is held whole.
  /// - Throws: what `contents` throws, `BufferFileError`; then no file has appeared.
  public static func write(
    _ contents: some BufferContents, to path: FilePath, provenance: StateMap = [:], metadata: StateMap = [:],
    options: WritingOptions = WritingOptions(), on fileSystem: any FileSystem = POSIXFileSystem(),
    progress: (_ rows: Int) -> Void = { _ in }
  ) throws {
    try write(
      contents, to: path, provenance: provenance, metadata: metadata, options: options, on: fileSystem,
      checking: { (_) throws(BufferFileError) in }, progress: progress)
  }

  /// The same, unless `check` throws, which is called with the path of the whole file before it has its name.
  static func write(
    _ contents: some BufferContents, to path: FilePath, provenance: StateMap, metadata: StateMap,
    options: WritingOptions, on fileSystem: any FileSystem,
    checking check: (FilePath) throws(BufferFileError) -> Void, progress: (_ rows: Int) -> Void
  ) throws {
    let header = FileHeader(
      content: .replayBuffer(kind: contents.kind, layout: contents.layout, schema: contents.schema),
      provenance: provenance, metadata: metadata)
    var writer = try BufferFileWriter.create(at: path, header: header, options: options, on: fileSystem)
    try writer.append(rowsOf: contents, progress)
    try writer.finish(state: contents.state(), checking: check)
  }

  private mutating func append(rowsOf contents: some BufferContents, _ progress: (_ rows: Int) -> Void) throws {
    guard let encoding else { return }
    let (options, rowBytes) = (options, max(1, contents.schema.rowBytes))
    var groups = RowGroups(rowCount: contents.rowCount, rowBytes: rowBytes)
    try OrderedWork.run(
      threads: options.workers.threads(recordBytes: min(groups.rowsPerGroup, contents.rowCount) * rowBytes),
      makeTool: { () throws in try FrameMaker(options) },
      next: { () throws in groups.next() },
      work: { (rows, maker: inout FrameMaker) throws in
        try encoding.encode(contents.rows(rows), with: &maker)
      },
      take: { (encoded) throws in
        try append(encoded)
        progress(encoded.batch.rows.upperBound)
      })
  }
}

/// Cuts rows into row groups.
struct RowGroups: IteratorProtocol {
  let rowCount: Int
  let rowsPerGroup: Int
  private var first = 0

  init(rowCount: Int, rowBytes: Int) {
    self.rowCount = rowCount
    rowsPerGroup = min(max(1, FormatLimits.rowGroupBytes / max(1, rowBytes)), FormatLimits.rowsPerRecord)
  }

  mutating func next() -> Range<Int>? {
    guard first < rowCount else { return nil }
    let group = first..<min(first + rowsPerGroup, rowCount)
    first = group.upperBound
    return group
  }
}
