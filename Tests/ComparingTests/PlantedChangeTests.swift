@testable import BufferFiles
import ReplayBuffers
import StateTree
import Testing

@Suite("One planted change is reported, where it is and alone")
struct PlantedChangeTests {
  private func only(_ old: EditedContents, _ new: EditedContents) throws -> BufferDiff.ColumnChange {
    let diff = try BufferDiff(from: old, to: new)
    #expect(diff.ring.isSame && diff.schema.isEmpty && diff.state.isEmpty && diff.priorities == nil)
    #expect(diff.episodes.isEmpty && !diff.isSame)
    NaiveRing.expectMirror(diff, try BufferDiff(from: new, to: old), 0)
    #expect(diff.columns.count == 1)
    return try #require(diff.columns.first)
  }

  @Test(arguments: [0, 13, 29]) func `a float`(row: Int) throws {
    let old = try FlatWorld.contents()
    let was = try old.element(Float.self, in: "new_obs", row: row, element: 2)
    let change = try only(old, old.planting(was + 0.5, in: "new_obs", row: row, element: 2))
    #expect(change.column.name == "new_obs" && change.differingRows == 1 && change.comparedRows == 30)
    #expect(change.worst == .init(step: row + 10, episode: nil, time: nil, element: 2))
    #expect(change.old == "\(was)" && change.new == "\(was + 0.5)")
    #expect(change.largest == Double(was + 0.5) - Double(was))
  }

  @Test func `a flag`() throws {
    let old = try FlatWorld.contents()
    let change = try only(old, old.planting(flag: true, in: "terminateds", row: 4))
    #expect(change.column.name == "terminateds" && change.worst.step == 14 && change.largest == 1)
    #expect(change.old == "false" && change.new == "true")
  }

  @Test func `a NaN of another payload, by its bits`() throws {
    let quiet = try FlatWorld.contents().planting(Float(bitPattern: 0x7fc0_0000), in: "rewards", row: 3)
    let other = try quiet.planting(Float(bitPattern: 0x7fc0_0001), in: "rewards", row: 3)
    let change = try only(quiet, other)
    #expect(change.largest == 0 && change.old == "nan" && change.new == "nan(0x1)")
    #expect(try BufferDiff(from: quiet, to: other, tolerance: .init(absolute: 1e-9)).isSame)
    #expect(try BufferDiff(from: quiet, to: quiet).isSame)
    let strict = try BufferDiff(from: quiet, to: quiet, tolerance: .init(nan: .different))
    #expect(strict.columns.map(\.differingRows) == [1] && strict.columns.map(\.largest) == [.infinity])
  }

  @Test func `a zero of the other sign`() throws {
    let plus = try FlatWorld.contents().planting(Float(0), in: "rewards", row: 3)
    let minus = try plus.planting(-Float(0), in: "rewards", row: 3)
    let change = try only(plus, minus)
    #expect(change.largest == 0 && change.old == "0.0" && change.new == "-0.0")
    #expect(try BufferDiff(from: plus, to: minus, tolerance: .init(absolute: 1e-300)).isSame)
  }

  @Test func `integers beyond 2^53, by one`() throws {
    let old = try FlatWorld.contents().planting(Int64.max - 1, in: "actions", row: 20)
    let change = try only(old, old.planting(Int64.max, in: "actions", row: 20))
    #expect(change.largest == 1 && change.old == "9223372036854775806" && change.new == "9223372036854775807")
    #expect(try BufferDiff(from: old, to: old.planting(Int64.max, in: "actions", row: 20), tolerance: .init(absolute: 1)).isSame)
    let far = try only(old.planting(Int64.min, in: "actions", row: 20), old.planting(Int64.max, in: "actions", row: 20))
    #expect(far.largest == 0x1p64)
    let unsigned = try only(old.planting(UInt64.max - 2, in: "seen", row: 0), old.planting(UInt64.max, in: "seen", row: 0))
    #expect(unsigned.largest == 2 && unsigned.new == "18446744073709551615")
  }

  @Test func `a pixel and a complex number`() throws {
    let old = try FlatWorld.contents()
    let was = try old.element(UInt8.self, in: "pixels", row: 7, element: 5)
    let pixel = try only(old, old.planting(was ^ 1, in: "pixels", row: 7, element: 5))
    #expect(pixel.worst == .init(step: 17, episode: nil, time: nil, element: 5) && pixel.largest == 1)
    var other = old
    let column = try #require(old.schema.index(of: "phase"))
    let parts = Tensor(vector: [Float](repeating: 0, count: 58) + [1, -2])
    other.columns[column] = try Tensor(.complex64, shape: [30], bytes: parts.bytes)
    var zero = old
    zero.columns[column] = try Tensor(zeros: .complex64, shape: [30])
    let change = try only(zero, other)
    #expect(change.worst.step == 39 && change.largest == 2 && change.old == "0.0+0.0j" && change.new == "1.0-2.0j")
  }

