import Algorithms
import Checkpoints
import Dispatch
import Environments
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import Synchronization
import SystemPackage
import Testing
import Training

/// A small, quick DQN: iterations of 60 steps that learn from the 40th on.
func smallConfig(
  environments: Int = 1, nStep: NStep = .fixed(1), replay: ReplayBufferConfig = .prioritized(capacity: 400)
) -> DQNConfig {
  DQNConfig().environment("CartPole-v1").envRunners(environments: environments)
    .training(
      batchSize: 8, nStep: nStep, epsilon: LinearSchedule(from: 1, to: 0.1, over: 300), targetUpdatePeriod: 50,
      learningStarts: 40, hiddenLayers: [12], replayBuffer: replay
    )
    .reporting(minimumSteps: 60).debugging(seed: 7)
}

/// A clock that goes forward by a second whenever it is asked.
func testServices(warnings: Warnings = Warnings(), fileSystem: any FileSystem = POSIXFileSystem()) -> TrainingServices {
  let counter = TickCounter()
  return TrainingServices(
    fileSystem: fileSystem,
    clock: TrainingClock(now: { .seconds(counter.next()) }, timestamp: { 1_700_000_000 }),
    warn: { warnings.add($0) },
    machine: MachineDescription(host: "test", process: 1, processor: "Test 1"))
}

/// Counts up.
final class TickCounter: Sendable {
  private let count = Mutex(0)
  func next() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}

/// Warnings that came.
final class Warnings: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
}

/// Lines that callbacks wrote.
typealias Log = Warnings

/// Runs something beside the test.
func onAnotherThread(_ body: @escaping @Sendable () -> Void) { DispatchQueue.global().async(execute: body) }

/// Everything that a run is, times aside.
func wholeState(_ dqn: DQN) -> StateMap {
  [
    "learner": dqn.learner.state, "runner": dqn.runners.local?.state ?? .nil, "buffer": dqn.replayBuffer.state,
    "counters": dqn.counters, "iteration": .integer(dqn.iteration), "steps": .integer(dqn.environmentSteps),
  ]
}

extension StateValue {
  /// A learner's state with Adam's moments at zero: the weights stay and the optimizer begins anew.
  func withoutMoments() throws -> StateValue {
    func zeroed(_ value: StateValue, isMoment: Bool) throws -> StateValue {
      switch value {
      case .map(let map):
        .map(
          StateMap(
            try map.map { ($0.key, try zeroed($0.value, isMoment: isMoment || $0.key.string.hasPrefix("exp_avg"))) }))
      case .tensor(let tensor) where isMoment: .tensor(try Tensor(zeros: tensor.dataType, shape: tensor.shape))
      default: value
      }
    }
    guard case .map(var map) = self, let optimizer = map["optimizer"] else { return self }
    map["optimizer"] = try zeroed(optimizer, isMoment: false)
    return .map(map)
  }
}
