import BufferFiles
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("Buffers with dictionaries of observations in files")
struct DictionaryBufferTests {
  private static func fragment(_ id: String, _ times: Range<Int>, isTruncated: Bool = false) throws -> EpisodeFragment {
    let all = times.map { $0 } + [times.upperBound]
    return EpisodeFragment(
      id: id, startTime: times.lowerBound,
      observationParts: [
        "obs/camera": try Tensor(all.flatMap { [UInt8($0), 3] }, shape: [all.count, 2, 1]),
        "obs/speed": Tensor(vector: all.map { Double($0) / 3 }),
      ], actions: Tensor(vector: times.map { Int64($0) }), rewards: Tensor(vector: times.map { Float($0) }),
      extraColumns: [
        "agent_id": try Tensor(
          #require(DataType(name: "|S2")), shape: [times.count], bytes: times.flatMap { [97, UInt8($0)] })
      ], isTruncated: isTruncated)
  }

  @Test func `go on bit for bit`() throws {
    let schema = try BufferSchema([
      ColumnSchema("obs/speed", .float64), ColumnSchema("agent_id", #require(DataType(name: "|S2"))),
      ColumnSchema("actions", .int64), ColumnSchema("obs/camera", .uint8, shape: [2, 1]),
      ColumnSchema("rewards", .float32),
    ])
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 40, schema: schema, seed: 3)
    for index in 0..<6 {
      try buffer.add(Self.fragment("a\(index)", 0..<9, isTruncated: true))
      try buffer.add(Self.fragment("b", 3 * index..<3 * index + 3))
    }
    try withTemporaryDirectory { folder in
      let path = folder.appending("buffer.msgpack.zst")
      try BufferFileWriter.write(buffer.snapshot(), to: path)
      #expect(try BufferFile.verify(path).isSound)
      var restored = try PrioritizedEpisodeReplayBuffer(contentsOf: BufferFile.open(path))
      #expect(restored.state == buffer.state)
      for index in 6..<9 {
        let fragment = try Self.fragment("b", 3 * index..<3 * index + 3)
        try buffer.add(fragment)
        try restored.add(fragment)
        #expect(try buffer.sample(count: 9, nStep: .fixed(3)) == restored.sample(count: 9, nStep: .fixed(3)))
        #expect(
          try buffer.sampleSequences(count: 4, length: 5, lookback: 2, stacking: ["obs/camera": 3])
            == restored.sampleSequences(count: 4, length: 5, lookback: 2, stacking: ["obs/camera": 3]))
      }
      #expect(restored.state == buffer.state)
    }
  }
}