  @Test func `an action of an episode, with its time`() throws {
    let old = try episodes()
    let table = try EpisodeTable(state: StateReader(try #require(old.stored["episodes"])))
    let episode = table.episodes[2]
    let row = episode.firstRow + episode.length - 1
    let was = try old.element(Int64.self, in: "actions", row: row)
    let change = try only(old, old.planting(was + 3, in: "actions", row: row))
    #expect(change.column.name == "actions" && change.largest == 3)
    #expect(change.worst.step == Int(old.steps[row]) && change.worst.episode == episode.id)
    #expect(change.worst.time == episode.startTime + episode.length - 1)
  }

  @Test func `a final observation, which has no step`() throws {
    let old = try episodes()
    let row = try #require(old.steps.lastIndex(of: -1))
    let change = try only(old, old.planting(Float(7), in: "obs", row: row, element: 1))
    #expect(change.worst.step == nil && change.worst.element == 1 && change.new == "7.0")
    // What else lies in such a row is nobody's.
    #expect(try BufferDiff(from: old, to: old.planting(Float(7), in: "rewards", row: row)).isSame)
  }

  @Test func `a priority, capacity, the generator, an ending`() throws {
    let old = try episodes(prioritized: true)
    var priorities: [Double] = try #require(old.stored["priorities"]?.tensor).scalars()
    priorities[5] += 0.25
    let diff = try BufferDiff(from: old, to: old.setting("priorities", to: .tensor(Tensor(vector: priorities))))
    #expect(diff.priorities?.differingCount == 1 && diff.priorities?.largest == 0.25)
    #expect(diff.worstPriority?.step == Int(old.steps.filter { $0 >= 0 }[5]))
    #expect(diff.columns.isEmpty && diff.state.isEmpty && diff.ring.isSame && !diff.isSame)
    let capacity = try BufferDiff(from: old, to: old.setting("capacity", to: 100))
    #expect(capacity.state == [.init(path: "capacity", kind: .changed(old: "80", new: "100", distance: 20))])
    let generator = try BufferDiff(from: old, to: old.setting("generator", to: PCG64(seed: 99).state))
    #expect(!generator.state.isEmpty && generator.state.allSatisfy { $0.path.hasPrefix("generator/") })
    var flags = try #require(old.stored["episodes"]?["terminated"]?.tensor).flags()
    flags[1].toggle()
    let ending = try BufferDiff(from: old, to: old.setting("episodes", "terminated", to: .tensor(Tensor(vector: flags))))
    #expect(ending.episodes.count == 1 && ending.state.isEmpty && ending.columns.isEmpty && !ending.isSame)
  }

  @Test func `priorities that are not one number a step are compared as they stand`() throws {
    let old = try episodes(prioritized: true)
    let gone = try BufferDiff(from: old, to: old.setting("priorities", to: nil))
    #expect(gone.state.map(\.path) == ["priorities"])
    let short = old.setting("priorities", to: .tensor(Tensor(vector: [Double]())))
    #expect(try BufferDiff(from: old, to: short).state.map(\.path) == ["priorities"])
    let single = old.setting("priorities", to: .tensor(Tensor(vector: [Float](repeating: 1, count: 3))))
    let other = old.setting("priorities", to: .tensor(Tensor(vector: [Float](repeating: 2, count: 3))))
    #expect(try !BufferDiff(from: single, to: other).isSame)
    #expect(try BufferDiff(from: single, to: single).isSame)
  }

  @Test func `a table of episodes that is not that of the rows is refused, not trusted`() throws {
    let old = try episodes()
    let lengths = try #require(old.stored["episodes"]?["length"]?.tensor?.integers())
    let longer = old.setting("episodes", "length", to: .tensor(Tensor(vector: lengths.map { $0 + 1 })))
    #expect(throws: ReplayBufferError.self) { try BufferDiff(from: old, to: longer) }
    let far = old.setting("episodes", "t_started", to: .tensor(Tensor(vector: lengths.map { _ in Int64.max })))
    #expect(throws: ReplayBufferError.self) { try BufferDiff(from: far, to: old) }
  }

  private func episodes(prioritized: Bool = false) throws -> EditedContents {
    var world = EpisodeWorld(seed: 8)
    guard prioritized else {
      var buffer = try EpisodeReplayBuffer(capacity: 80, schema: try EpisodeWorld.schema(), seed: 1)
      try world.fill(&buffer, fragments: 40)
      return try EditedContents(buffer.snapshot())
    }
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 80, schema: try EpisodeWorld.schema(), seed: 1)
    try world.fill(&buffer, fragments: 40)
    return try EditedContents(buffer.snapshot())
  }
}
