import Checkpoints
import ReplayBuffers
import StateTree

/// A run: an environment, a learner and a replay buffer, which go on from a checkpoint as if they had never stopped.
struct Run {
  private var corridor = Corridor(seed: 1)
  private var learner = QLearner(seed: 2)
  private var buffer: ReplayBuffer
  private(set) var iteration = 0
  private(set) var environmentSteps = 0

  init() throws {
    let schema = try BufferSchema(
      [
        ColumnSchema("obs", .int64), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
        ColumnSchema("new_obs", .int64), ColumnSchema("terminateds", .uint8),
      ])
    buffer = ReplayBuffer(capacity: 500, schema: schema, seed: 3)
  }

  /// An iteration of 200 steps, each learned from; an episode may be under way at its end.
  mutating func train() throws {
    for _ in 0..<200 {
      let cell = corridor.cell
      let action = learner.act(in: cell)
      let (reward, isTerminated) = corridor.step(action)
      try buffer.add(
        row: [
          Tensor(vector: [Int64(cell)]).reshaped([]), Tensor(vector: [Int64(action)]).reshaped([]),
          Tensor(vector: [reward]).reshaped([]), Tensor(vector: [Int64(corridor.cell)]).reshaped([]),
          Tensor(vector: [isTerminated ? 1 : 0 as UInt8]).reshaped([]),
        ])
      if isTerminated { corridor.reset() }
      try learner.learn(from: buffer.sample(count: 16))
      environmentSteps += 1
    }
    iteration += 1
  }

  /// Everything that the run is, for a checkpoint.
  var contents: CheckpointContents {
    var contents = CheckpointContents(runID: "corridor", iteration: iteration, environmentSteps: environmentSteps)
    contents.add("algorithm_state", state: ["environment_steps": .integer(environmentSteps)])
    contents.add("learner", state: learner.state)
    contents.add("corridor", state: corridor.state)
    contents.add("replay_buffer", buffer: buffer.snapshot())
    contents.proofs["learner"] = learner.proof
    return contents
  }

  /// Becomes what a checkpoint was saved from.
  mutating func restore(_ checkpoint: Checkpoint) throws -> RestoreReport {
    var restoration = try Restoration(checkpoint)
    _ = try restoration.state(of: "algorithm_state")
    try restoration.restore("learner", into: &learner)
    try restoration.restore("corridor", into: &corridor)
    try restoration.restoreBuffer("replay_buffer", into: &buffer)
    restoration.check(proof: learner.proof, of: "learner")
    (iteration, environmentSteps) = (checkpoint.manifest.iteration, checkpoint.manifest.environmentSteps)
    return restoration.finish()
  }

  /// One number for all that the run is.
  var digest: String {
    StateDigest.sha256(of: ["learner": learner.state, "corridor": corridor.state, "buffer": buffer.state])
  }
}
