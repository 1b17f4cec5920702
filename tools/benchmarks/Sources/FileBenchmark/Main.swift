import BenchmarkData
import BufferFiles
import ReplayBuffers
import StateTree
import SystemPackage

/// One measurement after another; `files.py` asks for them and compares them with the peers'.
@main
struct FileBenchmark {
  static let usage = """
    usage: file-benchmark dump ROWS OUT RUNS [shuffle]      write ROWS CartPole transitions RUNS times
           file-benchmark load FILE                         load a file into a buffer
           file-benchmark images FRAMES OUT                 write the transitions of FRAMES (breakout_frames.py)
           file-benchmark increments FOLDER flat|prioritized ROWS NEW
           file-benchmark stall FOLDER ROWS RUNS            how long training stands still for a dump and a checkpoint
           file-benchmark memory write|column FILE ROWS     the peak of writing, of reading one column
    """

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let rest = Array(arguments.dropFirst())
    switch (arguments.first, rest.count) {
    case ("dump", 3...4): try dump(Int(rest[0]) ?? 0, to: FilePath(rest[1]), runs: Int(rest[2]) ?? 1, rest.count > 3)
    case ("load", 1): try load(FilePath(rest[0]))
    case ("images", 2): try Images.write(FilePath(rest[0]), to: FilePath(rest[1]))
    case ("increments", 4):
      try Increments(FilePath(rest[0]), isPrioritized: rest[1] == "prioritized")
        .measure(rows: Int(rest[2]) ?? 0, new: Int(rest[3]) ?? 0)
    case ("stall", 3): try Stall(FilePath(rest[0])).measure(rows: Int(rest[1]) ?? 0, runs: Int(rest[2]) ?? 1)
    case ("memory", 3): try Peak.measure(rest[0], FilePath(rest[1]), rows: Int(rest[2]) ?? 0)
    default: print(usage)
    }
  }

  private static func dump(_ rows: Int, to path: FilePath, runs: Int, _ isShuffled: Bool) throws {
    let snapshot = try CartPoleRows.buffer(rows).snapshot()
    let options = WritingOptions(filter: isShuffled ? .shuffle : nil)
    var seconds: [Double] = []
    for _ in 0..<runs { seconds.append(try timed { try BufferFileWriter.write(snapshot, to: path, options: options) }) }
    let bytes = try BufferFile.open(path).byteCount
    print(#"{"seconds": \#(seconds), "bytes": \#(bytes), "raw_bytes": \#(snapshot.schema.rowBytes * rows)}"#)
  }

  private static func load(_ path: FilePath) throws {
    // Held until the clock has stopped, as the peer holds what it loaded.
    var buffer: ReplayBuffer?
    let seconds = try timed { buffer = try ReplayBuffer(contentsOf: BufferFile.open(path)) }
    print(#"{"seconds": \#(seconds), "rows": \#(buffer?.count ?? 0)}"#)
  }
}

/// How long something takes.
/// - Units: seconds.
func timed(_ body: () throws -> Void) rethrows -> Double { try ContinuousClock().measure(body) / .seconds(1) }
