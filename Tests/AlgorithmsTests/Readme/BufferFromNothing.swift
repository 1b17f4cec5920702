import Algorithms
import ReplayBuffers
import StateTree
import Training

/// The replay buffer of `ReplayBuffers.md`, and a configuration that has it.
func bufferFromNothing() -> DQNConfig {
  // ReplayBuffers.md
  struct RecencyBuffer: EpisodeBuffer {
    static let kind = "RecencyBuffer"
    let (schema, capacity): (BufferSchema, Int)
    var (log, generator, drawn): (ChunkLog, PCG64, Int)

    init(capacity: Int, columns: [ColumnSchema], seed: UInt64) throws {
      (schema, self.capacity) = (try BufferSchema(columns), capacity)
      (log, generator, drawn) = (ChunkLog(columns), PCG64(seed: seed), 0)
    }

    init(contents: some BufferContents, defaults: BufferDefaults) throws {
      let saved = try StateReader(contents.state())
      (schema, capacity) = (contents.schema, try saved.count("capacity"))
      (log, generator, drawn) = (try ChunkLog(consecutiveRowsOf: contents), PCG64(seed: 0), try saved.count("drawn"))
      try generator.restore(from: saved.value("generator"))
    }

    func snapshot() -> BufferSnapshot {
      let state: StateMap = [
        "capacity": .integer(capacity), "drawn": .integer(drawn), "generator": generator.state,
      ]
      return BufferSnapshot(kind: Self.kind, schema: schema, log: log, state: state)
    }

    var count: Int { log.rows.count }
    var counters: EpisodeCounters {
      EpisodeCounters(steps: count, insertionCount: log.rows.upperBound, sampledCount: drawn)
    }
    func checkInvariants() throws {}

    mutating func add(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> Range<Int> {
      let (first, length) = (log.rows.upperBound, fragment.length)
      let isLast = (0..<length).map { fragment.isTerminated && $0 == length - 1 }
      let observations = fragment.observations
      log.append([
        observations.rows(0..<length), observations.rows(1..<length + 1), fragment.actions, fragment.rewards,
        Tensor(vector: isLast),
      ])
      log.drop(below: max(log.rows.lowerBound, log.rows.upperBound - capacity))
      return first..<log.rows.upperBound
    }

    /// Newer steps more often: the place behind the newest is the product of two even draws.
    mutating func sample(
      count: Int, nStep: NStep, gamma: Double, correcting beta: Double
    ) throws(ReplayBufferError) -> EpisodeSample {
      let stored = Double(log.rows.count)
      let steps = (0..<count).map { _ in
        log.rows.upperBound - 1 - Int(stored * generator.random() * generator.random())
      }
      drawn += count
      let rows = log.gather(steps)
      return EpisodeSample(
        steps: steps, observations: rows[0], nextObservations: rows[1], actions: rows[2],
        rewards: (rows[3].doubles() ?? []).map { Float($0) }, isTerminated: (rows[4].doubles() ?? []).map { $0 != 0 })
    }
  }

  let config = DQNConfig().environment("CartPole-v1").ownReplayBuffer { episodes, seed in
    let columns = [
      ColumnSchema("obs", .float32, shape: [4]), ColumnSchema("new_obs", .float32, shape: [4]),
      ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32), ColumnSchema("terminateds", .bool),
    ]
    return try RecencyBuffer(capacity: 300, columns: columns, seed: seed)
  }
  // ReplayBuffers.md ends
  return config
}
