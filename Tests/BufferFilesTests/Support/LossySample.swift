import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

/// A small buffer in a file of many row groups, each step of which is recognized by its reward.
struct LossySample {
  /// What is known of a step.
  struct Step: Equatable {
    var number: Int64
    var observation: Float
    var action: Int64
    var leaf: Double
  }

  let layout: BufferLayout
  let bytes: [UInt8]
  let entries: [FrameEntry]
  let summary: FileSummary
  /// Every step by its reward.
  private(set) var truth: [Double: Step] = [:]
  static let defaults = BufferDefaults(capacity: 10_000, alpha: 1, seed: 9)

  /// - Parameter isSmall: Whether the file shall have as few bytes as possible.
  init(_ layout: BufferLayout, stepCount: Int = 60, rowsPerGroup: Int = 7, seed: UInt64 = 1) throws {
    self.layout = layout
    let snapshot = try layout == .episodes ? Self.episodes(stepCount, seed) : Self.transitions(stepCount, seed)
    bytes = try Self.write(snapshot, rowsPerGroup)
    let file = try open(bytes)
    (entries, summary) = (try file.entries(), file.summary)
    truth = try Self.steps(of: snapshot)
  }

  /// Writes contents in row groups of some rows each.
  static func write(_ contents: some BufferContents, _ rowsPerGroup: Int) throws -> [UInt8] {
    try written { path in
      let header = FileHeader(
        content: .replayBuffer(kind: contents.kind, layout: contents.layout, schema: contents.schema),
        metadata: ["iteration": 4])
      var writer = try BufferFileWriter.create(at: path, header: header)
      for first in stride(from: 0, to: contents.rowCount, by: rowsPerGroup) {
        try writer.append(contents.rows(first..<min(first + rowsPerGroup, contents.rowCount)))
      }
      try writer.finish(state: contents.state())
    }
  }

