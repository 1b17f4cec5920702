import StateTree

/// A corridor of eight cells; stepping out on the right ends the episode with a reward. The floor is slippery.
struct Corridor {
  static let length = 8
  private(set) var cell = 0
  private var generator: PCG64

  init(seed: UInt64) { generator = PCG64(seed: seed) }

  mutating func reset() { cell = 0 }

  /// Goes left (0) or right (1), the other way once in ten steps.
  mutating func step(_ action: Int) -> (reward: Float, isTerminated: Bool) {
    let goesRight = (action == 1) != (generator.random() < 0.1)
    cell = goesRight ? cell + 1 : max(0, cell - 1)
    return cell == Self.length ? (1, true) : (0, false)
  }
}

extension Corridor: Checkpointable {
  var state: StateValue { ["cell": .integer(cell), "generator": generator.state] }

  mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    var copy = self
    copy.cell = try reader.count("cell")
    try copy.generator.restore(from: try reader.value("generator"))
    try copy.checkInvariants()
    self = copy
  }

  func checkInvariants() throws {
    guard (0..<Self.length).contains(cell) else {
      throw StateTreeError.invalidValue(path: "cell", found: "\(cell)", expected: "a cell of the corridor")
    }
  }
}
