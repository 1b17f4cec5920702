import Foundation
import Glibc
import Testing

@Suite("Runs and signals")
struct RunSignalTests {
  private static let note =
    ": the iteration under way is finished and saved; once more ends the command at once\n"

  @Test(arguments: [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")])
  func `a signal ends a run after a last checkpoint`(signal: Int32, name: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let running = try RunningCommand(Runs.arguments(run, 100_000, ["--checkpoint-every", "100000"]))
    _ = running.output { $0.hasPrefix("        2 ") }
    running.send(signal)
    let rest = running.output { _ in false }
    #expect(running.end() == 5)
    #expect(running.errors { _ in false } == name + Self.note)
    #expect(rest.contains("\nstopped by \(name): "))
    let saved = try Runs.names(run).filter { $0.hasPrefix("checkpoint_") }
    #expect(saved.count == 1)
    #expect(try Runs.results(run).count == Int(saved[0].suffix(6)))
    let restored = try Runs.restore(run.path, 1)
    #expect(restored.exitCode == 0)
    #expect(restored.output.contains("\nexact: the run goes on bit for bit\n"))
  }

  @Test func `a signal waits for what is being written, and the last iteration is saved once`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let options = ["--checkpoint-every", "1", "--dump-every", "1", "--when-busy", "replace"]
    let running = try RunningCommand(Runs.arguments(run, 100_000, options))
    _ = running.output { $0.contains(" saved checkpoint_") }
    running.send(SIGTERM)
    let rest = running.output { _ in false }
    #expect(running.end() == 5)
    let last = try Runs.results(run).count
    #expect(rest.contains(" saved checkpoint_" + Runs.number(last)))
    #expect(try Runs.names(run).filter { $0.hasPrefix("checkpoint_") }.last == "checkpoint_" + Runs.number(last))
    #expect(try Binary.run(["verify", run.path]).exitCode == 0)
    // What has a line is there; replaced ones have none.
    let saved = rest.matches(of: /saved (checkpoint_[0-9]+)/).map { String($0.1) }
    #expect(try Set(saved).isSubset(of: Runs.names(run)))
    #expect(try Runs.restore(run.path, 1).output.contains("\nexact: the run goes on bit for bit\n"))
  }

  @Test(arguments: 1...6)
  func `a killed run has the checkpoint that it told of last, or a later one`(_ count: Int) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let running = try RunningCommand(Runs.arguments(run, 100_000, ["--checkpoint-every", "1", "--dump-every", "1"]))
    var told: [String] = []
    while told.count < count {
      let text = running.output { $0.contains(" saved checkpoint_") }
      told += text.matches(of: /saved (checkpoint_[0-9]+)/).map { String($0.1) }
    }
    // The next one is begun by now, or under way.
    running.send(SIGKILL)
    #expect(running.end() == -SIGKILL)
    let newest = try #require(try Runs.names(run).last { $0.hasPrefix("checkpoint_") })
    #expect(newest >= told[told.count - 1])
    #expect(try Set(told).isSubset(of: Runs.names(run)))
    #expect(try Binary.run(["verify", run.path]).exitCode == 0)
    let restored = try Runs.restore(run.path, 1)
    #expect(restored.output.hasPrefix("restored \(run.path)/\(newest): "), "\(restored.errors)")
    #expect(restored.output.contains("\nexact: the run goes on bit for bit\n"))
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `a second signal ends the command at once`(signal: Int32) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    // An iteration that is never over.
    let endless = Runs.settings(["min_sample_timesteps_per_iteration=1000000000000"])
    let running = try RunningCommand(Runs.arguments(folder.url("run"), 1, endless))
    _ = running.output { $0.hasPrefix("DQN on ") }
    running.send(signal)
    #expect(running.errors { _ in true }.hasSuffix(Self.note))
    running.send(signal)
    #expect(running.end() == -signal)
  }

  @Test func `a run that is going on is not restored in place`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let running = try RunningCommand(Runs.arguments(run, 100_000, ["--checkpoint-every", "1"]))
    _ = running.output { $0.hasPrefix("        2 ") }
    let outcome = try Runs.restore(run.path, 1)
    #expect(outcome.exitCode == 1)
    #expect(outcome.errors.hasPrefix("rlbuf: \(run.path) is being written by "), "\(outcome.errors)")
    #expect(outcome.errors.hasSuffix("; wait for it or stop it, or write elsewhere with --into\n"))
    #expect(try Runs.restore(run.path, nil, ["--dry-run"]).exitCode == 0)
    running.send(SIGKILL)
    _ = running.end()
  }

  @Test func `a reader that goes away does not end the run`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let words = Runs.arguments(folder.url("run"), 3)
    let outcome = try Binary.run(command: ["/bin/sh", "-c", "\"$0\" \"$@\" | true", Binary.path] + words)
    #expect(outcome.errors.isEmpty)
    #expect(try Runs.results(folder.url("run")).count == 3)
  }
}
