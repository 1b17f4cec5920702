import Environments
import Foundation
@testable import RunnerTestProgram
import SystemPackage
import Testing

/// Nothing is left of runners: no process, no descriptor.
@Suite struct LeftoverTests {
  @Test(.timeLimit(.minutes(10))) func `no runner outlives a run that was killed`() throws {
    let run = try ChildProcess([TestProgram.path.string, "forever"], maximumMessageBytes: 100)
    let numbers = String(decoding: try run.socket.receive(until: .now + .seconds(50)), as: UTF8.self)
    let runners = numbers.split(separator: " ").compactMap { pid_t($0) }
    #expect(runners.count == 2)
    for runner in runners { #expect(isAlive(runner)) }
    kill(run.id, SIGKILL)
    while runners.contains(where: isAlive) { sched_yield() }
  }

  /// Whether it runs: whoever adopts what has ended may not wait for it.
  private func isAlive(_ process: pid_t) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ") Z"
    return status.split(separator: ")").last?.hasPrefix(" Z") == false
  }

  @Test(.timeLimit(.minutes(10))) func `two hundred restarts leave no descriptor and no process`() throws {
    let (process, output) = try TestProgram.start("restarts")
    let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2, "\(text)")
    let numbers = lines.first?.split(separator: " ").compactMap { Int($0) } ?? []
    #expect(numbers.count == 4 && numbers[0] == numbers[1], "descriptors before and after: \(numbers)")
    #expect(numbers.dropFirst(2) == [2, 200], "children and restarts")
    #expect(lines.last == "0", "children after the run was stopped")
  }
}
