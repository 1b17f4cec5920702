internal import MessagePack
internal import ReplayBuffers
internal import StateTree

extension RowBatch {
  /// Checks that the rows can be a row group of a file.
  /// - Throws: `BufferFileError.wrongRows`.
  func check(_ schema: BufferSchema, _ layout: BufferLayout) throws(BufferFileError) {
    guard (1...FormatLimits.rowsPerRecord).contains(count) else {
      throw .wrongRows(reason: "\(count) rows at once, expected 1 to \(FormatLimits.rowsPerRecord)")
    }
    guard columns.count == schema.columns.count else {
      throw .wrongRows(reason: "\(columns.count) columns, expected \(schema.columns.count)")
    }
    for (tensor, column) in zip(columns, schema.columns)
    where tensor.dataType != column.dataType || Array(tensor.shape.dropFirst()) != column.shape {
      throw .wrongRows(
        reason: "\(column.name) is \(tensor.summary), expected rows of \(column.dataType) \(column.shape)")
    }
    if let reason = invalidSteps(layout) { throw .wrongRows(reason: reason) }
  }
}

extension FileHeader {
  /// The record's bytes, checked to be within the limits of a header.
  /// - Throws: `BufferFileError.wrongRows` for too many columns, `.stateTooDeep`, `.stateTooLarge`.
  func checkedRecord() throws(BufferFileError) -> [UInt8] {
    if case .replayBuffer(_, _, let schema) = content, schema.columns.count > FormatLimits.columns {
      throw .wrongRows(reason: "\(schema.columns.count) columns, a file has at most \(FormatLimits.columns)")
    }
    for (name, map) in [("provenance", provenance), ("metadata", metadata)] {
      guard StateValue.map(map).depth(upTo: FormatLimits.stateDepth) <= FormatLimits.stateDepth else {
        throw .stateTooDeep(path: name, limit: FormatLimits.stateDepth)
      }
    }
    let bytes = (try? record.encoded()) ?? []
    guard !bytes.isEmpty, bytes.count <= FormatLimits.headerBytes else {
      throw .stateTooLarge(path: "the header", bytes: bytes.count, limit: FormatLimits.headerBytes)
    }
    return bytes
  }
}

extension ColumnStatistics {
  /// What the index keeps: NaN count, minimum and maximum.
  var bounds: ColumnStatistics {
    var bounds = ColumnStatistics()
    (bounds.count, bounds.nanCount) = (nanCount, nanCount)
    (bounds.minimum, bounds.maximum) = (minimum, maximum)
    return bounds
  }
}