  /// Three environments in turns; the last episodes are still under way.
  private static func episodes(_ stepCount: Int, _ seed: UInt64) throws -> BufferSnapshot {
    let schema = try BufferSchema([
      ColumnSchema("obs", .float32), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float64),
    ])
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 10_000, alpha: 1, schema: schema, seed: seed)
    var generator = PCG64(seed: seed)
    var (times, episode) = ([0, 0, 0], [0, 1, 2])
    for step in 0..<stepCount {
      let slot = step % 3
      let isEnd = generator.random() < 0.15
      let observation = Float(1000 * episode[slot] + times[slot])
      let fragment = EpisodeFragment(
        id: "e\(episode[slot])", startTime: times[slot], observations: Tensor(vector: [observation, observation + 1]),
        actions: Tensor(vector: [Int64(step % 5)]), rewards: Tensor(vector: [Double(step) + 0.5]),
        isTerminated: isEnd && step % 2 == 0, isTruncated: isEnd && step % 2 == 1)
      try buffer.add(fragment)
      times[slot] = isEnd ? 0 : times[slot] + 1
      if isEnd { episode[slot] = (episode.max() ?? 0) + 1 }
    }
    try buffer.updatePriorities(Array(0..<stepCount), (0..<stepCount).map { Double($0 + 1) })
    return buffer.snapshot()
  }

  private static func transitions(_ stepCount: Int, _ seed: UInt64) throws -> BufferSnapshot {
    let schema = try BufferSchema([
      ColumnSchema("obs", .float32), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float64),
      ColumnSchema("new_obs", .float32),
    ])
    var buffer = PrioritizedReplayBuffer(capacity: stepCount, alpha: 1, schema: schema, seed: seed)
    let all = (0..<stepCount + 5).map { $0 }
    try buffer.add([
      Tensor(vector: all.map { Float($0) }), Tensor(vector: all.map { Int64($0 % 5) }),
      Tensor(vector: all.map { Double($0) + 0.5 }), Tensor(vector: all.map { Float($0 + 1) }),
    ])
    let held = Array(buffer.steps)
    try buffer.updatePriorities(held, held.map { Double($0 + 1) })
    return buffer.snapshot()
  }

  private static func steps(of contents: some BufferContents) throws -> [Double: Step] {
    let all = try contents.rows(0..<contents.rowCount)
    let leaves: [Double] = try StateReader(contents.state()).vector("priorities")
    let columns = try Columns(all, contents.schema)
    var (steps, number): ([Double: Step], Int) = ([:], 0)
    for row in 0..<all.count where all.steps[row] >= 0 {
      steps[columns.rewards[row]] = Step(
        number: all.steps[row], observation: columns.observations[row], action: columns.actions[row],
        leaf: leaves[number])
      number += 1
    }
    return steps
  }

  private struct Columns {
    let observations: [Float]
    let actions: [Int64]
    let rewards: [Double]
    let successors: [Float]?

    init(_ batch: RowBatch, _ schema: BufferSchema) throws {
      func column(_ name: String) throws -> Tensor { batch.columns[try #require(schema.index(of: name))] }
      observations = try column("obs").scalars()
      actions = try column("actions").scalars()
      rewards = try column("rewards").scalars()
      successors = try schema.index(of: "new_obs").map { try batch.columns[$0].scalars() }
    }
  }
}

extension LossySample {
  /// Checks that everything that was recovered is what was saved, with its own priority, and loads as a buffer.
  /// - Parameter hasPriorities: Whether no priority was lost.
  func check(_ contents: some BufferContents, hasPriorities: Bool = true, _ what: String) throws {
    let all = try contents.rows(0..<contents.rowCount)
    let columns = try Columns(all, contents.schema)
    let leaves: [Double] = hasPriorities ? try StateReader(contents.state()).vector("priorities") : []
    var number = 0
    for row in 0..<all.count {
      guard all.steps[row] >= 0 else {
        #expect(columns.observations[row] == columns.observations[row - 1] + 1, "\(what): the final observation \(row)")
        continue
      }
      let step = try #require(truth[columns.rewards[row]], "\(what): row \(row) was never saved")
      let isSame = step.observation == columns.observations[row] && step.action == columns.actions[row]
      if let successors = columns.successors { #expect(successors[row] == step.observation + 1, "\(what)") }
      // Rings count on over a gap.
      #expect(isSame && (layout == .transitions || all.steps[row] == step.number), "\(what): row \(row)")
      if hasPriorities { #expect(leaves[number] == step.leaf, "\(what): the priority of row \(row)") }
      number += 1
    }
    guard number > 0 else { return }
    let count: Int
    switch contents.kind {
    case PrioritizedReplayBuffer.kind:
      count = try PrioritizedReplayBuffer(contents: contents, defaults: Self.defaults).count
    case PrioritizedEpisodeReplayBuffer.kind:
      count = try PrioritizedEpisodeReplayBuffer(contents: contents, defaults: Self.defaults).count
    // Where header and state are lost, nothing says that there were priorities.
    case EpisodeReplayBuffer.kind: count = try EpisodeReplayBuffer(contents: contents, defaults: Self.defaults).count
    default: count = try ReplayBuffer(contents: contents, defaults: Self.defaults).count
    }
    #expect(count == number, "\(what)")
  }

  /// The rows of the row groups that lie whole before a byte.
  func rows(before byte: Int) -> Int {
    entries.last { $0.kind == .rows && $0.offset + $0.compressedBytes <= byte }?.rows.upperBound ?? 0
  }

  /// The entries of the row groups, with their numbers.
  var groups: [FrameEntry] { entries.filter { $0.kind == .rows } }
}

/// What can be recovered of bytes, without writing it.
func recovery(_ bytes: [UInt8]) throws -> Recovery {
  let fileSystem = MemoryFileSystem([anyPath: bytes])
  let reader = FrameReader(file: try fileSystem.open(anyPath), fileSystem: fileSystem, byteCount: bytes.count)
  return try Recovery(Salvage(reader, progress: { _ in }))
}

/// Writes bytes to a directory, recovers them, and returns the bytes of the new file.
func recovered(
  _ bytes: [UInt8], in directory: FilePath, options: WritingOptions = WritingOptions(existing: .refuse)
) throws -> (bytes: [UInt8], report: RecoveryReport) {
  let (input, output) = (directory.appending("damaged.msgpack.zst"), directory.appending("sound.msgpack.zst"))
  try POSIXFileSystem().commit(bytes.span, to: input)
  let report = try BufferFile.recover(input, to: output, options: options)
  #expect(try POSIXFileSystem().readAll(input, limit: 1 << 30) == bytes, "the input was changed")
  return (try POSIXFileSystem().readAll(output, limit: 1 << 30), report)
}
