import Algorithms
import Environments
import StateTree
import Training

/// The README's environment, and a configuration that trains on it.
func ownEnvironment() throws -> DQNConfig {
  // README
  struct Corridor: Environment {
    private var cell = 0
    private var generator = PCG64(seed: 0)
    let observationSpace = Space.box(dataType: .float32, shape: [1], low: [0], high: [9])
    let actionSpace = Space.discrete(count: 2)

    mutating func reset(seed: UInt64?) -> Tensor {
      if let seed { generator = PCG64(seed: seed) }
      cell = Int(generator.integers(in: 0..<9))
      return Tensor(vector: [Float(cell)])
    }
    mutating func step(_ action: Tensor) -> EnvironmentStep {
      cell = max(0, cell + (action.integers() == [1] ? 1 : -1))
      return EnvironmentStep(
        observation: Tensor(vector: [Float(cell)]), reward: cell == 9 ? 1 : -0.1, isTerminated: cell == 9,
        isTruncated: false)
    }
    var state: StateValue { ["cell": .integer(cell), "generator": generator.state] }
    mutating func restore(from state: StateValue) throws {
      let reader = try StateReader(state)
      (cell, generator) = (try reader.count("cell"), try PCG64(state: reader.reader("generator")))
    }
    func checkInvariants() throws { try generator.checkInvariants() }
  }
  // README ends

  // README
  var catalogue = EnvironmentCatalogue.standard
  try catalogue.add("Corridor-v0") { Corridor() }
  let config = DQNConfig().environment("Corridor-v0", in: catalogue)
  // README ends
  return config
}
