import BenchmarkData
import Checkpoints
import FileSystems
import ReplayBuffers
import StateTree
import SystemPackage

/// Peak memory of restoring a replay buffer of flat transitions from a checkpoint, against the size of the buffer.
enum RestoreMemory {
  static let component = "replay_buffer"

  static func save(to folder: FilePath, rows: Int) throws {
    var buffer = try ReplayBuffer(capacity: rows, schema: BufferSchema(CartPoleRows.columns), seed: 0)
    var source = try CartPoleRows(seed: 7)
    for _ in 0..<rows / 10_000 { try buffer.add(source.next(10_000)) }
    var contents = CheckpointContents(runID: "benchmark", iteration: 1, environmentSteps: rows)
    contents.add(component, buffer: buffer.snapshot())
    try ExperimentDirectory.create(at: folder).save(contents)
  }

  static func restore(from folder: FilePath) throws {
    let checkpoint = try Checkpoint.open(folder)
    let buffer = try ReplayBuffer(contents: checkpoint.buffer(component), defaults: BufferDefaults())
    try buffer.checkInvariants()
    print("{\"peak_bytes\": \(try peakBytes()), \"buffer_bytes\": \(buffer.count * buffer.schema.rowBytes)}")
  }

  /// The most memory this process ever had resident.
  /// - Source: proc(5), `VmHWM` of `/proc/self/status`.
  private static func peakBytes() throws -> Int {
    let status = try POSIXFileSystem().readAll("/proc/self/status", limit: 1 << 20)
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }
}
