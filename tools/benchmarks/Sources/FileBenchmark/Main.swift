import BenchmarkData
import BufferFiles
import ReplayBuffers
import StateTree
import SystemPackage

/// One measurement after another; `files.py` asks for them and compares them with the peers'.
@main
struct FileBenchmark {
  static let usage = """
    usage: file-benchmark dump ROWS OUT RUNS [shuffle]    write ROWS CartPole transitions RUNS times
           file-benchmark load FILE RUNS                  load a file into a buffer RUNS times
    """

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, Array(arguments.dropFirst())) {
    case ("dump", let rest) where rest.count >= 3: try dump(rest)
    case ("load", let rest) where rest.count == 2: try load(FilePath(rest[0]), runs: Int(rest[1]) ?? 1)
    default: print(usage)
    }
  }

  /// `seconds` of every run and the `bytes` of the file.
  private static func dump(_ arguments: [String]) throws {
    let rows = Int(arguments[0]) ?? 0
    let path = FilePath(arguments[1])
    let snapshot = try CartPoleRows.buffer(rows).snapshot()
    let options = WritingOptions(filter: arguments.count > 3 ? .shuffle : nil)
    try report("seconds", runs: Int(arguments[2]) ?? 1) { try BufferFileWriter.write(snapshot, to: path, options: options) }
    print("bytes", try BufferFile.open(path).byteCount)
  }

  private static func load(_ path: FilePath, runs: Int) throws {
    try report("seconds", runs: runs) {
      let buffer = try ReplayBuffer(contentsOf: BufferFile.open(path))
      precondition(buffer.count > 0)
    }
  }

  private static func report(_ name: String, runs: Int, _ body: () throws -> Void) throws {
    let clock = ContinuousClock()
    var seconds: [Double] = []
    for _ in 0..<runs { seconds.append(try clock.measure(body) / .seconds(1)) }
    print(name, seconds.map { "\($0)" }.joined(separator: " "))
  }
}
