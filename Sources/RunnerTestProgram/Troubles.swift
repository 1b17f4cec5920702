import Environments
import FileSystems
import Glibc
import StateTree
import SystemPackage
import Training

/// CartPole-v1 that does something at a step of its life.
struct Troubled: Environment {
  enum Trouble: String, CaseIterable { case throwing, exiting, nonsense, misshapen, printing }

  struct Failure: Error, CustomStringConvertible { let description: String }

  let trouble: Trouble
  let step: Int
  var base = CartPole()
  var steps = 0

  var observationSpace: Space { base.observationSpace }
  var actionSpace: Space { base.actionSpace }
  mutating func reset(seed: UInt64?) throws -> Tensor { base.reset(seed: seed) }

  mutating func step(_ action: Tensor) throws -> EnvironmentStep {
    steps += 1
    if trouble == .printing { print("step \(steps)") }
    if steps == step {
      switch trouble {
      case .throwing: throw Failure(description: "the pole is gone")
      case .exiting: exit(3)
      case .nonsense: try Self.answer([0xc1, 0xc1, 0xc1])  // no MessagePack
      case .misshapen: try Self.answer(Self.misshapenSample.encoded())
      case .printing: break
      }
    }
    return try base.step(action)
  }

  /// Sends a message to the run, which takes it for the answer of the runner.
  private static func answer(_ message: [UInt8]) throws {
    let bytes = [UInt8(message.count & 255), UInt8(message.count >> 8), 0, 0] + message
    try POSIXFileSystem().writeAll(bytes.span, to: OpenFile(number: 0, path: "/dev/stdin"))
  }

  /// An answer in which everything has its place, but observations lie flat and actions are of another type.
  private static var misshapenSample: StateValue {
    let fragment: StateValue = [
      "id": "1-0", "start": 0, "observations": ["obs": .tensor(Tensor(vector: [Float](repeating: 0, count: 8)))],
      "actions": .tensor(Tensor(vector: [0.5])), "rewards": .tensor(Tensor(vector: [Float(1)])), "extras": [:],
      "is_terminated": false, "is_truncated": false,
    ]
    return [
      "reply": "sample", "fragments": .array([fragment]), "returns": .tensor(Tensor(vector: [Double]())),
      "lengths": .tensor(Tensor(vector: [Int64]())), "metrics": [:], "steps": 1,
    ]
  }

  var state: StateValue { ["base": base.state, "steps": .integer(steps)] }
  mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    try base.restore(from: reader.value("base"))
    steps = try reader.counter("steps")
  }
  func checkInvariants() throws { try base.checkInvariants() }
}

extension EnvironmentCatalogue {
  /// The standard ones; `throwing:20` and so on, of which each does it at step 20; `meeting:/directory`, of which two
  /// can only be made at the same time.
  static let withTroubles: EnvironmentCatalogue = {
    var catalogue = EnvironmentCatalogue.standard
    for trouble in Troubled.Trouble.allCases {
      try? catalogue.addFamily(prefix: "\(trouble):") { Troubled(trouble: trouble, step: Int($0) ?? 0) }
    }
    try? catalogue.addFamily(prefix: "meeting:") { directory in
      Meeting.waitForTwo(in: directory)
      return CartPole()
    }
    return catalogue
  }()
}

/// Two processes that wait for each other.
enum Meeting {
  static func waitForTwo(in directory: String) {
    let files = POSIXFileSystem()
    let directory = FilePath(directory)
    for name in ["first", "second"] {
      do {
        try files.createDirectory(directory.appending(name), permissions: .ownerReadWriteExecute)
        break
      } catch {}
    }
    // Whoever came first looks for the other.
    while ((try? files.list(directory)) ?? []).count < 2 { sched_yield() }
  }
}

/// A callback by name that counts the steps of runners in a metric.
struct CountSteps: SavedCallback {
  static let registeredName = "count-steps"
  var key: String

  func onEpisodeStep(_ context: inout EpisodeContext) throws {
    try context.metricsLogger.log(1, at: key, reduce: .sum)
    try context.metricsLogger.log(Double(context.runnerIndex), at: "runner_index", window: 10)
  }
}

/// A callback by name that throws when an episode is over.
struct Refuse: SavedCallback {
  static let registeredName = "refuse"

  func onEpisodeEnd(_ context: inout EpisodeContext) throws { throw Troubled.Failure(description: "no more") }
}

extension CallbackRegistry {
  /// Those that ship, and those of this program.
  static let withOwn = CallbackRegistry.shipped.registering(CountSteps.self).registering(Refuse.self)
}
