internal import StateTree

/// Reads the state of contents: what files say is checked before anything is made from it.
struct BufferStateReader {
  /// The largest step number, count or capacity: far from where adding overflows.
  static let largestCount = 1 << 60

  let reader: StateReader
  let defaults: BufferDefaults

  /// The state of contents, which must be of the given kind and layout.
  init(
    _ contents: some BufferContents, kind: String, layout: BufferLayout, defaults: BufferDefaults
  ) throws {
    guard contents.kind == kind else { throw ReplayBufferError.wrongKind(expected: kind, found: contents.kind) }
    guard contents.layout == layout, contents.rowCount >= 0 else {
      throw ReplayBufferError.invalidContents(
        "the layout is \(contents.layout.rawValue) with \(contents.rowCount) rows")
    }
    do { reader = try StateReader(contents.state()) } catch { throw Self.wrapped(error) }
    self.defaults = defaults
  }

  private static func wrapped(_ error: any Error) -> any Error {
    (error as? StateTreeError).map(ReplayBufferError.state) ?? error
  }

  /// Whether the state says anything at a key.
  func has(_ key: StateKey) -> Bool { reader.map[key].map { $0 != .nil } ?? false }

  /// The count at a key.
  func count(_ key: StateKey) throws(ReplayBufferError) -> Int {
    let count: Int
    do { count = try reader.count(key) } catch { throw .state(error) }
    guard count <= Self.largestCount else { throw .invalidContents("\(key) is \(count), more than 2^60") }
    return count
  }

  /// The count at a key, or nil.
  func countIfPresent(_ key: StateKey) throws(ReplayBufferError) -> Int? {
    has(key) ? try count(key) : nil
  }

  /// The most steps that the buffer holds.
  func capacity() throws(ReplayBufferError) -> Int {
    guard let capacity = try countIfPresent("capacity") ?? defaults.capacity else { throw .missingSetting("capacity") }
    guard capacity > 0 else { throw .invalidContents("the capacity is \(capacity), expected at least 1") }
    return capacity
  }

  /// The exponent of priorities.
  func alpha() throws(ReplayBufferError) -> Double {
    let saved = has("alpha") ? try double("alpha") : defaults.alpha
    guard let alpha = saved else { throw .missingSetting("alpha") }
    guard alpha >= 0, alpha.isFinite else { throw .invalidContents("alpha is \(alpha), expected 0 or more") }
    return alpha
  }

  /// The generator that samples.
  func generator() throws(ReplayBufferError) -> PCG64 {
    guard has("generator") else {
      guard let seed = defaults.seed else { throw .missingSetting("generator") }
      return PCG64(seed: seed)
    }
    do { return try PCG64(state: reader.reader("generator")) } catch { throw .state(error) }
  }

  /// The number at a key.
  func double(_ key: StateKey) throws(ReplayBufferError) -> Double {
    do { return try reader.double(key) } catch { throw .state(error) }
  }

  /// The numbers at a key.
  func doubles(_ key: StateKey) throws(ReplayBufferError) -> [Double] {
    do { return try reader.vector(key) } catch { throw .state(error) }
  }

  /// The number of the next step and how many were ever added and sampled, checked against what is stored.
  /// - Parameter window: The numbers from the oldest stored step to behind the last.
  /// - Throws: `ReplayBufferError.invalidContents` if they contradict each other, and what reading them throws.
  func counters(
    stored: Int, window: Range<Int>
  ) throws(ReplayBufferError) -> (nextStep: Int, insertionCount: Int, sampledCount: Int) {
    let next = try countIfPresent("next_step") ?? window.upperBound
    guard next >= window.upperBound, next - window.lowerBound <= PriorityTree.largestSpan else {
      throw .invalidContents("next_step is \(next) and the steps stored are \(window)")
    }
    let (added, sampled) = (try count("num_timesteps_added"), try count("sampled_timesteps"))
    guard added >= stored else { throw .invalidContents("num_timesteps_added is \(added) with \(stored) stored") }
    for (key, value) in [("num_timesteps", stored), ("first_step", window.lowerBound)] {
      if let found = try countIfPresent(StateKey(key)), found != value {
        throw .invalidContents("\(key) is \(found), expected \(value)")
      }
    }
    return (next, added, sampled)
  }

  /// The episodes.
  func episodes() throws(ReplayBufferError) -> EpisodeTable {
    let table: StateReader
    do { table = try reader.reader("episodes") } catch { throw .state(error) }
    return try EpisodeTable(state: table)
  }
}

extension BufferContents {
  /// All rows in batches, which follow each other without gaps and were checked against the schema.
  func forEachCheckedBatch(_ body: (RowBatch) throws -> Void) throws {
    var next = 0
    try forEachStoredBatch { batch in
      guard batch.firstRow == next, batch.count <= rowCount - next else {
        throw ReplayBufferError.invalidContents("rows \(batch.rows) came where row \(next) of \(rowCount) was due")
      }
      try schema.check(batch.columns, count: batch.count)
      try body(batch)
      next += batch.count
    }
    guard next == rowCount else {
      throw ReplayBufferError.invalidContents("only \(next) of \(rowCount) rows came")
    }
  }
}
