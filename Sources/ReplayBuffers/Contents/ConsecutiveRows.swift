internal import StateTree

extension ChunkLog {
  /// The rows of contents whose step numbers count on from `first`, read batch by batch.
  /// - Throws: `ReplayBufferError.invalidContents` for other step numbers or other rows than asked for, and what reading
  ///   the contents throws.
  init(consecutiveRowsOf contents: some BufferContents, from first: Int) throws {
    self.init(contents.schema.columns, startingAt: first)
    try contents.forEachCheckedBatch { batch in
      let expected = rows.upperBound..<rows.upperBound + batch.count
      guard batch.steps.elementsEqual(expected.lazy.map { Int64($0) }) else {
        throw ReplayBufferError.invalidContents(
          "the step numbers of rows \(batch.rows) do not count on from \(expected.lowerBound)")
      }
      append(batch.columns)
    }
  }
}
