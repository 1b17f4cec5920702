@testable import BufferFiles
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("Two moments of one buffer are told apart as plain dictionaries tell them")
struct RingTests {
  @Test(arguments: 0..<UInt64(20)) func `a flat ring that turned`(seed: UInt64) throws {
    var world = FlatWorld(seed: seed)
    var buffer = ReplayBuffer(capacity: 25, schema: try FlatWorld.schema(), seed: seed)
    try world.fill(&buffer, rows: Int(world.generator.integers(in: 1..<60)))
    let before = buffer.snapshot()
    try world.fill(&buffer, rows: Int(world.generator.integers(in: 1..<40)))
    try check(before, buffer.snapshot(), seed)
  }

  @Test(arguments: 0..<UInt64(40)) func `a reservoir whose slots were overwritten`(seed: UInt64) throws {
    var world = FlatWorld(seed: seed)
    var buffer = ReservoirReplayBuffer(capacity: 25, schema: try FlatWorld.schema(), seed: seed)
    try world.fill(&buffer, rows: Int(world.generator.integers(in: 1..<60)))
    let before = buffer.snapshot()
    let slots = buffer.slots
    try world.fill(&buffer, rows: Int(world.generator.integers(in: 1..<40)))
    try check(before, buffer.snapshot(), seed)
    let changes = try BufferDiff(from: before, to: buffer.snapshot()).state.filter { $0.path.description == "slots" }
    #expect(changes.isEmpty == (slots == buffer.slots), "seed \(seed)")
  }

  @Test(arguments: 0..<UInt64(20)) func `a queue out of which the oldest were taken`(seed: UInt64) throws {
    var world = FlatWorld(seed: seed)
    var buffer = FIFOReplayBuffer(capacity: 100, schema: try FlatWorld.schema())
    try world.fill(&buffer, rows: Int(world.generator.integers(in: 1..<60)))
    let before = buffer.snapshot()
    try world.fill(&buffer, rows: Int(world.generator.integers(in: 1..<40)))
    _ = try buffer.sample(count: Int(world.generator.integers(in: 0...Int64(buffer.count))))
    try check(before, buffer.snapshot(), seed)
  }

  @Test func `a mix of which more was returned differs in its counters alone`() throws {
    var world = FlatWorld(seed: 7)
    var buffer = MixInReplayBuffer(
      ReplayBuffer(capacity: 25, schema: try FlatWorld.schema(), seed: 7), replayRatio: 0)
    try world.fill(&buffer, rows: 20)
    let before = buffer.snapshot()
    _ = try buffer.sample(count: 5)
    let diff = try BufferDiff(from: before, to: buffer.snapshot())
    #expect(diff.ring.isSame && diff.columns.isEmpty && !diff.isSame)
    #expect(diff.state.map(\.path.description).sorted() == ["next_newest", "num_timesteps_returned"])
  }

