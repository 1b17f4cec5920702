import Algorithms
import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing

@testable import Training

/// TensorBoard's event files of a run.
@Suite struct EventFileTests {
  private func names(_ path: FilePath) throws -> [String] {
    try POSIXFileSystem().list(path).map(\.name.string).filter { $0.hasPrefix("events.out.tfevents.") }
  }

  private func bytes(_ path: FilePath, _ name: String) throws -> [UInt8] {
    try POSIXFileSystem().readAll(path.appending(name), limit: 1 << 24)
  }

  @Test func `a run writes one file, also after it was saved from outside`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      let dqn = try smallConfig().experiment(path).build(services: testServices())
      try dqn.train()
      let one = try bytes(path, "events.out.tfevents.1700000000.test").count
      try dqn.save(to: path)
      try dqn.train()
      #expect(try names(path) == ["events.out.tfevents.1700000000.test"])
      #expect(try bytes(path, "events.out.tfevents.1700000000.test").count > one * 3 / 2)
    }
  }

  @Test func `a restore leaves the file as it is and begins another that takes TensorBoard back`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      let steps: Int
      do {
        let dqn = try smallConfig().experiment(path).build(services: testServices())
        try dqn.train()
        steps = dqn.environmentSteps
        try dqn.save(to: path)
        try dqn.train()
      }
      let before = try bytes(path, "events.out.tfevents.1700000000.test")
      let resumed = try DQN.restore(from: path.appending("checkpoint_000001"), services: testServices())
      let time = 1_700_000_000.0
      let head =
        EventRecord.framed(Event(wallTime: time, step: 0, contents: .fileVersion).bytes)
        + EventRecord.framed(Event(wallTime: time, step: Int64(steps) + 1, contents: .sessionStart).bytes)
      let second = "events.out.tfevents.1700000001.test"
      #expect(try names(path) == ["events.out.tfevents.1700000000.test"])
      try resumed.train()
      #expect(try bytes(path, second).count > head.count && bytes(path, second).starts(with: head))
      #expect(try names(path) == ["events.out.tfevents.1700000000.test", second])
      #expect(try bytes(path, "events.out.tfevents.1700000000.test") == before)
    }
  }

  @Test func `a fork has event files of its own, and a run that wants none has none`() throws {
    try withTemporaryDirectory { directory in
      let (path, fork) = (directory.appending("run"), directory.appending("fork"))
      var services = testServices()
      services.writesEventFiles = false
      let dqn = try smallConfig().experiment(path).build(services: services)
      try dqn.train()
      try dqn.save(to: path)
      #expect(try names(path) == [])
      var options = RestoreOptions()
      options.destination = .fork(fork)
      let forked = try DQN.restore(from: path, options: options, services: testServices())
      try forked.train()
      #expect(try names(fork) == ["events.out.tfevents.1700000000.test"])
      #expect(try names(path) == [])
    }
  }
}
