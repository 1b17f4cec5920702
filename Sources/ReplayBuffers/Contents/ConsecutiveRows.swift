internal import StateTree
internal import Synchronization

extension ChunkLog {
  /// The rows of contents whose step numbers count on, read batch by batch, straight into the log's chunks.
  /// - Parameter first: The step number of the first row; nil for the one that it has.
  /// - Throws: `ReplayBufferError.invalidContents` for other step numbers or other rows than asked for, and what reading
  ///   the contents throws.
  public init(consecutiveRowsOf contents: some BufferContents, from first: Int? = nil) throws {
    let schema = contents.schema
    let filler = ChunkFiller(schema.columns, rowCount: contents.rowCount)
    let start = FirstStep(first)
    try contents.forEachStoredBytes { batch in
      guard !batch.rows.isEmpty else { return }
      try batch.check(schema)
      guard let number = batch.firstStep, number == Int64(try start.agreed(with: batch)) &+ Int64(batch.rows.lowerBound) else {
        throw ReplayBufferError.invalidContents("the step numbers of rows \(batch.rows) do not count on")
      }
      try filler.write(batch.columns, at: batch.rows)
    }
    self = try filler.finish(startingAt: start.value)
  }
}

/// The step number of the first row, which whichever batch comes first tells all others.
private final class FirstStep: Sendable {
  private let step: Mutex<Int?>

  init(_ step: Int?) { self.step = Mutex(step) }

  /// The step number, 0 if there is no row.
  var value: Int { step.withLock { $0 ?? 0 } }

  /// The step number that was told, or else what follows from a batch.
  func agreed(with batch: RowBytes) throws(ReplayBufferError) -> Int {
    try step.withLock { (step) throws(ReplayBufferError) in
      if let step { return step }
      let first = (batch.firstStep ?? 0).subtractingReportingOverflow(Int64(batch.rows.lowerBound))
      guard !first.overflow, (0...Int64(BufferStateReader.largestCount)).contains(first.partialValue) else {
        throw .invalidContents("row 0 has no step number from 0 to 2^60")
      }
      step = Int(first.partialValue)
      return Int(first.partialValue)
    }
  }
}
