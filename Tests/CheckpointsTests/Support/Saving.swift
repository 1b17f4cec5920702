import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

/// Segments of about 40 rows of the test buffers.
let smallSegments = CheckpointOptions(segmentBytes: 1024)

/// Contents with a component of state and a buffer.
func contents(_ iteration: Int, _ buffer: BufferSnapshot, note: String = "") -> CheckpointContents {
  var contents = CheckpointContents(
    runID: "run", iteration: iteration, environmentSteps: iteration * 100,
    results: ["env_runners": ["episode_return_mean": .double(Double(iteration) + 0.5)]],
    configuration: ["lr": 0.5, "gamma": 1.0, "note": .string(note)], provenance: ["host": "here"])
  contents.add("algorithm_state", state: ["iteration": .integer(iteration), "note": .string(note)])
  contents.add("learner_group/learner", state: ["weights": .tensor(Tensor(vector: [1, 2, Float(iteration)]))])
  contents.add("replay_buffer", buffer: buffer)
  return contents
}

/// Contents with state alone.
func plainContents(_ iteration: Int) -> CheckpointContents {
  var contents = CheckpointContents(runID: "run", iteration: iteration, environmentSteps: iteration * 100)
  contents.add("algorithm_state", state: ["iteration": .integer(iteration)])
  return contents
}

/// All that contents are, in one value.
func everything(_ contents: some BufferContents) throws -> StateValue {
  var parts: [StateValue] = []
  try contents.forEachBatch(ofBytes: 700) { batch in
    parts.append(.tensor(Tensor(vector: batch.steps)))
    parts += batch.columns.map { .tensor($0) }
  }
  return [
    "kind": .string(contents.kind), "layout": .string(contents.layout.rawValue), "schema": contents.schema.state,
    "rows": .array(parts), "state": try contents.state(),
  ]
}

/// Every file and directory below a directory, with sizes and digests, but what only says who held the lock.
func tree(_ directory: FilePath, at prefix: String = "") throws -> [String: String] {
  let fileSystem = POSIXFileSystem()
  var found: [String: String] = [:]
  for entry in try fileSystem.list(directory) where entry.name.string != "experiment.lock" {
    let (path, name) = (directory.appending(entry.name), prefix + entry.name.string)
    if entry.kind == .directory {
      found[name] = "directory"
      found.merge(try tree(path, at: name + "/")) { first, _ in first }
    } else {
      found[name] = StateDigest.sha256(of: .bytes(try fileSystem.readAll(path, limit: 1 << 30)))
    }
  }
  return found
}

/// A buffer after some growth.
func grown<Buffer: GrowingBuffer>(_ type: Buffer.Type, capacity: Int = 300, times: Int = 40) throws -> Buffer {
  var buffer = try Buffer.empty(capacity: capacity)
  var generator = PCG64(seed: 11)
  for _ in 0..<times { try buffer.grow(using: &generator) }
  return buffer
}

/// Writes text into a file that may be there.
func write(_ text: String, to path: FilePath) throws {
  try POSIXFileSystem().commit(Array(text.utf8).span, to: path)
}

/// The text of a file.
func text(_ path: FilePath) throws -> String {
  String(decoding: try POSIXFileSystem().readAll(path, limit: 1 << 26), as: UTF8.self)
}
