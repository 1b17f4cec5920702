import Environments
import StateTree

/// Episodes whose lengths follow from the seed alone, as in the script.
struct FixedLengths: Environment {
  let schedules: [[Int]]
  var schedule = 0
  var episodes = -1
  var time = 0

  init(schedules: [[Int]]) { self.schedules = schedules }

  var observationSpace: Space { .box(dataType: .float32, shape: [1], low: [0], high: [100]) }
  var actionSpace: Space { .discrete(count: 2) }

  mutating func reset(seed: UInt64?) throws -> Tensor {
    if let seed { (schedule, episodes) = (Int(seed % 2), -1) }
    episodes += 1
    time = 0
    return Tensor(vector: [Float(0)])
  }

  mutating func step(_ action: Tensor) throws -> EnvironmentStep {
    time += 1
    let lengths = schedules[schedule]
    return EnvironmentStep(
      observation: Tensor(vector: [Float(time)]), reward: 1, isTerminated: time == lengths[episodes % lengths.count],
      isTruncated: false)
  }

  var state: StateValue {
    ["schedule": .integer(schedule), "episodes": .integer(episodes), "time": .integer(time)]
  }
  mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    (schedule, episodes, time) = (try reader.int("schedule"), try reader.int("episodes"), try reader.int("time"))
  }
  func checkInvariants() throws {}
}
