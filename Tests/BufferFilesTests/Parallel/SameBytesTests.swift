import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

@Suite struct SameBytesTests {
  private func state() throws -> StateValue {
    var random = PCG64(seed: 5)
    let noise = Tensor(vector: (0..<700_000).map { _ in random.next() })
    return ["a": .tensor(noise), "b": ["c": .tensor(noise), "d": 1], "e": .bytes([UInt8](repeating: 3, count: 5 << 20))]
  }

  @Test(
    "a file has the same bytes whatever the number of threads, and reads alike", arguments: [nil, ByteFilter.shuffle])
  func threads(filter: ByteFilter?) throws {
    let contents = try MemoryContents.cartPole(300_000, state: state())
    try withTemporaryDirectory { directory in
      var files: [[UInt8]] = []
      for workers in [1, 2, 7] {
        let path = directory.appending("\(workers).msgpack.zst")
        let options = WritingOptions(filter: filter, workers: WorkerCount(workers))
        try BufferFileWriter.write(contents, to: path, options: options)
        files.append(try POSIXFileSystem().readAll(path, limit: 1 << 30))
        let file = try BufferFile.open(path, workers: WorkerCount(workers))
        #expect(try file.state() == state())
        #expect(try file.tensor("obs") == contents.batch.columns[0])
        var rows = 0
        try file.contents().forEachStoredBatch { batch in
          #expect(batch.firstRow == rows)
          rows += batch.count
        }
        #expect(rows == 300_000)
        #expect(try BufferFile.verify(path).damages == [])
      }
      #expect(files[0] == files[1] && files[1] == files[2])
    }
  }

  @Test("what a ring holds at one time after another goes into one file, larger than the ring")
  func streaming() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      let rows = CartPole.transitions(100_000)
      var ring = try ReplayBuffer(capacity: 30_000, schema: CartPole.schema(), seed: 1)
      let header = FileHeader(
        content: .replayBuffer(kind: ReplayBuffer.kind, layout: .transitions, schema: try CartPole.schema()))
      var writer = try BufferFileWriter.create(at: path, header: header)
      for first in stride(from: 0, to: rows.count, by: 25_000) {
        try ring.add(rows.columns.map { $0.rows(first..<first + 25_000) })
        let snapshot = ring.snapshot()
        try writer.append(rowsOf: snapshot, snapshot.rowCount - 25_000..<snapshot.rowCount)
        #expect(writer.rowCount == first + 25_000)
      }
      try writer.finish(state: [:])
      let file = try BufferFile.open(path)
      #expect(try file.contents().rows(0..<100_000) == rows)
      #expect(try BufferFile.verify(path).damages == [])
    }
  }

  @Test("damage in one row group is found by whichever thread reads it, and named as if there was one")
  func damage() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      var buffer = try ReplayBuffer(capacity: 500_000, schema: CartPole.schema(), seed: 1)
      try buffer.add(CartPole.transitions(500_000).columns)
      try BufferFileWriter.write(buffer.snapshot(), to: path)
      let entry = try BufferFile.open(path).entries()[7]
      var bytes = try POSIXFileSystem().readAll(path, limit: 1 << 30)
      bytes[entry.offset + 1_000] ^= 1
      try POSIXFileSystem().commit(bytes.span, to: path)
      var messages: [String] = []
      for workers in [1, 2, 5] {
        let file = try BufferFile.open(path, workers: WorkerCount(workers))
        do { _ = try ReplayBuffer(contentsOf: file) } catch {
          messages.append("\(error)")
        }
      }
      #expect(messages.count == 3 && Set(messages).count == 1)
      #expect(messages[0].hasPrefix("digest mismatch in frame 7 (rows 273540-319129) of \(path)"), "\(messages[0])")
    }
  }
}
