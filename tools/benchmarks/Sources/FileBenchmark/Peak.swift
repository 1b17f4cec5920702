import BenchmarkData
import BufferFiles
import FileSystems
import ReplayBuffers
import StateTree
import SystemPackage

/// The most memory that writing a buffer, or reading one column, takes.
enum Peak {
  static func measure(_ what: String, _ path: FilePath, rows: Int) throws {
    let allowed: Int
    switch what {
    case "write":
      let buffer = try CartPoleRows.buffer(rows)
      let before = try resident("VmRSS")
      try BufferFileWriter.write(buffer.snapshot(), to: path)
      allowed = before
    default:
      let column = try BufferFile.open(path).tensor("rewards")
      allowed = column.bytes.count
    }
    print(#"{"peak_bytes": \#(try resident("VmHWM")), "allowed_bytes": \#(allowed + (64 << 20))}"#)
  }

  /// - Source: proc(5), `/proc/self/status`.
  private static func resident(_ name: String) throws -> Int {
    let status = try POSIXFileSystem().readAll("/proc/self/status", limit: 1 << 20)
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("\(name):") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }
}
