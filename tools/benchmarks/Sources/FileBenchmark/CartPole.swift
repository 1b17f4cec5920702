import BufferFiles
import Glibc
import ReplayBuffers
import StateTree

/// Flat transitions of CartPole-v1 under a random policy, the rows people store most.
/// - Source: Barto, Sutton and Anderson 1983; Gymnasium's `cartpole.py` for the constants.
struct CartPoleRows {
  static let columns = [
    ColumnSchema("obs", .float32, shape: [4]), ColumnSchema("new_obs", .float32, shape: [4]),
    ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32), ColumnSchema("terminateds", .bool),
    ColumnSchema("truncateds", .bool),
  ]

  private var generator: PCG64
  private var state: [Double] = []
  private var time = 0

  init(seed: UInt64) {
    generator = PCG64(seed: seed)
    reset()
  }

  private mutating func reset() {
    state = generator.uniform(in: -0.05..<0.05, count: 4)
    time = 0
  }

  /// The next `count` transitions, column by column.
  mutating func next(_ count: Int) throws -> [Tensor] {
    var (observations, successors): ([Float], [Float]) = ([], [])
    var (actions, terminated, truncated): ([Int64], [Bool], [Bool]) = ([], [], [])
    for _ in 0..<count {
      let action = generator.integers(in: 0..<2)
      observations += state.map { Float($0) }
      step(action)
      successors += state.map { Float($0) }
      actions.append(action)
      terminated.append(abs(state[0]) > 2.4 || abs(state[2]) > 12 * 2 * Double.pi / 360)
      truncated.append(!terminated[terminated.count - 1] && time == 500)
      if terminated[terminated.count - 1] || truncated[truncated.count - 1] { reset() }
    }
    return [
      try Tensor(observations, shape: [count, 4]), try Tensor(successors, shape: [count, 4]), Tensor(vector: actions),
      Tensor(vector: [Float](repeating: 1, count: count)), Tensor(vector: terminated), Tensor(vector: truncated),
    ]
  }

  private mutating func step(_ action: Int64) {
    let force = action == 1 ? 10.0 : -10.0
    let (x, velocity, angle, turning) = (state[0], state[1], state[2], state[3])
    let (cosine, sine) = (cos(angle), sin(angle))
    let push = (force + 0.05 * turning * turning * sine) / 1.1
    let angular = (9.8 * sine - cosine * push) / (0.5 * (4.0 / 3.0 - 0.1 * cosine * cosine / 1.1))
    let linear = push - 0.05 * angular * cosine / 1.1
    state = [x + 0.02 * velocity, velocity + 0.02 * linear, angle + 0.02 * turning, turning + 0.02 * angular]
    time += 1
  }
}
