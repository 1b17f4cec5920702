import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

let anyPath: FilePath = "test.msgpack.zst"

/// The bytes of a file that is written to a temporary directory.
func written(_ body: (FilePath) throws -> Void) throws -> [UInt8] {
  try withTemporaryDirectory { directory in
    let path = directory.appending("x.msgpack.zst")
    try body(path)
    return try POSIXFileSystem().readAll(path, limit: 1 << 30)
  }
}

/// Opens bytes as a file.
func open(_ bytes: [UInt8]) throws -> BufferFile { try BufferFile.open(anyPath, on: MemoryFileSystem([anyPath: bytes])) }

/// Verifies bytes as a file.
func verify(_ bytes: [UInt8]) throws -> VerificationReport {
  try BufferFile.verify(anyPath, on: MemoryFileSystem([anyPath: bytes]))
}

/// The error of this module that `body` throws; nil if it throws none.
func failure<Result>(_ body: () throws -> Result) -> BufferFileError? {
  do { _ = try body() } catch {
    if let error = error as? BufferFileError { return error }
    Issue.record("an error of another module: \(error)")
  }
  return nil
}

/// Everything that a file holds, read through the public interface.
func readAll(_ file: BufferFile) throws -> (rows: [RowBatch], state: StateValue) {
  var batches: [RowBatch] = []
  if case .replayBuffer = file.header.content {
    try file.contents().forEachBatch(ofBytes: 4096) { batches.append($0) }
  }
  return (batches, try file.state())
}

/// A file of less than 4 KiB with everything in it: two row groups, state with parts of a map, index and summary.
func smallFile() throws -> [UInt8] {
  try written { path in
    let schema = try BufferSchema([ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("rewards", .float32)])
    let header = FileHeader(
      content: .replayBuffer(kind: "Test", layout: .transitions, schema: schema), metadata: ["note": "small"])
    var writer = try BufferFileWriter.create(at: path, header: header)
    for first in [0, 3] {
      let obs = try Tensor((0..<6).map { Float($0 + first) / 8 }, shape: [3, 2])
      let steps = (0..<3).map { Int64(first + $0) }
      try writer.append(
        RowBatch(firstRow: first, steps: steps, columns: [obs, Tensor(vector: [0.5, .nan, 2] as [Float])]))
    }
    try writer.finish(state: ["count": 6, "priorities": .tensor(Tensor(vector: [1, 2, 3, 4, 5, 6] as [Double]))])
  }
}
