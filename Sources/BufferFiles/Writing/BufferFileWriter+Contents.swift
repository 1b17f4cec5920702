public import FileSystems
public import ReplayBuffers
public import StateTree
public import SystemPackage

extension BufferFileWriter {
  /// Writes everything that a buffer is into one file: a snapshot, a dump of RLlib, another file.
  ///
  /// Rows go by in groups of `FormatLimits.rowGroupBytes`, which several threads read from `contents` and compress; at
  /// most 64 MiB are held of them. The state is held whole.
  /// - Throws: what `contents` throws, `BufferFileError`, before a byte is written `.fileSystem` with the bytes needed and
  ///   free if there is no room for it, and `.wouldShrink`; then no file has appeared.
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
    try options.requireNoLoss(at: path, rows: contents.rowCount, on: fileSystem)
    let state = try contents.state()
    var demand = SpaceDemand(level: options.level)
    demand.add(contents, state: state)
    try demand.requireRoom(for: path, on: fileSystem)
    let header = FileHeader(
      content: .replayBuffer(kind: contents.kind, layout: contents.layout, schema: contents.schema),
      provenance: provenance, metadata: metadata)
    var writer = try BufferFileWriter.create(at: path, header: header, options: options, on: fileSystem)
    try writer.append(rowsOf: contents, progress: progress)
    try writer.finish(state: state, checking: check)
  }

  /// Appends rows of a buffer behind those that the file has, in row groups that several threads read and compress.
  ///
  /// The rows get the positions that come next, so that a ring which was filled anew since the last call adds its new rows,
  /// and a file may grow far beyond the memory of the buffer.
  /// - Parameter rows: Which rows. Default: all.
  /// - Throws: what `contents` throws, `BufferFileError.wrongRows`, `.fileSystem`.
  /// - Precondition: `rows` are rows of `contents`.
  public mutating func append(
    rowsOf contents: some BufferContents, _ rows: Range<Int>? = nil, progress: (_ rows: Int) -> Void = { _ in }
  ) throws {
    guard let encoding else { throw BufferFileError.wrongRows(reason: "the file was begun without a schema") }
    let (options, rowBytes) = (options, max(1, contents.schema.rowBytes))
    let rows = rows ?? 0..<contents.rowCount
    let shift = rowCount - rows.lowerBound
    var groups = RowGroups(rows, rowBytes: rowBytes)
    try OrderedWork.run(
      threads: options.workers.threads(recordBytes: min(groups.rowsPerGroup, rows.count) * rowBytes),
      makeTool: { () throws in try FrameMaker(options) },
      next: { () throws in groups.next() },
      work: { (group, maker: inout FrameMaker) throws in
        let batch = try contents.rows(group)
        return try encoding.encode(shift == 0 ? batch : batch.moved(by: shift), with: &maker)
      },
      take: { (encoded) throws in
        try append(encoded)
        progress(encoded.batch.rows.upperBound)
      })
  }
}

extension RowBatch {
  /// The same rows at other positions.
  fileprivate func moved(by shift: Int) -> RowBatch {
    RowBatch(firstRow: firstRow + shift, steps: steps, columns: columns)
  }
}

/// Cuts rows into row groups.
struct RowGroups: IteratorProtocol {
  private let end: Int
  let rowsPerGroup: Int
  private var first: Int

  init(_ rows: Range<Int>, rowBytes: Int) {
    (first, end) = (rows.lowerBound, rows.upperBound)
    rowsPerGroup = FormatLimits.rowsPerGroup(ofRows: rowBytes)
  }

  mutating func next() -> Range<Int>? {
    guard first < end else { return nil }
    let group = first..<min(first + rowsPerGroup, end)
    first = group.upperBound
    return group
  }
}
