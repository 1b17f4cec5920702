import Environments
public import ReplayBuffers
public import StateTree

/// Flat transitions of CartPole-v1 under a random policy, the rows people store most.
public struct CartPoleRows {
  /// The columns, as SB3 and CleanRL have them.
  public static let columns = [
    ColumnSchema("obs", .float32, shape: [4]), ColumnSchema("new_obs", .float32, shape: [4]),
    ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32), ColumnSchema("terminateds", .bool),
    ColumnSchema("truncateds", .bool),
  ]

  private var generator: PCG64
  private var environment = CartPole()
  private var observation: Tensor

  /// Rows from a seed.
  public init(seed: UInt64) throws {
    generator = PCG64(seed: seed)
    observation = try environment.reset(seed: seed)
  }

  /// The next `count` transitions, column by column.
  public mutating func next(_ count: Int) throws -> [Tensor] {
    var (observations, successors): ([Tensor], [Tensor]) = ([], [])
    var (actions, terminated, truncated): ([Int64], [Bool], [Bool]) = ([], [], [])
    for _ in 0..<count {
      let action = generator.integers(in: 0..<2 as Range<Int64>)
      let step = try environment.step(Tensor([action], shape: []))
      observations.append(try observation.reshaped([1, 4]))
      successors.append(try step.observation.reshaped([1, 4]))
      actions.append(action)
      terminated.append(step.isTerminated)
      truncated.append(step.isTruncated)
      let isDone = step.isTerminated || step.isTruncated
      observation = isDone ? try environment.reset(seed: nil) : step.observation
    }
    return [
      try Tensor(concatenating: observations), try Tensor(concatenating: successors), Tensor(vector: actions),
      Tensor(vector: [Float](repeating: 1, count: count)), Tensor(vector: terminated), Tensor(vector: truncated),
    ]
  }
}

extension CartPoleRows {
  /// A full buffer of flat transitions.
  public static func buffer(_ rows: Int) throws -> ReplayBuffer {
    var buffer = try ReplayBuffer(capacity: rows, schema: BufferSchema(columns), seed: 0)
    var source = try CartPoleRows(seed: 7)
    for first in stride(from: 0, to: rows, by: 10_000) { try buffer.add(source.next(min(10_000, rows - first))) }
    return buffer
  }
}
