internal import BufferFiles
public import ReplayBuffers
internal import StateTree
internal import Synchronization

/// Going through all rows: several threads decompress row groups while the next segment is read and compared with its
/// digest.
extension CheckpointBuffer {
  /// All rows in the order of the buffer, in pieces of row groups.
  /// - Throws: `CheckpointError` for a segment that is missing or damaged, and what `body` throws.
  public func forEachStoredBatch(_ body: (RowBatch) throws -> Void) throws {
    try work({ (part, reader) in try part.rows(using: &reader) }, take: body)
  }

  /// The same, the bytes of each piece handed over by the thread that decompressed it.
  /// - Throws: as `forEachStoredBatch`.
  public func forEachStoredBytes(_ body: @escaping @Sendable (RowBytes) throws -> Void) throws {
    let schema = schema
    try work({ (part, reader) in try part.withBytes(of: schema, using: &reader, body) }, take: { _ in })
  }

  private func work<Result: Sendable>(
    _ body: @escaping @Sendable (GroupPart, inout RecordReader) throws -> Result, take: (Result) throws -> Void
  ) throws {
    var walk = GroupWalk(self)
    try OrderedWork.run(
      threads: WorkerCount.automatic.threads(recordBytes: max(FormatLimits.rowGroupBytes(ofRows: schema.rowBytes), schema.rowBytes)),
      makeTool: { () throws in try RecordReader() },
      next: { () throws in try walk.next() },
      work: { (part, reader: inout RecordReader) throws in try body(part, &reader) },
      take: take)
  }
}

/// Some rows of a segment, and where they stand in the buffer.
private struct GroupPart: Sendable {
  enum Source {
    /// A row group of a segment that is whole.
    case group(SharedGroup)
    /// What is left of a damaged segment.
    case salvaged(SegmentReader, segment: Int)
  }

  let source: Source
  let range: Range<Int>
  let firstRow: Int

  func rows(using reader: inout RecordReader) throws -> RowBatch {
    let whole = switch source {
    case .group(let group): try group.batch(using: &reader)
    case .salvaged(let rest, let segment): try rest.rows(range, ofSegment: segment)
    }
    let part = range.lowerBound - whole.firstRow..<range.upperBound - whole.firstRow
    guard part.count < whole.count else {
      return RowBatch(firstRow: firstRow, steps: whole.steps, columns: whole.columns)
    }
    return RowBatch(
      firstRow: firstRow, steps: Array(whole.steps[part]), columns: whole.columns.map { $0.rows(part) })
  }

  /// Parts of a row group go by way of its batch, so that it is decompressed once however many they are.
  func withBytes(of schema: BufferSchema, using reader: inout RecordReader, _ body: (RowBytes) throws -> Void) throws {
    guard case .group(let group) = source, group.rows == range else {
      return try body(RowBytes(rows(using: &reader), of: schema))
    }
    try group.withBytes(using: &reader) { try body($0.moved(to: firstRow)) }
  }
}

/// A row group. As a batch it is decompressed by whoever needs it first and kept while somebody may need it again; its bytes
/// are handed over where they lie to who needs all of them.
private final class SharedGroup: Sendable {
  let segment: Int
  let number: Int
  /// All its rows, as the segment numbers them.
  let rows: Range<Int>
  private let contents: FileContents
  private let decoded = Mutex<RowBatch?>(nil)

  init(segment: Int, number: Int, rows: Range<Int>, _ contents: FileContents) {
    (self.segment, self.number, self.rows, self.contents) = (segment, number, rows, contents)
  }

  func batch(using reader: inout RecordReader) throws -> RowBatch {
    try decoded.withLock { decoded in
      if let decoded { return decoded }
      let batch = try contents.batch(ofGroup: number, using: &reader)
      decoded = batch
      return batch
    }
  }

  func withBytes(using reader: inout RecordReader, _ body: (RowBytes) throws -> Void) throws {
    try contents.withBytes(ofGroup: number, using: &reader, body)
  }
}

/// Cuts the pieces of a buffer at the row groups of their segments. Short pieces of one group follow each other where
/// episodes of the tail lie between those of a sealed segment, so the groups used last are kept.
private struct GroupWalk {
  private static let keptGroups = 3

  private let buffer: CheckpointBuffer
  private var piece = 0
  private var row = 0
  private var parts: [GroupPart] = []
  private var kept: [SharedGroup] = []

  init(_ buffer: CheckpointBuffer) { self.buffer = buffer }

  mutating func next() throws -> GroupPart? {
    while parts.isEmpty {
      guard piece < buffer.pieces.count else { return nil }
      parts = try self.parts(of: buffer.pieces[piece]).reversed()
      piece += 1
    }
    return parts.popLast()
  }

  private mutating func parts(of piece: SegmentPiece) throws -> [GroupPart] {
    guard !buffer.reader.isSalvaged(piece.segment) else {
      defer { row += piece.rows.count }
      return [
        GroupPart(source: .salvaged(buffer.reader, segment: piece.segment), range: piece.rows, firstRow: row)
      ]
    }
    let contents = try buffer.reader.contents(of: piece.segment)
    return try contents.rowGroups(of: piece.rows).map { number, rows in
      let range = rows.clamped(to: piece.rows)
      defer { row += range.count }
      return GroupPart(source: .group(group(number, rows, piece.segment, contents)), range: range, firstRow: row)
    }
  }

  private mutating func group(
    _ number: Int, _ rows: Range<Int>, _ segment: Int, _ contents: FileContents
  ) -> SharedGroup {
    let index = kept.firstIndex { $0.segment == segment && $0.number == number }
    let group = index.map { kept.remove(at: $0) }
      ?? SharedGroup(segment: segment, number: number, rows: rows, contents)
    kept.append(group)
    if kept.count > Self.keptGroups { kept.removeFirst() }
    return group
  }
}
