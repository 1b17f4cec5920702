import FileSystemsTestSupport
import MessagePack
import ReplayBuffers
import StateTree
import Synchronization
import Testing

@testable import BufferFiles

/// Row groups that are not parsed, because all but their data is known, and those that are.
@Suite struct PredictedRowsTests {
  private static func record(_ count: Int, _ filter: ByteFilter?) throws -> (record: [UInt8], entry: FrameEntry) {
    let batch = CartPole.transitions(count, firstStep: 40)
    let record = try RowRecord.encode(batch, schema: CartPole.schema(), layout: .transitions, filter: filter)
    let entry = FrameEntry(
      kind: .rows, offset: 0, compressedBytes: 1, recordBytes: record.count, sha256: [], rows: 0..<count,
      steps: 40..<40 + count, path: nil, columns: [])
    return (record, entry)
  }

  private static func predicted(_ filter: ByteFilter? = nil) throws -> PredictedRows {
    PredictedRows(schema: try CartPole.schema(), layout: .transitions, filter: filter)
  }

  @Test(arguments: [nil, ByteFilter.shuffle], [1, 300, 70_000])
  func `what is predicted is what is parsed`(filter: ByteFilter?, count: Int) throws {
    let (record, entry) = try Self.record(count, filter)
    let rows = try #require(try Self.predicted(filter).rows(of: record, entry))
    let batch = try RowRecord.decode(StateValue(decoding: record), schema: CartPole.schema(), layout: .transitions)
    #expect(rows.rows == batch.rows && rows.firstStep == 40 && batch.steps.first == 40)
    #expect(rows.columns.map(Array.init) == batch.columns.map(\.bytes))
  }

  @Test func `a byte of the text that differs, one too few or too many, and nothing is predicted`() throws {
    let (record, entry) = try Self.record(3, nil)
    let predicted = try Self.predicted()
    let rows = try #require(predicted.rows(of: record, entry))
    let data = Set(rows.columns.flatMap { Array($0.startIndex..<$0.endIndex) })
    #expect(data.count == 3 * 46)
    for place in record.indices {
      var changed = record
      changed[place] ^= 1
      #expect((predicted.rows(of: changed, entry) == nil) == !data.contains(place), "\(place)")
    }
    for count in 0..<record.count { #expect(predicted.rows(of: Array(record[..<count]), entry) == nil, "\(count)") }
    #expect(predicted.rows(of: record + [0], entry) == nil)
  }

  @Test func `what the index says beyond the limits is not predicted`() throws {
    let (record, entry) = try Self.record(3, nil)
    let predicted = try Self.predicted()
    for (rows, steps) in [
      (0..<0, 40..<40), (0..<2, 40..<42), (0..<3, 41..<44), (1..<4, 40..<43), (0..<3, 40..<44),
      (0..<1 << 40, 40..<40 + 1 << 40), (0..<3, 1 << 60..<1 << 60 + 3), (.min..<3, 40..<43), (0..<3, .min..<43),
    ] {
      var other = entry
      (other.rows, other.steps) = (rows, steps)
      #expect(predicted.rows(of: record, other) == nil, "\(rows) \(steps)")
    }
    let episodes = PredictedRows(schema: try CartPole.schema(), layout: .episodes, filter: nil)
    #expect(episodes.rows(of: record, entry) == nil)
  }

  @Test(arguments: [(3, 1 << 60 - 3), (FormatLimits.rowsPerRecord + 1, 0)] as [(Int, Int)])
  func `nor a record that agrees with it, as the parser refuses it`(count: Int, first: Int) throws {
    let schema = try BufferSchema([ColumnSchema("rewards", .uint8)])
    func predicted(_ count: Int, from first: Int) throws -> (rows: RowBytes?, record: [UInt8]) {
      let batch = RowBatch(
        firstRow: 0, steps: (0..<count).map { Int64(first + $0) },
        columns: [Tensor(vector: [UInt8](repeating: 1, count: count))])
      let record = try RowRecord.encode(batch, schema: schema, layout: .transitions)
      let entry = FrameEntry(
        kind: .rows, offset: 0, compressedBytes: 1, recordBytes: record.count, sha256: [], rows: 0..<count,
        steps: first..<first + count, path: nil, columns: [])
      return (PredictedRows(schema: schema, layout: .transitions, filter: nil).rows(of: record, entry), record)
    }
    // One less is within the limits.
    #expect(try predicted(count - 1, from: first).rows != nil)
    let beyond = try predicted(count, from: first + (first > 0 ? 1 : 0))
    #expect(beyond.rows == nil)
    #expect(throws: RecordError.self) {
      try RowRecord.decode(StateValue(decoding: beyond.record), schema: schema, layout: .transitions)
    }
  }

  @Test func `what rlbuf wrote is used where it lies`() throws {
    let bytes = try written { try BufferFileWriter.write(MemoryContents.cartPole(100), to: $0) }
    try open(bytes).contents().forEachStoredBytes { batch in
      let starts = batch.columns.map(\.startIndex)
      #expect(starts.allSatisfy { $0 > 0 } && Set(starts).count == batch.columns.count)
    }
  }

  @Test func `a record with a key of its own, or in another order, is parsed and loads the same`() throws {
    var forge = try Forge()
    let expected = try Self.loaded(forge.bytes())
    #expect(expected.count == 6)
    forge.changeRecord = { number, record in
      guard number > 0, case .map(let map) = record, map["columns"] != nil else { return }
      record = number == 1
        ? .map(map.merging(["later": "version"])) : .map(StateMap(map.reversed().map { ($0.key, $0.value) }))
    }
    #expect(try Self.loaded(forge.bytes()) == expected)
  }

  /// The bytes of every row of a file, as they are handed over, by its position.
  private static func loaded(_ bytes: [UInt8]) throws -> [Int: [UInt8]] {
    let contents = try open(bytes).contents()
    let found = Mutex<[Int: [UInt8]]>([:])
    try contents.forEachStoredBytes { batch in
      #expect(batch.firstStep == Int64(batch.rows.lowerBound))
      for row in batch.rows {
        let bytes = batch.columns.flatMap { column in
          let size = column.count / batch.rows.count
          return column[(column.startIndex + (row - batch.rows.lowerBound) * size)...].prefix(size)
        }
        found.withLock { $0[row] = bytes }
      }
    }
    return found.withLock { $0 }
  }
}
