import BufferFiles
import FileSystems
import ReplayBuffers
import StateTree
import SystemPackage

/// Stacked frames with successors, streamed through a ring that fits memory into one file that does not.
enum Images {
  private static let frameBytes = 84 * 84
  private static let recordBytes = frameBytes + 16
  private static let capacity = 10_000

  static func write(_ frames: FilePath, to path: FilePath) throws {
    let source = try POSIXFileSystem().readAll(frames, limit: 1 << 34)
    let schema = try BufferSchema([
      ColumnSchema("obs", .uint8, shape: [4, 84, 84]), ColumnSchema("new_obs", .uint8, shape: [4, 84, 84]),
      ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32), ColumnSchema("terminateds", .bool),
      ColumnSchema("truncateds", .bool),
    ])
    // The last record has no successor.
    let count = source.count / recordBytes - 1
    var ring = try ReplayBuffer(capacity: capacity, schema: schema, seed: 0)
    let header = FileHeader(content: .replayBuffer(kind: ReplayBuffer.kind, layout: .transitions, schema: schema))
    var writer = try BufferFileWriter.create(at: path, header: header)
    var (seconds, episodeStart) = (0.0, 0)
    for first in stride(from: 0, to: count, by: capacity) {
      let range = first..<min(first + capacity, count)
      for piece in stride(from: range.lowerBound, to: range.upperBound, by: 500) {
        try ring.add(columns(piece..<min(piece + 500, range.upperBound), of: source, episodeStart: &episodeStart))
      }
      let snapshot = ring.snapshot()
      seconds += try timed {
        try writer.append(rowsOf: snapshot, snapshot.rowCount - range.count..<snapshot.rowCount)
      }
    }
    let state = ring.snapshot().state()
    let start = ContinuousClock.now
    try writer.finish(state: state)
    seconds += (ContinuousClock.now - start) / .seconds(1)
    let bytes = try BufferFile.open(path).byteCount
    print(#"{"seconds": \#(seconds), "bytes": \#(bytes), "raw_bytes": \#(schema.rowBytes * count), "rows": \#(count)}"#)
  }

  /// Transitions of some records; before the beginning of an episode its first frame stands in for those missing.
  private static func columns(
    _ range: Range<Int>, of source: [UInt8], episodeStart: inout Int
  ) throws -> [Tensor] {
    var (obs, successors): ([UInt8], [UInt8]) = ([], [])
    obs.reserveCapacity(range.count * 4 * frameBytes)
    successors.reserveCapacity(range.count * 4 * frameBytes)
    var (actions, rewards, ends): ([UInt8], [UInt8], ([Bool], [Bool])) = ([], [], ([], []))
    for row in range {
      let facts = (row + 1) * recordBytes - 16
      let (isTerminated, isTruncated) = (source[facts + 12] != 0, source[facts + 13] != 0)
      for age in (0..<4).reversed() { append(max(row - age, episodeStart), of: source, to: &obs) }
      // The frame after an end is not recorded: the next record begins an episode, and its frame is as good.
      for age in (0..<4).reversed() { append(max(row + 1 - age, episodeStart), of: source, to: &successors) }
      actions += source[facts..<facts + 8]
      rewards += source[facts + 8..<facts + 12]
      ends.0.append(isTerminated)
      ends.1.append(isTruncated)
      if isTerminated || isTruncated { episodeStart = row + 1 }
    }
    return [
      try Tensor(.uint8, shape: [range.count, 4, 84, 84], bytes: obs),
      try Tensor(.uint8, shape: [range.count, 4, 84, 84], bytes: successors),
      try Tensor(.int64, shape: [range.count], bytes: actions), try Tensor(.float32, shape: [range.count], bytes: rewards),
      Tensor(vector: ends.0), Tensor(vector: ends.1),
    ]
  }

  private static func append(_ row: Int, of source: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(contentsOf: source[row * recordBytes..<row * recordBytes + frameBytes])
  }
}
