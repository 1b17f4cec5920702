import BenchmarkData
import BufferFiles
import FileSystems
import ReplayBuffers
import StateTree
import SystemPackage

/// Writes 1,000,000 CartPole transitions to the path given and prints one line a figure.
@main
struct FileBenchmark {
  static func main() throws {
    guard CommandLine.arguments.count == 2 else { return print("usage: file-benchmark OUT.msgpack.zst") }
    let path = FilePath(CommandLine.arguments[1])
    let rowCount = 1_000_000
    var buffer = try ReplayBuffer(capacity: rowCount, schema: BufferSchema(CartPoleRows.columns), seed: 0)
    var source = try CartPoleRows(seed: 7)
    for _ in 0..<rowCount / 10_000 { try buffer.add(source.next(10_000)) }

    let clock = ContinuousClock()
    let snapshot = buffer.snapshot()
    let writing = try clock.measure { try BufferFileWriter.write(snapshot, to: path) }
    let file = try BufferFile.open(path)
    let raw = buffer.schema.rowBytes * rowCount
    line("file.bytes_of_46_MB", Double(file.byteCount), peer: Double(raw), ratio: Double(raw) / Double(file.byteCount), bar: 2.7)
    let loading = try clock.measure { _ = try ReplayBuffer(contentsOf: file) }
    print("# written and synced in \(writing), loaded in \(loading)")
  }

  /// name, ours, peer, ratio, bar, ok or short.
  private static func line(_ name: String, _ ours: Double, peer: Double, ratio: Double, bar: Double) {
    print(name, Int(ours), Int(peer), (ratio * 1000).rounded() / 1000, bar, ratio >= bar ? "ok" : "short")
  }
}
