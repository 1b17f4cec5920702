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
      let reason = try Self.interruptedConversion(into: folder.url("out.msgpack.zst"), by: signal) { try Self.names(folder) }
      let left = try Self.names(folder)
      #expect(!left.contains { $0.hasSuffix(".partial") }, "an unfinished file was left behind")
      if left.isEmpty {
        #expect(reason == .uncaughtSignal)
        return
      }
      #expect(try Binary.run(["verify", folder.url("out.msgpack.zst").path]).exitCode == 0, "what is there is not whole")
    }
    Issue.record("no conversion was interrupted in twenty attempts")
  }

  @Test func `a signal at any moment ends a conversion, or finds it done`() throws {
    for milliseconds in stride(from: 0, to: 60, by: 2) {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let process = Self.conversion(into: folder.url("out.msgpack.zst"))
      try process.run()
      usleep(UInt32(milliseconds) * 1000)
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      let left = try Self.names(folder)
      #expect(process.terminationReason == .uncaughtSignal || process.terminationStatus == 0, "after \(milliseconds) ms")
      #expect(left == ["out.msgpack.zst"] || left.isEmpty && process.terminationReason == .uncaughtSignal)
    }
  }

  @Test(arguments: [(["show"], 1), (["show", "--json"], 1), (["verify"], 2)] as [([String], Int32)])
  func `a full disk under the output is an error`(arguments: [String], code: Int32) throws {
    let (process, errors) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = arguments + [Self.small]
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = errors
    try process.run()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == code)
    #expect(said == "rlbuf: cannot write to standard output: no space left on device; the output is not complete\n")
  }

  @Test func `where there is no terminal COLUMNS says how wide a page is`() throws {
    let wide = try Binary.run(["show", Self.small], environment: ["COLUMNS": "120"])
    let narrow = try Binary.run(["show", Self.small], environment: ["COLUMNS": "60"])
    #expect(narrow.output.split(separator: "\n").allSatisfy { $0.count <= 60 })
    #expect(narrow.output.contains("… no room for mean, std, histogram, bytes: give more width"))
    #expect(!wide.output.contains("no room"))
  }

  /// Sends the signal once the output's temporary file is there, and waits for the end.
  private static func interruptedConversion(
    into output: URL, by signal: Int32, names: () throws -> [String]
  ) throws -> Process.TerminationReason {
    let process = conversion(into: output)
    try process.run()
    while process.isRunning, try names().isEmpty { sched_yield() }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationReason
  }

  private static func conversion(into output: URL) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = ["convert", dump, output.path, "--level", "22"]
    process.standardOutput = FileHandle.nullDevice
    return process
  }

  private static func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.root.path)
  }
}
