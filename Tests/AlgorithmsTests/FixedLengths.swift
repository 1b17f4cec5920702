import Environments
import StateTree

/// Episodes whose lengths follow from the seed alone, as in the script.
struct FixedLengths: Environment {
  let schedules: [[Int]]
  /// Which schedule; nil before the first reset.
  var schedule: Int?
  var episodes = -1
  var time = 0

  /// Gets the seeds of resets.
  private let seeds: Log?

  init(schedules: [[Int]], seeds: Log? = nil) { (self.schedules, self.seeds) = (schedules, seeds) }

  var observationSpace: Space { .box(dataType: .float32, shape: [1], low: [0], high: [100]) }
  var actionSpace: Space { .discrete(count: 2) }

  mutating func reset(seed: UInt64?) throws -> Tensor {
    if let seed { seeds?.add("\(seed)") }
    schedule = schedule ?? Int((seed ?? 0) % 2)
    episodes += 1
    time = 0
    return Tensor(vector: [Float(0)])
  }

  mutating func step(_ action: Tensor) throws -> EnvironmentStep {
    time += 1
    let lengths = schedules[schedule ?? 0]
    return EnvironmentStep(
      observation: Tensor(vector: [Float(time)]), reward: 1, isTerminated: time == lengths[episodes % lengths.count],
      isTruncated: false)
  }

  var state: StateValue {
    ["schedule": schedule.map(StateValue.integer) ?? .nil, "episodes": .integer(episodes), "time": .integer(time)]
  }
  mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    schedule = try reader.value("schedule") == .nil ? nil : try reader.int("schedule")
    (episodes, time) = (try reader.int("episodes"), try reader.int("time"))
  }
  func checkInvariants() throws {}
}
