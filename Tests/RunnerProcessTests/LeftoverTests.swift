import Foundation
@testable import RunnerTestProgram
import Testing

/// Nothing is left of runners: no process, no descriptor.
@Suite struct LeftoverTests {
  @Test(.timeLimit(.minutes(1)), arguments: [false, true])
  func `no runner outlives a run that was killed, not one that was stopped either`(isStopped: Bool) throws {
    let (process, output) = try TestProgram.start("forever")
    var line: [UInt8] = []
    while let byte = output.readData(ofLength: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
    let runners = String(decoding: line, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
    #expect(runners.count == 2)
    #expect(runners.allSatisfy { kill($0, 0) == 0 })
    if isStopped { kill(runners[0], SIGSTOP) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    // The runners hold the other end of the pipe: it ends with the last of them.
    _ = output.readDataToEndOfFile()
    for runner in runners {
      // Whoever adopted it may not have waited for it.
      let status = (try? String(contentsOfFile: "/proc/\(runner)/stat", encoding: .utf8)) ?? ") Z"
      #expect(status.split(separator: ")").last?.hasPrefix(" Z") == true, "\(status)")
    }
  }

  @Test(.timeLimit(.minutes(2))) func `two hundred restarts leave no descriptor and no process`() throws {
    let (process, output) = try TestProgram.start("restarts")
    let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("warning: ") }
    #expect(lines.count == 2, "\(text)")
    let numbers = lines.first?.split(separator: " ").compactMap { Int($0) } ?? []
    #expect(numbers.count == 4 && numbers[0] == numbers[1], "descriptors before and after: \(numbers)")
    #expect(numbers.dropFirst(2) == [2, 200], "children and restarts")
    #expect(lines.last == "0", "children after the run was stopped")
  }
}
