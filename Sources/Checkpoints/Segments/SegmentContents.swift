internal import ReplayBuffers
internal import StateTree

/// The rows of a snapshot that go into one segment, as the contents of a file.
struct SegmentContents: BufferContents {
  let kind: String
  let layout: BufferLayout
  let schema: BufferSchema
  let rowCount: Int
  private let snapshot: BufferSnapshot
  /// For each stretch of rows its first row here and in the snapshot.
  private let stretches: [(firstRow: Int, source: Range<Int>)]
  private let table: StateValue?

  /// The rows of these units.
  /// - Parameter episodes: The snapshot's episodes by their first row, whose table the segment repeats for its own rows.
  init(_ snapshot: BufferSnapshot, _ units: [BufferOutline.Unit], episodes: [Int: EpisodeRecord]) throws {
    (kind, layout, schema) = (snapshot.kind, snapshot.layout, snapshot.schema)
    self.snapshot = snapshot
    var stretches: [(firstRow: Int, source: Range<Int>)] = []
    var records: [EpisodeRecord] = []
    var row = 0
    for unit in units {
      let source = unit.firstRow..<unit.firstRow + unit.run.rowCount
      if let last = stretches.last, last.source.upperBound == source.lowerBound {
        stretches[stretches.count - 1].source = last.source.lowerBound..<source.upperBound
      } else {
        stretches.append((row, source))
      }
      if var record = episodes[unit.firstRow] {
        record.firstRow = row
        records.append(record)
      }
      row += source.count
    }
    rowCount = row
    self.stretches = stretches
    table = layout == .episodes ? try EpisodeTable(records).state : nil
  }

  func state() -> StateValue {
    table.map { ["episodes": $0] } ?? [:]
  }

  func rows(_ range: Range<Int>) throws -> RowBatch {
    var parts: [RowBatch] = []
    for stretch in stretches {
      let end = stretch.firstRow + stretch.source.count
      let local = range.clamped(to: stretch.firstRow..<end)
      guard !local.isEmpty else { continue }
      let shift = stretch.source.lowerBound - stretch.firstRow
      parts.append(snapshot.rows(local.lowerBound + shift..<local.upperBound + shift))
    }
    return try RowBatch(joining: parts, schema, firstRow: range.lowerBound)
  }
}

extension RowBatch {
  /// Rows one batch after the other.
  init(joining parts: [RowBatch], _ schema: BufferSchema, firstRow: Int) throws(StateTreeError) {
    if let only = parts.first, parts.count == 1 {
      self.init(firstRow: firstRow, steps: only.steps, columns: only.columns)
      return
    }
    var columns: [Tensor] = []
    for (index, column) in schema.columns.enumerated() {
      let tensors = parts.map { $0.columns[index] }
      columns.append(
        try tensors.isEmpty
          ? Tensor(zeros: column.dataType, shape: [0] + column.shape) : Tensor(concatenating: tensors))
    }
    self.init(firstRow: firstRow, steps: parts.flatMap(\.steps), columns: columns)
  }
}
