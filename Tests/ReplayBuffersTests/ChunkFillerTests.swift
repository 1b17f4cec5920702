import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct ChunkFillerTests {
  private static let columns = [ColumnSchema("a", .int64), ColumnSchema("b", .float32, shape: [3])]

  private func rows(_ range: Range<Int>) throws -> [Tensor] {
    [
      Tensor(vector: range.map(Int64.init)),
      try Tensor(range.flatMap { [Float($0), Float($0) + 0.25, Float($0) + 0.5] }, shape: [range.count, 3]),
    ]
  }

  private func bytes(_ range: Range<Int>) throws -> [ArraySlice<UInt8>] { try rows(range).map { $0.bytes[...] } }

  /// Batches of different lengths, none of which keeps to the chunks.
  private func batches(_ count: Int, _ random: inout PCG64) -> [Range<Int>] {
    var batches: [Range<Int>] = []
    var first = 0
    while first < count {
      let end = min(count, first + 1 + Int(random.integers(in: 0..<60_000)))
      batches.append(first..<end)
      first = end
    }
    return batches
  }

  @Test(
    "batches written in any order from several threads make the log that appending them makes",
    arguments: [0, 1, 1_000, 52_428, 52_429, 120_000, 1_100_000])
  func anyOrder(count: Int) async throws {
    var random = PCG64(seed: UInt64(count))
    let filler = ChunkFiller(Self.columns, rowCount: count)
    var batches = batches(count, &random)
    for index in batches.indices.reversed() where index > 0 {
      batches.swapAt(index, Int(random.integers(in: 0..<Int64(index + 1))))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for batch in batches { group.addTask { try filler.write(bytes(batch), at: batch) } }
      try await group.waitForAll()
    }
    let log = try filler.finish(startingAt: 7)
    var expected = ChunkLog(Self.columns, startingAt: 7)
    expected.append(try rows(0..<count))
    #expect(log.rows == expected.rows && log.chunkCount == expected.chunkCount)
    #expect(log.rows(log.rows) == expected.rows(expected.rows))
  }

  @Test("a log that was filled goes on as one that was appended to, and lets go of chunks")
  func goesOn() throws {
    let filler = ChunkFiller(Self.columns, rowCount: 1_100_000)
    try filler.write(bytes(0..<1_100_000), at: 0..<1_100_000)
    var log = try filler.finish(startingAt: 0)
    let snapshot = log
    log.append(try rows(1_100_000..<1_250_000))
    log.drop(below: 1_000_000)
    #expect(log.rows == 1_000_000..<1_250_000)
    #expect(log.rows(1_090_000..<1_110_000) == (try rows(1_090_000..<1_110_000)))
    #expect(snapshot.rows(0..<10) == (try rows(0..<10)))
    #expect(log.chunkCount < snapshot.chunkCount)
  }

  @Test("rows that come twice, lie outside or are missing are refused")
  func wrong() throws {
    let filler = ChunkFiller(Self.columns, rowCount: 100)
    try filler.write(bytes(20..<40), at: 20..<40)
    for (range, what) in [
      (30..<50, "some of the rows 30..<50 came twice"), (0..<21, "some of the rows 0..<21 came twice"),
      (20..<40, "some of the rows 20..<40 came twice"), (90..<101, "rows 90..<101 came, and there are 100"),
      (-1..<3, "rows -1..<3 came, and there are 100"),
    ] {
      #expect(throws: ReplayBufferError.invalidContents(what)) { try filler.write(bytes(range), at: range) }
    }
    try filler.write(bytes(0..<20), at: 0..<20)
    #expect(throws: ReplayBufferError.invalidContents("only 40 of 100 rows came")) { try filler.finish(startingAt: 0) }
    try filler.write(bytes(40..<100), at: 40..<100)
    #expect(try filler.finish(startingAt: 0).rows(0..<100) == rows(0..<100))
  }

  @Test("memory is not allocated for rows that are only announced")
  func announced() throws {
    let filler = ChunkFiller(Self.columns, rowCount: 1 << 59)
    try filler.write(bytes(0..<10), at: 0..<10)
    #expect(throws: ReplayBufferError.invalidContents("only 10 of \(1 << 59) rows came")) {
      try filler.finish(startingAt: 0)
    }
  }
}
