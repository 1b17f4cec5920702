import Foundation
import Glibc
import Testing

/// What becomes of results that cannot be delivered, and of files that are never finished.
@Suite("Output")
struct OutputTests {
  private static let dump = Binary.fixtures.appendingPathComponent("rllib-2.60.0/dqn_cartpole_default_iteration_4.msgpack.zst").path
  private static let small = Binary.fixtures.appendingPathComponent("rllib-2.60.0/uniform_cartpole.msgpack").path

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func `a signal ends a conversion and leaves nothing behind`(signal: Int32) throws {
    // On a busy machine the conversion may be over before the signal reaches it; that attempt counts for nothing.
    for _ in 0..<20 {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let conversion = try Self.conversion(into: folder)
      while conversion.isRunning, try Self.names(folder).isEmpty { sched_yield() }
      conversion.send(signal)
      if try Self.isInterrupted(conversion.end(), by: signal, folder, "once its output was begun") { return }
    }
    Issue.record("no conversion was interrupted in twenty attempts")
  }

  @Test func `a signal at any moment ends a conversion, or finds it done`() throws {
    for milliseconds in stride(from: 0, to: 60, by: 2) {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let conversion = try Self.conversion(into: folder)
      usleep(UInt32(milliseconds) * 1000)
      conversion.send(SIGTERM)
      _ = try Self.isInterrupted(conversion.end(), by: SIGTERM, folder, "after \(milliseconds) ms")
    }
  }

  @Test(arguments: [(["show"], 1), (["show", "--json"], 1), (["verify"], 2)] as [([String], Int32)])
  func `a full disk under the output is an error`(arguments: [String], code: Int32) throws {
    let full = ["/bin/sh", "-c", "exec \"$0\" \"$@\" > /dev/full", Binary.path]
    let outcome = try Binary.run(command: full + arguments + [Self.small])
    #expect(outcome.exitCode == code)
    #expect(
      outcome.errors == "rlbuf: cannot write to standard output: no space left on device; the output is not complete\n")
  }

  @Test func `where there is no terminal COLUMNS says how wide a page is`() throws {
    let wide = try Binary.run(["show", Self.small], environment: ["COLUMNS": "120"])
    let narrow = try Binary.run(["show", Self.small], environment: ["COLUMNS": "60"])
    // The path stands whole, however deep this repository lies.
    #expect(narrow.output.split(separator: "\n").allSatisfy { $0.count <= 60 || $0 == Self.small })
    #expect(narrow.output.contains("… no room for mean, std, histogram, bytes: give more width"))
    #expect(!wide.output.contains("no room"))
  }

  /// Whether the signal ended the conversion and nothing is there; otherwise it was done, and what is there is whole.
  private static func isInterrupted(
    _ ending: StartedProcess.Ending, by signal: Int32, _ folder: TemporaryFolder, _ moment: Comment
  ) throws -> Bool {
    let left = try names(folder)
    guard left.isEmpty else {
      #expect(left == ["out.msgpack.zst"], moment)
      #expect(ending.signal == signal || ending.signal == 0 && ending.exitCode == 0, moment)
      #expect(try Binary.run(["verify", folder.url("out.msgpack.zst").path]).exitCode == 0, moment)
      return false
    }
    #expect(ending.signal == signal, moment)
    return true
  }

  private static func conversion(into folder: TemporaryFolder) throws -> StartedProcess {
    try Binary.start(command: [Binary.path, "convert", dump, folder.url("out.msgpack.zst").path, "--level", "22"])
  }

  private static func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.root.path)
  }
}
