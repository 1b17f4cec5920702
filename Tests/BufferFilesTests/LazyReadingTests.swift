import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

@Suite struct LazyReadingTests {
  /// What `rlbuf show` needs: header, summary, and nothing that grows with the rows.
  private func bytesToOpen(_ path: FilePath) throws -> Int64 {
    let counting = FaultInjectingFileSystem()
    let file = try BufferFile.open(path, on: counting)
    #expect(file.summary.columns.count > 1)
    return counting.bytesRead
  }

  /// The rows of each group are equal, so their statistics are computed once; everything else is written as always: 11 GB
  /// of rows in 5,406 row groups.
  @Test("a file of 200,000 stacked Atari transitions opens by reading less than 64 KiB")
  func atari() throws {
    let schema = try BufferSchema([
      ColumnSchema("obs", .uint8, shape: [4, 84, 84]), ColumnSchema("actions", .int64),
      ColumnSchema("rewards", .float32), ColumnSchema("new_obs", .uint8, shape: [4, 84, 84]),
      ColumnSchema("terminateds", .bool), ColumnSchema("truncateds", .bool),
    ])
    try withTemporaryDirectory { directory in
      let path = directory.appending("atari.msgpack.zst")
      let header = FileHeader(content: .replayBuffer(kind: "T", layout: .transitions, schema: schema))
      var writer = try BufferFileWriter.create(at: path, header: header)
      let each = FormatLimits.rowGroupBytes / schema.rowBytes
      let batch = try AtariRows.batch(each)
      let statistics = batch.columns.map { ColumnStatistics(of: $0) }
      var row = 0
      while row < 200_000 {
        let count = min(each, 200_000 - row)
        let part = count == each ? batch : batch.part(0..<count)
        let exact = count == each ? statistics : part.columns.map { ColumnStatistics(of: $0) }
        try writer.append(part.moved(to: row, firstStep: Int64(row)), statistics: exact)
        row += count
      }
      try writer.finish(state: [:])
      #expect(try bytesToOpen(path) < 64 << 10)
      #expect(
        try BufferFile.open(path).contents().rows(199_999..<200_000).columns[0].bytes
          == batch.part(14..<15).columns[0].bytes)
    }
  }

  @Test("a column of a range of steps costs the row groups that hold it, not the others")
  func column() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      try write(groups: 50, of: 2_000, to: path)
      let counting = FaultInjectingFileSystem()
      let file = try BufferFile.open(path, on: counting)
      let entries = try file.entries()
      counting.reset()
      let rewards = try file.column("rewards", as: Float.self, rows: 41_000..<45_000)
      #expect(rewards.count == 4_000)
      let groups = entries[21...23].reduce(0) { $0 + $1.compressedBytes }
      #expect(counting.bytesRead == Int64(groups))
    }
  }

  @Test("a subtree of the state costs its own frames")
  func subtree() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      var random = PCG64(seed: 3)
      let noise = Tensor(vector: (0..<300_000).map { _ in random.next() })
      let writer = try BufferFileWriter.create(at: path, header: FileHeader(content: .state))
      try writer.finish(state: [
        "a": .tensor(noise), "b": ["c": .tensor(noise), "d": .tensor(Tensor(vector: [1, 2] as [Int64]))], "e": 5,
      ])
      let counting = FaultInjectingFileSystem()
      let file = try BufferFile.open(path, on: counting)
      let entries = try file.entries()
      counting.reset()
      #expect(try file.state(at: ["b", "d"]) == .tensor(Tensor(vector: [1, 2] as [Int64])))
      let needed = entries.filter { entry in
        entry.kind == .state && ([[], ["b"]] as [StatePath]).contains { $0 == entry.path }
      }
      #expect(counting.bytesRead == Int64(needed.reduce(0) { $0 + $1.compressedBytes }))
      #expect(counting.bytesRead < 4_096)
      #expect(try file.state(at: ["b", "c"]) == .tensor(noise))
      #expect(try file.state(at: ["nowhere"]) == nil)
    }
  }

  @Test("files are closed when the last copy of their value is gone")
  func closing() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      try write(groups: 1, of: 10, to: path)
      let counting = FaultInjectingFileSystem()
      do {
        let contents = try BufferFile.open(path, on: counting).contents()
        #expect(counting.openFiles.count == 1)
        #expect(contents.rowCount == 10)
      }
      #expect(counting.openFiles.isEmpty)
    }
  }

  private func write(groups: Int, of count: Int, to path: FilePath) throws {
    let header = FileHeader(content: .replayBuffer(kind: "T", layout: .transitions, schema: try CartPole.schema()))
    var writer = try BufferFileWriter.create(at: path, header: header)
    let batch = CartPole.transitions(count)
    for group in 0..<groups { try writer.append(batch.moved(to: group * count, firstStep: Int64(group * count))) }
    try writer.finish(state: [:])
  }
}

/// Rows like those of an Atari game: four stacked frames of a still picture in which a block moves.
enum AtariRows {
  static func batch(_ count: Int) throws -> RowBatch {
    let background = (0..<84 * 84).map { UInt8(truncatingIfNeeded: $0 / 84 * 3) }
    let screens = (0..<count + 5).map { time in
      var screen = background
      for row in 0..<8 {
        for column in 0..<8 { screen[(20 + row) * 84 + (time * 2 + column) % 84] = 255 }
      }
      return screen
    }
    let stack: (Int) -> [UInt8] = { first in screens[first..<first + 4].flatMap(\.self) }
    let shape = [count, 4, 84, 84]
    return RowBatch(
      firstRow: 0, steps: (0..<Int64(count)).map(\.self),
      columns: [
        try Tensor((0..<count).flatMap(stack), shape: shape), Tensor(vector: (0..<Int64(count)).map { $0 % 4 }),
        Tensor(vector: [Float](repeating: 0, count: count)),
        try Tensor((0..<count).flatMap { stack($0 + 1) }, shape: shape),
        Tensor(vector: [Bool](repeating: false, count: count)), Tensor(vector: [Bool](repeating: false, count: count)),
      ])
  }
}
