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

  @Test func `a part keeps its steps and gets another position`() throws {
    let whole = try RowBytes(batch([7, 8, 9, 10]), of: #require(Self.schema))
    let part = whole.part(6..<8, movedTo: 100).part(101..<102, movedTo: 0)
    #expect(part.rows == 0..<1 && part.firstStep == 9)
    let expected = try batch([9]).columns.map(\.bytes)
    #expect(part.columns.map(Array.init) == expected)
    let scattered = try RowBytes(batch([7, 9]), of: #require(Self.schema))
    #expect(scattered.part(6..<7, movedTo: 6).firstStep == nil)
    #expect(whole.part(9..<9, movedTo: 9).columns.map(\.count) == [0, 0])
  }
}
