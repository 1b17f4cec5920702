import Environments
import Foundation
import StateTree
import Testing

/// What Gymnasium did, from a file in `Fixtures/gymnasium-1.2.2`; made by `tools/fixtures/gymnasium_cartpole.py` and
/// `gymnasium_acrobot_pendulum.py`.
struct GymnasiumFixture {
  let observationSpace: StateValue
  let actionSpace: StateValue
  let runs: [RecordedRun]

  private init(_ file: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let data = try Data(contentsOf: root.appending(path: "Fixtures/gymnasium-1.2.2/\(file)"))
    let reader = try StateReader(StateValue(decoding: Array(data)))
    observationSpace = try reader.reader("spaces").value("observation")
    actionSpace = try reader.reader("spaces").value("action")
    runs = try reader.array("runs").map { try RecordedRun(StateReader($0)) }
  }

  private static let files = [
    CartPole.id: Result { try GymnasiumFixture("cartpole.msgpack") },
    Acrobot.id: Result { try GymnasiumFixture("acrobot.msgpack") },
    Pendulum.id: Result { try GymnasiumFixture("pendulum.msgpack") },
  ]

  /// The environments that were recorded.
  static let ids = files.keys.sorted()

  static func of(_ id: String) throws -> GymnasiumFixture { try #require(files[id]).get() }

  /// Environment and name of each run, for `arguments:`.
  static let runNames = ids.flatMap { id in
    ((try? of(id).runs.map(\.name)) ?? ["the fixture cannot be read"]).map { RunName(environment: id, run: $0) }
  }
}

/// Which run it is, short enough to be printed.
struct RunName: Sendable, CustomTestStringConvertible {
  let environment: String
  let run: String

  var testDescription: String { "\(environment): \(run)" }

  func recorded() throws -> RecordedRun {
    try #require(try GymnasiumFixture.of(environment).runs.first { $0.name == run })
  }

  /// A new environment of the kind that was recorded.
  func makeEnvironment() throws -> any Environment { try EnvironmentCatalogue.standard.makeEnvironment(environment) }
}

/// One environment through consecutive episodes.
struct RecordedRun {
  let name: String
  let episodes: [RecordedEpisode]
  let generator: StateValue

  init(_ reader: StateReader) throws {
    name = try reader.string("name")
    episodes = try reader.array("episodes").map { try RecordedEpisode(StateReader($0)) }
    generator = try reader.value("generator")
  }
}

/// One episode; `physics` is the state in double precision.
struct RecordedEpisode {
  let seed: UInt64?
  let observations: Tensor
  let physics: Tensor
  let actions: Tensor
  let rewards: [Double]
  let terminateds: [Bool]
  let truncateds: [Bool]

  init(_ reader: StateReader) throws {
    switch try reader.value("seed") {
    case .int(let value): seed = UInt64(value)
    case .unsigned(let value): seed = value
    default: seed = nil
    }
    observations = try reader.tensor("observations")
    physics = try reader.tensor("physics")
    actions = try reader.tensor("actions")
    rewards = try reader.vector("rewards")
    terminateds = try reader.tensor("terminateds").flags()
    truncateds = try reader.tensor("truncateds").flags()
  }

  /// How many steps it has.
  var count: Int { rewards.count }

  /// What the step at `time` gave.
  func step(at time: Int) throws -> EnvironmentStep {
    EnvironmentStep(
      observation: try observation(at: time + 1), reward: rewards[time], isTerminated: terminateds[time],
      isTruncated: truncateds[time])
  }

  func action(at time: Int) throws -> Tensor { try row(time, of: actions) }

  func observation(at time: Int) throws -> Tensor { try row(time, of: observations) }

  func physics(at time: Int) throws -> Tensor { try row(time, of: physics) }

  private func row(_ time: Int, of tensor: Tensor) throws -> Tensor {
    try tensor.rows(time..<time + 1).reshaped(Array(tensor.shape.dropFirst()))
  }
}

/// The action of a discrete space.
func action(_ number: some BinaryInteger) throws -> Tensor { try Tensor([Int64(number)], shape: []) }