  @Test(arguments: 0..<UInt64(20)) func `a flat ring with priorities`(seed: UInt64) throws {
    var world = FlatWorld(seed: seed)
    var buffer = PrioritizedReplayBuffer(capacity: 40, schema: try FlatWorld.schema(), seed: seed)
    try world.fill(&buffer, rows: 50)
    let before = buffer.snapshot()
    try world.fill(&buffer, rows: Int(world.generator.integers(in: 1..<30)))
    let steps = try buffer.sample(count: 6).steps
    try buffer.updatePriorities(steps, steps.map { Double($0) + 2 })
    try check(before, buffer.snapshot(), seed)
    let updated = Set(steps).filter((10..<50).contains)
    let diff = try BufferDiff(from: before, to: buffer.snapshot())
    #expect((diff.priorities?.differingCount ?? 0) == updated.count, "seed \(seed)")
    if let place = diff.worstPriority { #expect(updated.contains(place.step ?? -1), "seed \(seed)") }
  }

  @Test(arguments: 0..<UInt64(40)) func `episodes that grew, went and went on`(seed: UInt64) throws {
    var world = EpisodeWorld(seed: seed)
    var buffer = try EpisodeReplayBuffer(capacity: 60, schema: try EpisodeWorld.schema(), seed: seed)
    try world.fill(&buffer, fragments: Int(world.generator.integers(in: 1..<40)))
    let before = buffer.snapshot()
    try world.fill(&buffer, fragments: Int(world.generator.integers(in: 1..<25)))
    try check(before, buffer.snapshot(), seed)
  }

  @Test(arguments: 0..<UInt64(30)) func `episodes with priorities`(seed: UInt64) throws {
    var world = EpisodeWorld(seed: seed)
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 80, schema: try EpisodeWorld.schema(), seed: seed)
    try world.fill(&buffer, fragments: 30)
    let before = buffer.snapshot()
    try world.fill(&buffer, fragments: Int(world.generator.integers(in: 1..<12)))
    let steps = try buffer.sample(count: 6).steps
    try buffer.updatePriorities(steps, steps.map { Double($0) + 2 })
    try check(before, buffer.snapshot(), seed)
    let kept = Set(try EditedContents(before).steps).subtracting([-1])
    let updated = Set(steps.map(Int64.init)).intersection(kept)
    let diff = try BufferDiff(from: before, to: buffer.snapshot())
    #expect((diff.priorities?.differingCount ?? 0) == updated.count, "seed \(seed)")
    if let place = diff.worstPriority { #expect(updated.contains(Int64(place.step ?? -1)), "seed \(seed)") }
  }

  @Test func `an open episode that was evicted goes on under its id`() throws {
    var world = EpisodeWorld(seed: 3)
    var buffer = try EpisodeReplayBuffer(capacity: 20, schema: try EpisodeWorld.schema(), seed: 1)
    for _ in 0..<6 { _ = try buffer.add(try world.fragment(mayEnd: false)) }
    let before = buffer.snapshot()
    for _ in 0..<12 { _ = try buffer.add(try world.fragment(mayEnd: false)) }
    let starts = try #require(buffer.snapshot().state()["episodes"]?["t_started"]?.tensor?.integers())
    #expect(starts.contains { $0 > 0 })
    try check(before, buffer.snapshot(), 3)
  }

  @Test func `an observation held at the end of an episode is compared when the episode grew`() throws {
    var world = EpisodeWorld(seed: 11)
    var buffer = try EpisodeReplayBuffer(capacity: 500, schema: try EpisodeWorld.schema(), seed: 1)
    for _ in 0..<9 { _ = try buffer.add(try world.fragment(mayEnd: false)) }
    let before = try EditedContents(buffer.snapshot())
    for _ in 0..<9 { _ = try buffer.add(try world.fragment(mayEnd: false)) }
    let after = try EditedContents(buffer.snapshot())
    let last = try #require(before.steps.firstIndex(of: -1))
    let planted = try before.planting(Float(9), in: "obs", row: last, element: 1)
    let (diff, reversed) = (try BufferDiff(from: planted, to: after), try BufferDiff(from: after, to: planted))
    #expect(diff.columns.map(\.column.name) == ["obs"])
    #expect(diff.columns.map(\.differingRows) == [1] && diff.columns.map(\.old) == ["9.0"])
    NaiveRing.expectMirror(diff, reversed, 11)
  }

  @Test(arguments: ["a table", "a note"]) func `a flat ring's own value at "episodes" is state like any other`(
    what: String
  ) throws {
    var world = FlatWorld(seed: 5)
    var buffer = ReplayBuffer(capacity: 25, schema: try FlatWorld.schema(), seed: 5)
    try world.fill(&buffer, rows: 20)
    let table = try EpisodeTable([EpisodeRecord(id: "a", firstRow: 0, length: 1)]).state
    let before = try EditedContents(buffer.snapshot())
      .setting("episodes", to: what == "a table" ? table : "none yet")
      .setting("priorities", to: .tensor(Tensor(vector: [0.5])))
    let after = before.setting("priorities", to: .tensor(Tensor(vector: [0.25])))
    #expect(try BufferDiff(from: before, to: before).isSame)
    let diff = try BufferDiff(from: before, to: after)
    #expect(diff.priorities == nil && diff.state.map(\.path.description) == ["priorities"])
  }

  private func check(_ before: BufferSnapshot, _ after: BufferSnapshot, _ seed: UInt64) throws {
    let diff = try BufferDiff(from: before, to: after)
    try NaiveRing(before, after).expect(diff, reversed: try BufferDiff(from: after, to: before), seed)
    #expect(try BufferDiff(from: before, to: before).isSame, "seed \(seed)")
    try withTemporaryDirectory { directory in
      let paths = [directory.appending("a.zst"), directory.appending("b.zst")]
      try BufferFileWriter.write(before, to: paths[0])
      try BufferFileWriter.write(after, to: paths[1])
      let files = try paths.map { try BufferFile.open($0) }
      #expect(try BufferDiff(from: before, to: files[0].contents()).isSame, "seed \(seed)")
      let saved = try BufferDiff(from: files[0], to: files[1])
      #expect(saved.ring == diff.ring && saved.columns == diff.columns && saved.state == diff.state, "seed \(seed)")
    }
  }
}
