import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

/// What is decompressed is what is asked for: every frame that is read is one read call, so the calls are counted.
@Suite struct RandomAccessTests {
  /// A buffer of episodes in one row group each, and its file.
  private func write(_ path: FilePath, episodes: Int, steps: Int) throws -> EpisodeReplayBuffer {
    let schema = try BufferSchema([
      ColumnSchema("obs", .float32, shape: [2_000]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
    ])
    var buffer = try EpisodeReplayBuffer(capacity: episodes * steps, schema: schema, seed: 3)
    for episode in 0..<episodes {
      let values = (0...steps).map { Float(episode * 1_000 + $0) }
      try buffer.add(
        EpisodeFragment(
          id: "e\(episode)",
          observations: try Tensor(values.flatMap { [Float](repeating: $0, count: 2_000) }, shape: [steps + 1, 2_000]),
          actions: Tensor(vector: [Int64](repeating: 0, count: steps)),
          rewards: Tensor(vector: Array(values.dropLast())), isTerminated: true))
    }
    try BufferFileWriter.write(buffer.snapshot(), to: path)
    return buffer
  }

  @Test("one episode costs the row groups that hold it and its table, not the others")
  func episode() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      _ = try write(path, episodes: 12, steps: 300)
      let counting = FaultInjectingFileSystem()
      let file = try BufferFile.open(path, on: counting)
      let entries = try file.entries()
      #expect(entries.count { $0.kind == .rows } > 5)
      counting.reset()
      let episode = try file.episode(7)
      #expect(episode.count == 301 && episode.steps.last == -1)
      #expect(try episode.columns[2].rows(0..<300).scalars(as: Float.self) == (0..<300).map { Float(7_000 + $0) })
      let needed = entries.filter { $0.kind == .rows && $0.rows.overlaps(episode.rows) }.count
      let table = entries.count { $0.kind == .state }
      #expect(counting.operations.count { $0 == .read } == needed + table)
      #expect(needed <= 3)
    }
  }

  @Test("a range of steps of one column costs its row groups, and a file without a table of episodes has none")
  func steps() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      let contents = try MemoryContents.cartPole(200_000)
      try BufferFileWriter.write(contents, to: path)
      let counting = FaultInjectingFileSystem()
      let file = try BufferFile.open(path, on: counting)
      let entries = try file.entries()
      counting.reset()
      #expect(try file.tensor("new_obs", steps: 99_999..<100_001) == contents.batch.columns[3].rows(99_999..<100_001))
      #expect(counting.operations.count { $0 == .read } == 1)
      counting.reset()
      #expect(try file.tensor("rewards").rowCount == 200_000)
      #expect(counting.operations.count { $0 == .read } == entries.count { $0.kind == .rows })
      #expect(throws: BufferFileError.noEpisodes(path)) { try file.episode(0) }
      #expect(throws: BufferFileError.outOfRange(path, asked: 5..<200_001, stored: 0..<200_000)) {
        try file.tensor("obs", steps: 5..<200_001)
      }
    }
  }

  @Test("an episode that is not there is an error that says how many there are")
  func missing() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      _ = try write(path, episodes: 2, steps: 3)
      let file = try BufferFile.open(path)
      #expect(throws: BufferFileError.outOfRange(path, asked: 2..<3, stored: 0..<2)) { try file.episode(2) }
      #expect(throws: BufferFileError.outOfRange(path, asked: -1..<0, stored: 0..<2)) { try file.episode(-1) }
    }
  }

  @Test("a column that is announced larger than memory is an error, not the end of the process")
  func tooLarge() {
    #expect(throws: BufferFileError.tooLargeForMemory("x", bytes: .max)) {
      try Allocation.array(ofBytes: 1 << 40, times: 1 << 40, for: "x")
    }
    #expect(throws: BufferFileError.tooLargeForMemory("x", bytes: 1 << 60)) {
      try Allocation.array(ofBytes: 1 << 30, times: 1 << 30, for: "x")
    }
  }
}
