import FileSystems
import FileSystemsTestSupport
import Glibc
import StateTree
import SystemPackage
import Testing

@testable import Training

/// What TensorBoard's own package finds in our event files.
@Suite(
  .enabled(if: TensorBoard.python != nil, "needs a Python with tensorboard: run tools/test, which sets RLBUF_PYTHON"))
struct TensorBoardReadsTests {
  private func read(_ directory: FilePath) throws -> StateValue {
    try JSONText.parse(try #require(TensorBoard.events(in: directory)))
  }

  @Test func `every scalar and picture is read back with its step`() throws {
    try withTemporaryDirectory { directory in
      var log = try EventFiles(directory).log
      let image = try PNGImage(width: 3, height: 2, colors: .rgb, pixels: (0..<18).map { 14 * $0 })
      let grey = try PNGImage(width: 300, height: 250, colors: .grey, pixels: (0..<75_000).map { UInt8($0 % 251) })
      try log.append(TrainingResult(steps: 1000, ["a": ["b--c": 1.5, "é": -2], "map": image.metricValue]))
      try log.append(TrainingResult(steps: 70_000_000_000, ["a": ["b--c": 0.1], "maps": [grey.metricValue]]))
      let found = try read(directory)
      #expect(
        found["scalars"] == [
          "num_env_steps_sampled_lifetime": [[1000, 1000.0], [70_000_000_000, 70_000_001_024.0]],
          "a/b--c": [[1000, 1.5], [70_000_000_000, .double(Double(0.1 as Float))]], "a/é": [[1000, -2.0]],
        ])
      #expect(found["images"]?["map"] == [[1000, 3, 2, .string(hexadecimal(image.pixels))]])
      #expect(found["images"]?["maps/0"] == [[70_000_000_000, 300, 250, .string(hexadecimal(grey.pixels))]])
    }
  }

  @Test func `after a restore TensorBoard shows the run as result.json has it`() throws {
    try withTemporaryDirectory { directory in
      var log = try EventFiles(directory).log
      for step in 1...5 { try log.append(TrainingResult(steps: step * 100, ["a": .integer(step)])) }
      log = try EventFiles(directory).log
      try log.rewind(to: 300)
      for step in 4...6 { try log.append(TrainingResult(steps: step * 100, ["a": .integer(-step)])) }
      #expect(
        try read(directory)["scalars"]?["a"]
          == [[100, 1.0], [200, 2.0], [300, 3.0], [400, -4.0], [500, -5.0], [600, -6.0]])
      #expect(try EventFiles(directory).names.count == 2)
    }
  }

  @Test func `a torn file is read up to the tear, and what follows in the next file`() throws {
    try withTemporaryDirectory { directory in
      var log = try EventFiles(directory).log
      for step in 1...2 { try log.append(TrainingResult(steps: step, ["a": .integer(step)])) }
      let name = try #require(try EventFiles(directory).names.first)
      try EventFiles(directory).write(Array(try EventFiles(directory).bytes(name).dropLast(9)), to: name)
      log = try EventFiles(directory, host: "another").log
      try log.append(TrainingResult(steps: 3, ["a": 3]))
      #expect(try read(directory)["scalars"]?["a"] == [[1, 1.0], [3, 3.0]])
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

/// TensorBoard's reader, in the Python that `RLBUF_PYTHON` names or the one on the path.
enum TensorBoard {
  /// The Python; nil if it has no tensorboard.
  static let python: String? = {
    let path = unsafe getenv("RLBUF_PYTHON").map { unsafe String(cString: $0) } ?? "python3"
    return run([path, "-c", "import tensorboard.backend.event_processing.event_accumulator"]) == nil ? nil : path
  }()

  /// What `tools/python/read_events.py` prints; nil if it fails, with its complaint on standard error.
  static func events(in directory: FilePath) -> String? {
    python.flatMap { run([$0, repository.pushing("tools/python/read_events.py").string, directory.string]) }
  }

  /// - Source: popen(3), with every word quoted for the shell
  private static func run(_ words: [String]) -> String? {
    let command = words.map { "'\($0)'" }.joined(separator: " ")
    guard let stream = unsafe popen(command, "r") else { return nil }
    var bytes: [UInt8] = []
    while case let byte = unsafe fgetc(stream), byte >= 0 { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    guard unsafe pclose(stream) == 0 else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
