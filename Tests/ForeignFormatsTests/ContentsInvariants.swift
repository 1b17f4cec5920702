import BufferFiles
import ForeignFormats
import ReplayBuffers
import StateTree
import Testing

/// Expects that rows, step numbers, episodes and counters of a dump agree with each other.
func expectInvariants(_ dump: RLlibDump) throws {
  #expect(dump.layout == .episodes)
  #expect(dump.rowCount == dump.episodes.rowCount)
  let all = dump.rows(0..<dump.rowCount)
  #expect(all.count == dump.rowCount && all.columns.count == dump.schema.columns.count)
  for (tensor, column) in zip(all.columns, dump.schema.columns) {
    #expect(tensor.dataType == column.dataType && tensor.shape == [dump.rowCount] + column.shape, "\(column.name)")
  }
  let state = try StateReader(dump.state())
  let numbers = all.steps.filter { $0 >= 0 }
  #expect(Set(numbers).count == numbers.count && numbers.count == dump.episodes.stepCount)
  #expect(try state.count("num_timesteps") == numbers.count)
  #expect(try state.count("next_step") == numbers.max().map { Int($0) + 1 } ?? state.count("first_step"))
  #expect(try state.count("first_step") == numbers.min().map { Int($0) } ?? state.count("next_step"))
  #expect(try EpisodeTable(state: state.reader("episodes")) == dump.episodes)
  for episode in dump.episodes.episodes {
    let steps = all.steps[episode.rows]
    #expect(steps.last == -1 && steps.dropLast().allSatisfy { $0 >= 0 }, "\(episode.id)")
  }
  #expect(dump.episodes.episodes.map(\.lane) == naiveLanes(dump, all.steps))
  if state.map["priorities"] != nil {
    let priorities: [Double] = try state.vector("priorities")
    #expect(priorities.count == numbers.count)
  }
}

/// The first lane that is free when an episode begins, looked for one by one.
private func naiveLanes(_ dump: RLlibDump, _ steps: [Int64]) -> [Int] {
  var ends: [Int64] = []
  return dump.episodes.episodes.map { episode in
    let own = steps[episode.firstRow..<episode.firstRow + episode.length]
    let lane = ends.firstIndex { $0 < own.first ?? .max } ?? ends.count
    if lane == ends.count { ends.append(-1) }
    ends[lane] = episode.isDone ? own.last ?? ends[lane] : .max
    return lane
  }
}

/// Expects that two buffers are the same through `BufferContents`: schema, rows in any batches, state.
func expectSame(_ one: some BufferContents, _ other: some BufferContents) throws {
  #expect(one.kind == other.kind && one.layout == other.layout && one.schema == other.schema)
  #expect(one.rowCount == other.rowCount)
  #expect(try one.state() == other.state())
  #expect(try one.rows(0..<one.rowCount) == other.rows(0..<other.rowCount))
  for start in stride(from: 0, to: min(one.rowCount, 300), by: 7) {
    let range = start..<min(start + 11, one.rowCount)
    #expect(try one.rows(range) == other.rows(range))
  }
}
