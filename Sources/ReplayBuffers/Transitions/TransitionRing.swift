internal import StateTree

/// The newest `capacity` transitions, by step number: what flat buffers share.
struct TransitionRing: Sendable {
  let schema: BufferSchema
  let capacity: Int
  var insertionCount = 0
  var sampledCount = 0
  var log: ChunkLog

  init(capacity: Int, schema: BufferSchema, firstStep: Int = 0) {
    precondition(capacity > 0, "a capacity of at least 1, found \(capacity)")
    self.schema = schema
    self.capacity = capacity
    log = ChunkLog(schema.columns, startingAt: firstStep)
  }

  var count: Int { log.rows.count }
  var steps: Range<Int> { log.rows }

  /// Adds transitions, one tensor a column; the oldest beyond the capacity go.
  /// - Throws: `ReplayBufferError.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  mutating func add(_ columns: [Tensor]) throws(ReplayBufferError) {
    let count = columns.first?.shape.first ?? 0
    try schema.check(columns, count: count)
    log.append(columns)
    insertionCount += count
    trim()
  }

  /// Adds one transition.
  /// - Throws: `ReplayBufferError.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  mutating func add(row: [Tensor]) throws(ReplayBufferError) {
    try schema.check(row: row)
    log.append(row: row)
    insertionCount += 1
    trim()
  }

  /// Forgets what is beyond the capacity.
  mutating func trim() { log.drop(below: max(steps.lowerBound, steps.upperBound - capacity)) }

  /// Reads the transitions of a batch, whose steps are drawn already.
  mutating func read(_ batch: inout TransitionBatch) {
    sampledCount += batch.count
    log.gather(batch.steps, into: &batch.tensors)
  }
}
