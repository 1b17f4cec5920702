internal import StateTree

extension ChunkLog {
  /// The rows of contents whose step numbers count on from `first`, read batch by batch, straight into the log's chunks.
  /// - Throws: `ReplayBufferError.invalidContents` for other step numbers or other rows than asked for, and what reading
  ///   the contents throws.
  init(consecutiveRowsOf contents: some BufferContents, from first: Int) throws {
    let schema = contents.schema
    let filler = ChunkFiller(schema.columns, rowCount: contents.rowCount)
    try contents.forEachStoredBatchInParallel { batch in
      try schema.check(batch.columns, count: batch.count)
      guard batch.counts(from: first) else {
        throw ReplayBufferError.invalidContents("the step numbers of rows \(batch.rows) do not count on from \(first)")
      }
      try filler.write(batch.columns, at: batch.rows)
    }
    self = try filler.finish(startingAt: first)
  }
}

extension RowBatch {
  /// Whether the step number of every row is its position after `first`.
  fileprivate func counts(from first: Int) -> Bool {
    let start = Int64(first) &+ Int64(firstRow)
    return steps.indices.allSatisfy { steps[$0] == start &+ Int64($0) }
  }
}
