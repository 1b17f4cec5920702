import BenchmarkData
import Checkpoints
import ReplayBuffers
import StateTree
import SystemPackage

/// What a second checkpoint writes, and how long it takes, against the first.
struct Increments {
  private let folder: FilePath
  private let isPrioritized: Bool

  init(_ folder: FilePath, isPrioritized: Bool) { (self.folder, self.isPrioritized) = (folder, isPrioritized) }

  func measure(rows: Int, new: Int) throws {
    if isPrioritized {
      let schema = try BufferSchema(CartPoleRows.columns)
      try measure(PrioritizedReplayBuffer(capacity: rows, schema: schema, seed: 0), rows: rows, new: new) {
        try $0.add($1)
      }
    } else {
      let schema = try BufferSchema(CartPoleRows.columns)
      try measure(ReplayBuffer(capacity: rows, schema: schema, seed: 0), rows: rows, new: new) { try $0.add($1) }
    }
  }

  private func measure<Buffer: SavableBuffer>(
    _ buffer: Buffer, rows: Int, new: Int, _ add: (inout Buffer, [Tensor]) throws -> Void
  ) throws {
    var (buffer, source) = (buffer, try CartPoleRows(seed: 7))
    for _ in 0..<rows / 10_000 { try add(&buffer, source.next(10_000)) }
    let experiment = try ExperimentDirectory.create(at: folder)
    let first = try save(buffer, 1, to: experiment)
    try add(&buffer, source.next(new))
    let second = try save(buffer, 2, to: experiment)
    print(
      #"{"first_seconds": \#(first.seconds), "first_bytes": \#(first.bytes), "second_seconds": \#(second.seconds), "#
        + #""second_bytes": \#(second.bytes), "row_bytes": \#(buffer.schema.rowBytes), "stored": \#(buffer.count)}"#)
  }

  private func save(
    _ buffer: some SavableBuffer, _ iteration: Int, to experiment: ExperimentDirectory
  ) throws -> (seconds: Double, bytes: Int) {
    var contents = CheckpointContents(runID: "benchmark", iteration: iteration, environmentSteps: buffer.count)
    contents.add("replay_buffer", buffer: buffer.snapshot())
    var bytes = 0
    let seconds = try timed { bytes = try experiment.save(contents).bytesWritten }
    return (seconds, bytes)
  }
}
