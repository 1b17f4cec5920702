import StateTree
import Testing

@testable import ReplayBuffers

@Suite("The log of chunks")
struct StorageTests {
  static let narrow = [ColumnSchema("a", .int64), ColumnSchema("b", .uint8), ColumnSchema("c", .float32, shape: [0])]
  /// Few rows a chunk, with columns apart and in the record, of sizes that one load moves and of others.
  static let wide = [
    ColumnSchema("a", .int64), ColumnSchema("b", .uint8, shape: [3]), ColumnSchema("d", .uint8, shape: [60_000]),
    ColumnSchema("e", .int32, shape: [4]), ColumnSchema("f", .float32),
  ]

  /// Rows whose every byte follows from the row's tag.
  static func rows(_ tags: [Int], _ columns: [ColumnSchema]) throws -> [Tensor] {
    try columns.map { column in
      var bytes: [UInt8] = []
      for tag in tags {
        bytes += [UInt8](
          repeating: UInt8(truncatingIfNeeded: tag &* 7 &+ column.name.utf8.count), count: column.rowBytes)
      }
      return try Tensor(column.dataType, shape: [tags.count] + column.shape, bytes: bytes)
    }
  }

  @Test("a chunk is a power of two of rows and about a mebibyte", arguments: [1, 46, 100, 28_224, 1 << 20, 15 << 20])
  func chunkSizes(rowBytes: Int) {
    let log = ChunkLog([ColumnSchema("a", .uint8, shape: [rowBytes])])
    #expect(log.rowsPerChunk.nonzeroBitCount == 1)
    #expect(log.rowsPerChunk == 1 || log.rowsPerChunk * rowBytes <= ChunkLog.chunkBytes)
    #expect(2 * log.rowsPerChunk * rowBytes > ChunkLog.chunkBytes)
  }

  @Test("copies of a log go on alone and agree with arrays", arguments: [11, 12, 13] as [UInt64], [narrow, wide])
  func twin(seed: UInt64, columns: [ColumnSchema]) throws {
    var random = PCG64(seed: seed)
    func integer(_ bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }
    var logs = [(ChunkLog(columns, startingAt: 100), first: 100, tags: [Int]())]
    for operation in 0..<120 {
      let index = integer(logs.count)
      switch integer(6) {
      case 0 where logs.count < 5: logs.append(logs[index])
      case 1:
        let row = logs[index].first + integer(logs[index].tags.count + 1)
        logs[index].0.drop(below: row)
        logs[index].tags.removeFirst(row - logs[index].first)
        logs[index].first = row
      default:
        let tags = (0..<integer(9)).map { _ in integer(1000) }
        if let tag = tags.first, tags.count == 1 {
          let row = try Self.rows([tag], columns)
          logs[index].0.append(row: try zip(row, columns).map { try $0.reshaped($1.shape) })
        } else {
          logs[index].0.append(try Self.rows(tags, columns))
        }
        logs[index].tags += tags
      }
      for (log, first, tags) in logs {
        let place: Comment = "seed \(seed), operation \(operation)"
        try #require(log.rows == first..<first + tags.count, place)
        guard !tags.isEmpty else { continue }
        let picks = (0..<3).map { _ in integer(tags.count) }
        #expect(try log.gather(picks.map { $0 + first }) == Self.rows(picks.map { tags[$0] }, columns), place)
        let part = min(picks[0], picks[1])..<max(picks[0], picks[1])
        let range = first + part.lowerBound..<first + part.upperBound
        #expect(try log.rows(range) == Self.rows(Array(tags[part]), columns), place)
      }
    }
  }

  @Test("many rows at once cross chunks")
  func bulk() throws {
    var log = ChunkLog(Self.narrow)
    let count = log.rowsPerChunk * 2 + 5
    let tensors = [
      Tensor(vector: (0..<Int64(count)).map { $0 }), Tensor(vector: [UInt8](repeating: 3, count: count)),
      try Tensor(zeros: .float32, shape: [count, 0]),
    ]
    log.append(tensors)
    #expect(log.chunkCount == 3)
    #expect(log.rows(0..<count) == tensors)
    log.drop(below: log.rowsPerChunk * 2)
    #expect(log.chunkCount == 1)
    #expect(try log.gather([count - 1])[0].scalars(as: Int64.self) == [Int64(count - 1)])
  }

  @Test("copies may be appended to on many threads at once")
  func concurrentAppends() async throws {
    var start = ChunkLog(Self.wide)
    start.append(try Self.rows([1, 2], Self.wide))
    let base = start
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          var log = base
          var tags = [1, 2]
          for step in 0..<20 {
            log.append(try Self.rows([task * 20 + step], Self.wide))
            tags.append(task * 20 + step)
          }
          #expect(try log.rows(0..<tags.count) == Self.rows(tags, Self.wide))
        }
      }
      try await group.waitForAll()
    }
    #expect(try base.rows(0..<2) == Self.rows([1, 2], Self.wide))
  }

  @Test("a window of pages agrees with a dictionary and shares blank pages", arguments: [21, 22] as [UInt64])
  func pagedWindow(seed: UInt64) {
    var random = PCG64(seed: seed)
    func integer(_ bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }
    var window = PagedWindow(startingAt: 13, filler: -1, pageShift: 2)
    var naive: [Int: Int] = [:]
    for operation in 0..<2000 {
      let positions = window.positions
      switch integer(4) {
      case 0:
        naive[positions.upperBound] = operation
        window.append(operation)
      case 1: window.extend(to: positions.upperBound + integer(12))
      case 2: window.drop(below: positions.lowerBound + integer(min(12, positions.count + 1)))
      default:
        guard !positions.isEmpty else { continue }
        let position = positions.lowerBound + integer(positions.count)
        naive[position] = operation
        window[position] = operation
      }
      let agrees = window.positions.allSatisfy { window[$0] == naive[$0, default: -1] }
      #expect(agrees, "seed \(seed), operation \(operation)")
    }
  }
}
