import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

/// What becomes of state that is lost, and of what only it knows.
@Suite struct `Recovered state` {
  /// A file with the frames of its state damaged.
  private static func withoutState(_ sample: LossySample) -> [UInt8] {
    var bytes = sample.bytes
    for entry in sample.entries where entry.kind == .state { bytes[entry.offset + entry.compressedBytes - 2] ^= 1 }
    return bytes
  }

  @Test func `without its state, a ring has all rows and neutral priorities, and what the summary repeats`() throws {
    let sample = try LossySample(.transitions)
    let found = try recovery(Self.withoutState(sample))
    let contents = try #require(found.contents)
    try sample.check(contents, hasPriorities: false, "a ring")
    #expect(contents.rowCount == 60 && found.report.lostRows == [])
    let state = try StateReader(contents.state())
    #expect(try state.count("capacity") == 60 && state.double("alpha") == 1 && state.count("next_step") == 65)
    #expect(try state.vector("priorities") as [Double] == [Double](repeating: 1, count: 60))
    #expect(state.map["generator"] == nil)
    let lost = found.report.lostState.map(\.description)
    #expect(lost.contains("priorities") && lost.contains { $0.hasPrefix("generator/") } && !lost.contains("capacity"))
    #expect(found.report.repairs.map(\.description) == [
      "priorities: lost for 60 of 60 steps; now 1.0", "max_priority: now 1, as for a buffer without priorities",
    ])
  }

  @Test func `without the table, episodes are made anew from final observations`() throws {
    let sample = try LossySample(.episodes)
    let table = try EpisodeTable(state: StateReader(try #require(open(sample.bytes).state()["episodes"])))
    let found = try recovery(Self.withoutState(sample))
    let contents = try #require(found.contents)
    try sample.check(contents, hasPriorities: false, "episodes")
    let made = try EpisodeTable(state: StateReader(try #require(contents.state()["episodes"])))
    #expect(made.episodes.map(\.length) == table.episodes.map(\.length))
    #expect(made.episodes.allSatisfy { $0.isTruncated && !$0.isTerminated && $0.lane == 0 && $0.startTime == 0 })
    #expect(made.episodes.map(\.id) == made.episodes.indices.map { "recovered-\($0)" })
    let lines = found.report.repairs.map(\.description)
    #expect(lines.prefix(2) == [
      "episodes: made anew from the rows: other ids, all in lane 0 and from time 0",
      "episodes: nothing says how \(made.episodes.count) of them ended: they count as truncated",
    ])
  }

  @Test func `columns tell how episodes ended, if there are any`() throws {
    var contents = try MemoryContents.episodes(lengths: [2, 3, 1, 4])
    let ends: Set = [1, 9]
    let columns = contents.schema.columns + [ColumnSchema("terminateds", .bool)]
    contents.schema = try BufferSchema(columns)
    let flags = Tensor(vector: (0..<contents.batch.count).map { ends.contains($0) })
    contents.batch = RowBatch(firstRow: 0, steps: contents.batch.steps, columns: contents.batch.columns + [flags])
    contents.kind = EpisodeReplayBuffer.kind
    let bytes = try LossySample.write(contents, 3)
    let file = try open(bytes)
    let end = try #require(try file.entries().first { $0.kind == .state }).offset
    let made = try #require(try recovery(Array(bytes[..<end])).contents?.remains.episodes)
    // Rows 0-2, 3-6, 7-8, 9-13; the last steps are in rows 1, 5, 7 and 12.
    #expect(made.map(\.isTerminated) == [true, false, false, false])
    #expect(made.map(\.isTruncated) == [false, true, true, true])
  }

  @Test func `a piece of an episode keeps its place in time, and the last one its name`() throws {
    let sample = try LossySample(.episodes, stepCount: 200, rowsPerGroup: 5)
    let table = try EpisodeTable(state: StateReader(try #require(open(sample.bytes).state()["episodes"]))).episodes
    let longest = try #require(table.max { $0.length < $1.length })
    let group = try #require(
      sample.groups.first { $0.rows.lowerBound > longest.firstRow + 1 && $0.rows.upperBound < longest.rows.upperBound })
    var bytes = sample.bytes
    bytes[group.offset + 20] ^= 1
    let found = try recovery(bytes)
    let pieces = try #require(found.contents?.remains.episodes).filter { $0.id == longest.id || $0.id == "\(longest.id)/1" }
    let (first, last) = (try #require(pieces.first), try #require(pieces.last))
    #expect((first.id, first.startTime, first.isTruncated, first.isTerminated) == ("\(longest.id)/1", 0, true, false))
    #expect(first.length == group.rows.lowerBound - longest.firstRow - 1)
    #expect((last.id, last.isTerminated, last.isTruncated) == (longest.id, longest.isTerminated, longest.isTruncated))
    #expect(last.startTime == group.rows.upperBound - longest.firstRow)
    #expect(found.report.tornStepCount == 1 && pieces.count == 2)
    try sample.check(try #require(found.contents), "a torn episode")
  }

  @Test func `priorities that were cut in parts are kept as far as they go`() throws {
    let count = 300_000
    var buffer = PrioritizedReplayBuffer(
      capacity: count, alpha: 1, schema: try BufferSchema([ColumnSchema("obs", .uint8)]), seed: 1)
    try buffer.add([Tensor(vector: [UInt8](repeating: 3, count: count))])
    try buffer.updatePriorities(Array(0..<count), (0..<count).map { Double($0 + 1) })
    let bytes = try written { try BufferFileWriter.write(buffer.snapshot(), to: $0) }
    let parts = try open(bytes).entries().filter { $0.path == ["priorities"] }
    #expect(parts.count == 2)
    for (number, part) in parts.enumerated() {
      var damaged = bytes
      damaged[part.offset + part.compressedBytes / 2] ^= 1
      let found = try recovery(damaged)
      let leaves: [Double] = try StateReader(try #require(found.contents).state()).vector("priorities")
      let lost = number == 0 ? 0..<262_144 : 262_144..<count
      let largest = number == 0 ? Double(count) : 262_144
      #expect(leaves.indices.allSatisfy { leaves[$0] == (lost.contains($0) ? largest : Double($0 + 1)) })
      #expect(found.report.repairs.map(\.description) == [
        "priorities: lost for \(lost.count) of \(count) steps; now \(largest)"
      ])
      let restored = try PrioritizedReplayBuffer(contents: try #require(found.contents), defaults: LossySample.defaults)
      #expect(restored.count == count)
    }
  }

  @Test func `a queue, a reservoir and a mix are buffers again after a loss`() throws {
    let schema = try BufferSchema([ColumnSchema("rewards", .float64)])
    func rows(_ steps: Range<Int>) -> [Tensor] { [Tensor(vector: steps.map { Double($0) })] }
    var queue = FIFOReplayBuffer(capacity: 100, schema: schema)
    var reservoir = ReservoirReplayBuffer(capacity: 50, schema: schema, seed: 2)
    var mix = MixInReplayBuffer(ReplayBuffer(capacity: 60, schema: schema, seed: 3), replayRatio: 0.5)
    try queue.add(rows(0..<70))
    _ = try queue.sample(count: 10)
    try reservoir.add(rows(0..<200))
    try mix.add(rows(0..<80))
    for snapshot in [queue.snapshot(), reservoir.snapshot(), mix.snapshot()] {
      let bytes = try LossySample.write(snapshot, 7)
      let file = try open(bytes)
      let groups = try file.entries().filter { $0.kind == .rows }
      let state = try #require(try file.entries().first { $0.kind == .state })
      var middle = bytes
      middle[groups[2].offset + 15] ^= 1
      var both = middle
      both[state.offset + 15] ^= 1
      for (damaged, rowCount) in [
        (middle, snapshot.rowCount - 7), (Array(bytes[..<state.offset]), snapshot.rowCount), (both, snapshot.rowCount - 7),
      ] {
        let contents = try #require(try recovery(damaged).contents)
        let defaults = BufferDefaults(capacity: 100, seed: 1)
        let count: Int
        switch snapshot.kind {
        case FIFOReplayBuffer.kind: count = try FIFOReplayBuffer(contents: contents, defaults: defaults).count
        case ReservoirReplayBuffer.kind: count = try ReservoirReplayBuffer(contents: contents, defaults: defaults).count
        default: count = try MixInReplayBuffer<ReplayBuffer>(contents: contents, defaults: defaults).count
        }
        #expect(count == rowCount, "\(snapshot.kind)")
      }
    }
  }

  @Test(arguments: BufferLayout.allCases)
  func `without its header, columns and kind are made up from the rows`(layout: BufferLayout) throws {
    let sample = try LossySample(layout)
    var bytes = sample.bytes
    for index in 0..<sample.entries[0].compressedBytes { bytes[index] = 0 }
    let found = try recovery(bytes)
    let contents = try #require(found.contents)
    try sample.check(contents, "\(layout)")
    #expect(found.report.isHeaderLost && !found.report.isComplete && found.report.lostRows == [])
    let original = try open(sample.bytes).contents()
    #expect(contents.kind == original.kind && contents.schema == original.schema && contents.layout == layout)
    #expect(contents.state() == (try original.state()))
  }

  @Test func `of a file of state, every subtree comes back but the one that is damaged`() throws {
    let large = Tensor(vector: (0..<400_000).map { Double($0) })
    let state: StateValue = ["count": 6, "large": .tensor(large), "other": .tensor(Tensor(vector: (0..<300_000).map { Int64($0) }))]
    let bytes = try written { path in
      try BufferFileWriter.create(at: path, header: FileHeader(content: .state)).finish(state: state)
    }
    let part = try #require(try open(bytes).entries().first { $0.path == ["large"] })
    try withTemporaryDirectory { directory in
      var damaged = bytes
      damaged[part.offset + 500] ^= 1
      let (new, report) = try recovered(damaged, in: directory)
      #expect(report.lostState == [["large"]] && !report.isComplete && report.episodeCount == nil)
      #expect(try verify(new).isSound)
      let value = try open(new).state()
      #expect(value["count"] == 6 && value["other"] == state["other"] && value["large"] == nil)
    }
  }
}
