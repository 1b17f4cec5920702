internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// A row group that is ready to be appended to a file.
struct EncodedRows: Sendable {
  var batch: RowBatch
  var statistics: [ColumnStatistics?]
  var frame: MadeFrame
}

/// Makes frames of row groups, on any thread: all that does not depend on the rows before them.
struct RowEncoding: Sendable {
  let schema: BufferSchema
  let layout: BufferLayout
  let filter: ByteFilter?

  /// How to encode the rows of a file with this header; nil if it has none.
  init?(_ header: FileHeader) {
    guard case .replayBuffer(_, let layout, let schema) = header.content else { return nil }
    (self.schema, self.layout, filter) = (schema, layout, header.filter)
  }

  /// A row group.
  /// - Parameter statistics: Those of the columns, if they are known.
  /// - Throws: `BufferFileError.wrongRows` for rows of another form or too many for one record, `.compression`.
  func encode(
    _ batch: RowBatch, statistics: [ColumnStatistics?]? = nil, with maker: inout FrameMaker
  ) throws(BufferFileError) -> EncodedRows {
    try batch.check(schema, layout)
    let frame = try maker.compressed(
      { (writer) throws(MessagePackError) in
        try RowRecord.encode(batch, schema: schema, layout: layout, filter: filter, to: &writer)
      }, tooMany: { Self.tooMany(batch, bytes: $0) })
    return EncodedRows(batch: batch, statistics: statistics ?? batch.statistics(schema), frame: frame)
  }

  private static func tooMany(_ batch: RowBatch, bytes: Int) -> BufferFileError {
    .wrongRows(
      reason: "\(batch.count) of them make \(bytes) bytes, at most \(FormatLimits.recordBytes) go into one record")
  }
}
