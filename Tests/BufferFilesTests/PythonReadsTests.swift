import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

/// What a reader that shares no code with the library finds in our files.
@Suite(
  .enabled(
    if: Python.interpreter != nil, "needs a Python with zstandard, msgpack, msgpack_numpy and pyzstd: set RLBUF_PYTHON")
)
struct PythonReadsTests {
  private func digest(_ tensor: Tensor) -> String {
    "\(tensor.dataType.name) \(tensor.shape) \(FrameDigest.of(tensor.bytes).hexadecimal)"
  }

  /// Tensors by type, shape and bytes, all else by its MessagePack.
  private func digest(_ value: StateValue) throws -> String {
    if case .tensor(let tensor) = value { return digest(tensor) }
    return FrameDigest.of(try value.encoded()).hexadecimal
  }

  private func expectSame(_ contents: MemoryContents, _ values: [String: StateValue]) throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      try BufferFileWriter.write(contents, to: path, metadata: ["note": "é"])
      let text = try #require(Python.output(of: "read_rlbuf.py", path))
      let steps = FrameDigest.of(Tensor(vector: contents.batch.steps).bytes).hexadecimal
      #expect(text.contains("\"rows\": \(contents.rowCount), "))
      #expect(text.contains("\"steps\": \(contents.batch.steps.count { $0 >= 0 }), "))
      #expect(text.contains("\"steps_sha256\": \"\(steps)\""))
      for (column, tensor) in zip(contents.schema.columns, contents.batch.columns) {
        #expect(text.contains("\"\(column.name)\": \"\(digest(tensor))\""), "\(column.name) in \(text)")
      }
      for (path, value) in values {
        #expect(text.contains("\"\(path)\": \"\(try digest(value))\""), "\(path) in \(text)")
      }
      let check = try #require(Python.output(of: "check_file.py", path))
      #expect(check.contains("records"))
    }
  }

  @Test("transitions and cut state are read by Python, the zstd command and pyzstd's seekable reader")
  func transitions() throws {
    let values: [String: StateValue] = [
      "/small": .tensor(Tensor(vector: [1, 2, 3] as [Int16])),
      "/wide": .tensor(try Tensor(zeros: .uint8, shape: [2, 3 << 20])),
      "/deep/large": .tensor(try Tensor((0..<900_000).map { Double($0) }, shape: [300_000, 3])), "/deep/x": 1,
      "/text": "é", "/bytes": .bytes([UInt8](repeating: 9, count: 5 << 20)), "/nothing": .nil, "/half": 0.5,
      "/list": .array((0..<400_000).map { .int($0) }),
    ]
    var state: StateValue = ["deep": [:]]
    for (path, value) in values.sorted(by: { $0.key < $1.key }) {
      state.set(StatePath(path.dropFirst().split(separator: "/").map { StateKey(String($0)) }), to: value)
    }
    try expectSame(try MemoryContents.cartPole(100_000, state: state), values)
  }

  @Test("episodes are read by Python")
  func episodes() throws {
    try expectSame(try MemoryContents.episodes(lengths: [3, 1, 0, 12, 4]), [:])
  }

  @Test("Python finds in the files of version 1 what their truth says")
  func golden() throws {
    for name in GoldenSamples.names {
      let path = GoldenFiles.folder.appending("rlbuf-1/\(name).msgpack.zst")
      #expect(Python.output(of: "compare_truth.py", path) == "\(path)\n")
    }
  }

  @Test("Python refuses a file with a changed byte, too")
  func damage() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x.msgpack.zst")
      var bytes = try smallFile()
      bytes[bytes.count / 2] ^= 1
      try POSIXFileSystem().commit(bytes.span, to: path)
      #expect(Python.output(of: "read_rlbuf.py", path) == nil)
      for name in DamagedSamples.names where DamagedSamples.isSeenByDigests(name) {
        #expect(Python.output(of: "read_rlbuf.py", GoldenFiles.folder.appending("damaged/\(name).msgpack.zst")) == nil)
      }
    }
  }
}

@Suite struct NamedPythonTests {
  @Test("a Python that was named has what the tests need, so that they are not passed over")
  func isUsable() { #expect(Python.named == nil || Python.interpreter != nil) }
}
