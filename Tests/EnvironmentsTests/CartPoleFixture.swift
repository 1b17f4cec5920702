import Environments
import Foundation
import StateTree
import Testing

/// What Gymnasium did, from `Fixtures/gymnasium-1.2.2/cartpole.msgpack`; made by `tools/fixtures/gymnasium_cartpole.py`.
struct CartPoleFixture {
  let observationSpace: StateValue
  let actionSpace: StateValue
  let runs: [RecordedRun]

  static let shared = Result { try CartPoleFixture() }

  private init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let data = try Data(contentsOf: root.appending(path: "Fixtures/gymnasium-1.2.2/cartpole.msgpack"))
    let reader = try StateReader(StateValue(decoding: Array(data)))
    observationSpace = try reader.reader("spaces").value("observation")
    actionSpace = try reader.reader("spaces").value("action")
    runs = try reader.array("runs").map { try RecordedRun(StateReader($0)) }
  }

  /// The names of the runs, for `arguments:`.
  static let runNames = (try? shared.get().runs.map(\.name)) ?? ["the fixture cannot be read"]

  static func run(_ name: String) throws -> RecordedRun {
    try #require(try shared.get().runs.first { $0.name == name })
  }
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
  let actions: [UInt8]
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
    actions = try reader.vector("actions")
    rewards = try reader.vector("rewards")
    terminateds = try reader.tensor("terminateds").flags()
    truncateds = try reader.tensor("truncateds").flags()
  }

  /// What the step at `time` gave.
  func step(at time: Int) throws -> EnvironmentStep {
    EnvironmentStep(
      observation: try observation(at: time + 1), reward: rewards[time], isTerminated: terminateds[time],
      isTruncated: truncateds[time])
  }

  func observation(at time: Int) throws -> Tensor { try observations.rows(time..<time + 1).reshaped([4]) }

  func physics(at time: Int) throws -> Tensor { try physics.rows(time..<time + 1).reshaped([4]) }
}

/// The action of a discrete space.
func action(_ number: some BinaryInteger) throws -> Tensor { try Tensor([Int64(number)], shape: []) }
