import FileSystemsTestSupport
import Inspection
import ReplayBuffers
import StateTree
import Testing

/// What is told of queues, reservoirs and mixes.
@Suite struct FlatKindsTests {
  private static func schema() throws -> BufferSchema {
    try BufferSchema([
      ColumnSchema("rewards", .float32), ColumnSchema("terminateds", .bool), ColumnSchema("truncateds", .bool),
    ])
  }

  /// Steps of episodes of 10, each with the reward 1.
  private static func rows(_ steps: Range<Int>) throws -> [Tensor] {
    [
      Tensor(vector: steps.map { _ in Float(1) }), Tensor(vector: steps.map { $0 % 10 == 9 }),
      Tensor(vector: steps.map { _ in false }),
    ]
  }

  /// The lines of the report on a file of a buffer, cut into words.
  private static func lines(_ buffer: some SavableBuffer) throws -> [String] {
    try withTemporaryDirectory { folder in
      let text = TextRendering(width: 200).text(of: try report(try file(buffer.snapshot(), in: folder)))
      return text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }
  }

  @Test func `what a queue gave away was sampled, not evicted`() throws {
    var buffer = FIFOReplayBuffer(capacity: 100, schema: try Self.schema())
    try buffer.add(Self.rows(0..<50))
    _ = try buffer.sample(count: 20)
    let lines = try Self.lines(buffer)
    #expect(lines.contains { $0.contains("fifo replay buffer") }, "\(lines)")
    #expect(lines.contains("steps 30 stored, numbers 20 to 49"), "\(lines)")
    #expect(lines.contains("turnover 50 added, 0 evicted, 20 sampled"), "\(lines)")
    #expect(lines.contains("generator none"), "\(lines)")
    #expect(!lines.contains { $0.hasPrefix("state") }, "all of it stands above: \(lines)")
    #expect(lines.contains { $0.hasPrefix("episodes: 3") }, "\(lines)")
  }

  @Test func `a reservoir has holes, and no returns of episodes that are not whole`() throws {
    var buffer = ReservoirReplayBuffer(capacity: 30, schema: try Self.schema(), seed: 1)
    try buffer.add(Self.rows(0..<5000))
    let lines = try Self.lines(buffer)
    let steps = buffer.slots
    let (first, last) = (try #require(steps.min()), try #require(steps.max()))
    #expect(lines.contains { $0.contains("reservoir replay buffer") }, "\(lines)")
    let missing = NumberText.count(last + 1 - first - 30)
    let numbers = "numbers \(NumberText.count(first)) to \(NumberText.count(last))"
    #expect(lines.contains("steps 30 stored, \(numbers) with \(missing) missing in between"), "\(lines)")
    #expect(lines.contains("turnover 5,000 added, 4,970 evicted, 0 sampled"), "\(lines)")
    #expect(lines.contains { $0.hasPrefix("episodes: 0") }, "\(lines)")
  }

  @Test func `a mix says what it replays and how much of it was returned`() throws {
    var mix = MixInReplayBuffer(ReplayBuffer(capacity: 40, schema: try Self.schema(), seed: 1), replayRatio: 0.25)
    try mix.add(Self.rows(0..<50))
    _ = try mix.sample(count: 8)
    let lines = try Self.lines(mix)
    #expect(lines.contains { $0.contains("mix in replay buffer") }, "\(lines)")
    #expect(lines.contains("turnover 50 added, 10 evicted, 2 sampled"), "\(lines)")
    for fact in ["replays \"ReplayBuffer\"", "replay_ratio 0.25", "num_timesteps_returned 8", "next_newest 16"] {
      #expect(lines.contains { $0.contains(fact) }, "\(fact) in \(lines)")
    }
  }

  @Test func `a ring with priorities tells them`() throws {
    var buffer = PrioritizedReplayBuffer(capacity: 40, schema: try Self.schema(), seed: 1)
    try buffer.add(Self.rows(0..<50))
    try buffer.updatePriorities([20, 30], [4, 0.5])
    let lines = try Self.lines(buffer)
    #expect(lines.contains { $0.contains("prioritized replay buffer") }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("priorities") && $0.contains("40") }, "\(lines)")
    #expect(lines.contains { $0.contains("4 for new steps") }, "\(lines)")
  }
}
