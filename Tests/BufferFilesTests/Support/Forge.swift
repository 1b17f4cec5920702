import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Zstandard

@testable import BufferFiles

/// Makes files whose digests, checksums and seek table are right, whatever their records say.
struct Forge {
  var header: StateValue
  var rows: [RowBatch]
  var state: [StateValue]
  /// Changes records before they are compressed, by the number of the frame.
  var changeRecord: (Int, inout StateValue) -> Void = { _, _ in }
  /// Changes what the index says.
  var changeEntries: (inout [FrameEntry]) -> Void = { _ in }
  /// Changes the index's record.
  var changeIndex: (inout StateValue) -> Void = { _ in }
  /// Changes the summary's record.
  var changeSummary: (inout StateValue) -> Void = { _ in }
  /// Whether all frames are stored, so that a person can read them.
  var isStored = false
  /// Whether the summary's frame is the canonical one.
  var isCanonical = true

  /// Two row groups of three rows, and some state.
  init() throws {
    let schema = try BufferSchema([ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("rewards", .float32)])
    header = FileHeader(content: .replayBuffer(kind: "T", layout: .transitions, schema: schema)).record
    rows = try [0, 3].map { first in
      RowBatch(
        firstRow: first, steps: (0..<3).map { Int64(first + $0) },
        columns: [
          try Tensor((0..<6).map { Float($0 + first) }, shape: [3, 2]), Tensor(vector: [0.5, 1, Float(first)]),
        ])
    }
    state = [StateRecord(path: [], value: ["count": 6]).record]
  }

  /// The file.
  func bytes() throws -> [UInt8] {
    let content = try Opening.header(of: header, .init(anyPath)).content
    var frames = try ForgedFrames(content)
    try add(header, .header, to: &frames)
    for batch in rows {
      guard case .replayBuffer(_, let layout, let schema) = content else { break }
      let record = try StateValue(decoding: RowRecord.encode(batch, schema: schema, layout: layout))
      try add(record, .rows, batch, to: &frames)
    }
    for record in state {
      try add(record, .state, to: &frames)
      if let record = try? StateRecord(record: record) { try frames.state.add(record) }
    }
    var summary = frames.summary
    changeEntries(&frames.entries)
    summary.frameCount = frames.entries.count
    var index = IndexRecord.encode(frames.entries[...])
    changeIndex(&index)
    summary.index = [try frames.append(index.encoded(), isStored: isStored)]
    var record = summary.record
    changeSummary(&record)
    _ = try frames.append(record.encoded(), isStored: isCanonical)
    return frames.bytes + (try SeekTable(entries: frames.table).encoded())
  }

  private func add(
    _ original: StateValue, _ kind: FrameEntry.Kind, _ batch: RowBatch? = nil, to frames: inout ForgedFrames
  ) throws {
    var record = original
    changeRecord(frames.entries.count, &record)
    let encoded = try record.encoded()
    let frame = try frames.append(encoded, isStored: isStored)
    let statistics = batch?.columns.map { ColumnStatistics(of: $0) } ?? []
    if let batch { frames.rows.add(batch, statistics) }
    frames.entries.append(
      FrameEntry(
        kind: kind, offset: frame.offset, compressedBytes: frame.compressedBytes, recordBytes: encoded.count,
        sha256: frame.sha256, rows: batch?.rows ?? 0..<0, steps: batch?.stepRange ?? 0..<0,
        path: kind == .state ? (try? StateRecord(record: original))?.path : nil,
        columns: statistics.map { $0?.bounds }))
  }
}

/// The frames of a forged file so far, and what is true of them.
struct ForgedFrames: ~Copyable {
  var bytes: [UInt8] = []
  var table: [SeekTable.Entry] = []
  var entries: [FrameEntry] = []
  var rows: RowTotals
  var state: StateTotals
  private var compressor: FrameCompressor

  init(_ content: FileHeader.Content) throws {
    compressor = try FrameCompressor()
    rows = RowTotals(content)
    state = StateTotals(content)
  }

  mutating func append(_ record: [UInt8], isStored: Bool = false) throws -> FileSummary.FrameReference {
    let frame = try isStored ? compressor.stored(record.span) : compressor.compress(record.span)
    table.append(try SeekTable.Entry(describing: frame.span))
    defer { bytes += frame }
    return .init(offset: bytes.count, compressedBytes: frame.count, sha256: FrameDigest.of(frame))
  }

  var summary: FileSummary {
    var summary = FileSummary()
    rows.complete(&summary, table: nil)
    state.complete(&summary)
    summary.recordBytes = entries.reduce(0) { $0 + $1.recordBytes }
    summary.header = .init(offset: 0, compressedBytes: entries[0].compressedBytes, sha256: entries[0].sha256)
    return summary
  }
}
