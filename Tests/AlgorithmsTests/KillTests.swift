import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing
import Training

/// A file system of which every call fails from one on is what a killed process leaves behind.
@Suite struct KillTests {
  private func config(_ path: FilePath) -> DQNConfig {
    smallConfig(environments: 2, replay: .prioritized(capacity: 90)).reporting(minimumSteps: 30).callbacks(
      DumpReplayBuffer(every: .iterations(1), to: path.appending("buffers"), keep: .last(2)),
      SaveCheckpoint(every: .iterations(2), to: path))
  }

  private func iterations(_ path: FilePath) throws -> [StateValue?] {
    let text = String(decoding: try POSIXFileSystem().readAll(path, limit: 1 << 24), as: UTF8.self)
    return try text.split(separator: "\n").map { try StateJSON.value(of: Array($0.utf8))["training_iteration"] }
  }

  private func rows(_ path: FilePath) throws -> Int {
    try POSIXFileSystem().readAll(path, limit: 1 << 24).count { $0 == UInt8(ascii: "\n") } - 1
  }

  /// Goes on to iteration 6 and compares all there is.
  private func goOn(_ path: FilePath, _ expected: StateMap, _ what: String) throws {
    let resumed = try DQN.restore(from: path, services: testServices())
    while resumed.iteration < 6 { try resumed.train() }
    try resumed.finishWriting()
    #expect(wholeState(resumed) == expected, "\(what)")
    #expect(try iterations(path.appending("result.json")) == (1...6).map { .int($0) }, "\(what)")
    #expect(try rows(path.appending("progress.csv")) == 6, "\(what)")
    let names = try POSIXFileSystem().list(path).map(\.name.string)
    #expect(!names.contains { $0.hasSuffix(".partial") }, "\(what): \(names)")
    // A half dump stays here, because its process is this one and alive.
    let dumps = try POSIXFileSystem().list(path.appending("buffers")).map(\.name.string).filter { !$0.hasPrefix(".") }
    #expect(dumps == ["iteration-000005.msgpack.zst", "iteration-000006.msgpack.zst"], "\(what)")
    #expect(try Checkpoint.open(path).verify().isVerified, "\(what)")
  }

  private func straight() throws -> StateMap {
    try withTemporaryDirectory { path in
      let dqn = try config(path).build(services: testServices())
      for _ in 0..<6 { try dqn.train() }
      return wholeState(dqn)
    }
  }

  @Test func `a run that is killed anywhere goes on from its newest checkpoint as if nothing had happened`() throws {
    let expected = try straight()
    var (restored, number) = (0, 1)
    while true {
      let isOver = try withTemporaryDirectory { path in
        let faulty = FaultInjectingFileSystem(fault: Fault(.failure(.ioError), at: .call(number), .fromThenOn))
        do {
          let dqn = try config(path).build(services: testServices(fileSystem: faulty))
          for _ in 0..<5 { try dqn.train() }
          try dqn.finishWriting()
        } catch {}
        let isOver = faulty.calls.count < number
        faulty.reset()
        guard (try? Checkpoint.open(path)) != nil else { return isOver }
        try goOn(path, expected, "killed at call \(number)")
        restored += 1
        return isOver
      }
      if isOver { break }
      number += 17
    }
    #expect(restored > 10)
  }

  @Test func `a restore that is killed anywhere is made again as if nothing had happened`() throws {
    let expected = try straight()
    var number = 1
    while true {
      let isOver = try withTemporaryDirectory { path in
        do {
          let dqn = try config(path).build(services: testServices())
          for _ in 0..<5 { try dqn.train() }
        }
        let faulty = FaultInjectingFileSystem(fault: Fault(.failure(.ioError), at: .call(number), .fromThenOn))
        let checkpoint = ExperimentLayout(path).checkpoint(2)
        _ = try? DQN.restore(from: checkpoint, services: testServices(fileSystem: faulty))
        let isOver = faulty.calls.count < number
        faulty.reset()
        try goOn(path, expected, "killed at call \(number)")
        return isOver
      }
      if isOver { break }
      number += 11
    }
    #expect(number > 50)
  }
}
