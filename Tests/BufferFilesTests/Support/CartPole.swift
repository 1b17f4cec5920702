import ReplayBuffers
import StateTree

/// Transitions of CartPole-v1 under a random policy: real numbers with the redundancy that real buffers have.
/// - Source: Gymnasium `envs/classic_control/cartpole.py`, Euler integration.
struct CartPole {
  static func schema() throws -> BufferSchema {
    try BufferSchema([
      ColumnSchema("obs", .float32, shape: [4]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
      ColumnSchema("new_obs", .float32, shape: [4]), ColumnSchema("terminateds", .bool),
      ColumnSchema("truncateds", .bool),
    ])
  }

  private var random: PCG64
  private var x = 0.0
  private var v = 0.0
  private var angle = 0.0
  private var spin = 0.0
  private var time = 0

  init(seed: UInt64) {
    random = PCG64(seed: seed)
    reset()
  }

  /// All of `count` transitions as one batch from row 0 on.
  static func transitions(_ count: Int, seed: UInt64 = 7, firstStep: Int64 = 0) -> RowBatch {
    var game = CartPole(seed: seed)
    var (obs, next): ([Float], [Float]) = ([], [])
    var (actions, terminateds, truncateds): ([Int64], [Bool], [Bool]) = ([], [], [])
    obs.reserveCapacity(4 * count)
    next.reserveCapacity(4 * count)
    for _ in 0..<count {
      game.appendObservation(to: &obs)
      let action = Int64(game.random.next() >> 63)
      game.push(action == 1 ? 10 : -10)
      game.appendObservation(to: &next)
      actions.append(action)
      terminateds.append(game.hasFallen)
      truncateds.append(!game.hasFallen && game.time >= 500)
      if game.hasFallen || game.time >= 500 { game.reset() }
    }
    let rewards = [Float](repeating: 1, count: count)
    return RowBatch(
      firstRow: 0, steps: (0..<Int64(count)).map { firstStep + $0 },
      columns: [
        shaped(obs), Tensor(vector: actions), Tensor(vector: rewards), shaped(next), Tensor(vector: terminateds),
        Tensor(vector: truncateds),
      ])
  }

  private static func shaped(_ values: [Float]) -> Tensor {
    guard let tensor = try? Tensor(values, shape: [values.count / 4, 4]) else { preconditionFailure("four a row") }
    return tensor
  }

  private var hasFallen: Bool { abs(x) > 2.4 || abs(angle) > 12 * 2 * .pi / 360 }

  private func appendObservation(to values: inout [Float]) {
    values.append(Float(x))
    values.append(Float(v))
    values.append(Float(angle))
    values.append(Float(spin))
  }

  private mutating func reset() {
    x = random.uniform(in: -0.05..<0.05)
    v = random.uniform(in: -0.05..<0.05)
    angle = random.uniform(in: -0.05..<0.05)
    spin = random.uniform(in: -0.05..<0.05)
    time = 0
  }

  private mutating func push(_ force: Double) {
    let (sine, cosine) = (Self.sine(angle), Self.cosine(angle))
    let thrust = (force + 0.05 * spin * spin * sine) / 1.1
    let turn = (9.8 * sine - cosine * thrust) / (0.5 * (4.0 / 3.0 - 0.1 * cosine * cosine / 1.1))
    let push = thrust - 0.05 * turn * cosine / 1.1
    (x, v) = (x + 0.02 * v, v + 0.02 * push)
    (angle, spin) = (angle + 0.02 * spin, spin + 0.02 * turn)
    time += 1
  }

  /// Enough of the series for the small angles of a pole that has not fallen.
  private static func sine(_ a: Double) -> Double { a - a * a * a / 6 + a * a * a * a * a / 120 }
  private static func cosine(_ a: Double) -> Double { 1 - a * a / 2 + a * a * a * a / 24 - a * a * a * a * a * a / 720 }
}
