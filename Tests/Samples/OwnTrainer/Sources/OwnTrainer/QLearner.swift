import Checkpoints
import ReplayBuffers
import StateTree

/// A table of action values, learned from replayed transitions.
/// - Source: Watkins 1989, Q-learning.
struct QLearner {
  private(set) var values = [Double](repeating: 0, count: Corridor.length * 2)
  private(set) var updates = 0
  private var generator: PCG64

  init(seed: UInt64) { generator = PCG64(seed: seed) }

  /// The better action, or one at random once in five times and where both are worth the same.
  mutating func act(in cell: Int) -> Int {
    let (left, right) = (values[cell * 2], values[cell * 2 + 1])
    let isRandom = generator.random() < 0.2 || left == right
    return isRandom ? Int(generator.integers(in: 0..<2)) : right > left ? 1 : 0
  }

  mutating func learn(from batch: TransitionBatch) throws {
    guard let cells = batch["obs"], let actions = batch["actions"], let rewards = batch["rewards"],
      let nextCells = batch["new_obs"], let ends = batch["terminateds"]
    else { return }
    let (from, to) = (try cells.scalars(as: Int64.self), try nextCells.scalars(as: Int64.self))
    let (taken, gained) = (try actions.scalars(as: Int64.self), try rewards.scalars(as: Float.self))
    let isEnd = try ends.scalars(as: UInt8.self)
    for row in from.indices {
      let next = isEnd[row] == 1 ? 0 : max(values[Int(to[row]) * 2], values[Int(to[row]) * 2 + 1])
      let place = Int(from[row]) * 2 + Int(taken[row])
      values[place] += 0.1 * (Double(gained[row]) + 0.9 * next - values[place])
    }
    updates += 1
  }

  /// The digest of what it would draw next: two learners with the same one act the same.
  var proof: String {
    var copy = generator
    return StateDigest.sha256(of: .tensor(Tensor(vector: copy.random(count: 8))))
  }
}

extension QLearner: Checkpointable {
  var state: StateValue {
    [
      "values": .tensor(Tensor(vector: values)), "updates": .integer(updates), "generator": generator.state,
    ]
  }

  mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    var copy = self
    copy.values = try reader.vector("values")
    copy.updates = try reader.count("updates")
    try copy.generator.restore(from: try reader.value("generator"))
    try copy.checkInvariants()
    self = copy
  }

  func checkInvariants() throws {
    guard values.count == Corridor.length * 2 else {
      throw StateTreeError.invalidValue(path: "values", found: "\(values.count)", expected: "two a cell")
    }
  }
}
