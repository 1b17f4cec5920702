import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct RowBytesTests {
  private static let schema = try? BufferSchema([ColumnSchema("a", .int64), ColumnSchema("b", .uint8, shape: [2])])

  private func batch(_ steps: [Int64]) throws -> RowBatch {
    RowBatch(
      firstRow: 5, steps: steps,
      columns: [Tensor(vector: steps), try Tensor(steps.flatMap { [UInt8($0 & 255), 1] }, shape: [steps.count, 2])])
  }

  @Test(arguments: [([7, 8, 9], 7), ([3], 3), ([], nil), ([7, 9], nil), ([9, 8], nil), ([-1], -1)] as [([Int64], Int64?)])
  func `a batch is its bytes, and says whether its steps count on`(steps: [Int64], first: Int64?) throws {
    let batch = try batch(steps)
    let bytes = try RowBytes(batch, of: #require(Self.schema))
    #expect(bytes.rows == 5..<5 + steps.count && bytes.firstStep == first)
    #expect(bytes.columns.map(Array.init) == batch.columns.map(\.bytes))
  }

  @Test func `columns of another schema are refused`() throws {
    let other = try BufferSchema([ColumnSchema("a", .int64), ColumnSchema("b", .int8, shape: [2])])
    #expect(throws: ReplayBufferError.self) { try RowBytes(batch([1]), of: other) }
    let fewer = try BufferSchema([ColumnSchema("a", .int64)])
    #expect(throws: ReplayBufferError.wrongColumnCount(expected: 1, found: 2)) { try RowBytes(batch([1]), of: fewer) }
  }

  @Test func `rows at another position keep their steps`() throws {
    let moved = try RowBytes(batch([7, 8]), of: #require(Self.schema)).moved(to: 100)
    let expected = try batch([7, 8]).columns.map(\.bytes)
    #expect(moved.rows == 100..<102 && moved.firstStep == 7 && moved.columns.map(Array.init) == expected)
  }

  /// Contents that hand over whatever they are told to.
  private struct Handed: BufferContents {
    let kind = "T", layout = BufferLayout.transitions, rowCount = 2
    let schema: BufferSchema
    let batches: [RowBytes]

    func state() -> StateValue { .map([:]) }
    func rows(_ range: Range<Int>) throws -> RowBatch { throw ReplayBufferError.invalidContents("not asked for") }
    func forEachStoredBytes(_ body: @escaping @Sendable (RowBytes) throws -> Void) throws {
      for batch in batches { try body(batch) }
    }
  }

  private func loaded(_ batches: [RowBytes]) throws -> ChunkLog {
    try ChunkLog(consecutiveRowsOf: Handed(schema: #require(Self.schema), batches: batches))
  }

  @Test func `bytes that are no rows of the columns are refused, and batches without rows are passed over`() throws {
    let columns: [ArraySlice<UInt8>] = [[UInt8](1...16)[...], [1, 2, 3, 4]]
    func rows(_ columns: [ArraySlice<UInt8>], first: Int64? = 5) -> RowBytes {
      RowBytes(rows: 0..<2, firstStep: first, columns: columns)
    }
    let none = RowBytes(rows: 0..<0, firstStep: nil, columns: [[], []])
    let log = try loaded([none, rows(columns), none])
    #expect(log.rows == 5..<7 && log.rows(5..<7).map(\.bytes) == columns.map(Array.init))
    #expect(throws: ReplayBufferError.wrongColumnCount(expected: 2, found: 1)) { try loaded([rows([columns[0]])]) }
    let wrong: [[ArraySlice<UInt8>]] = [
      [columns[0].dropLast(), columns[1]], [columns[0] + [1], columns[1]], [columns[0], []],
    ]
    for wrong in wrong {
      let error = #expect(throws: ReplayBufferError.self) { try loaded([rows(wrong)]) }
      #expect(error?.description.contains("bytes") == true, "\(String(describing: error))")
    }
    for first in [nil, -1, 1 << 62] as [Int64?] {
      #expect(throws: ReplayBufferError.self) { try loaded([rows(columns, first: first)]) }
    }
  }
}
