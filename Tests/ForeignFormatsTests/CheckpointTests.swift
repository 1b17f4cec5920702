import FileSystems
import FileSystemsTestSupport
import ForeignFormats
import Foundation
import MessagePack
import SystemPackage
import Testing

@Suite("RLlib's checkpoint directories")
struct CheckpointTests {
  private func open(_ path: FilePath, limits: ForeignLimits = ForeignLimits()) throws -> RLlibCheckpoint {
    guard case .rllibCheckpoint(let checkpoint) = try SavedState.open(path, limits: limits) else {
      throw NotThat(found: "no checkpoint")
    }
    return checkpoint
  }

  /// Hands a copy of the fixture to `body`.
  private func withCopy<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    try withTemporaryDirectory { directory in
      let copy = directory.appending("checkpoint")
      try FileManager.default.copyItem(atPath: Fixtures.checkpoint.string, toPath: copy.string)
      return try body(copy)
    }
  }

  @Test("metadata and every file, sorted, those of the directory itself first")
  func everything() throws {
    let checkpoint = try open(Fixtures.checkpoint)
    #expect(checkpoint.metadata?.rayVersion == "2.60.0" && checkpoint.metadata?.checkpointVersion == "2.1")
    #expect(checkpoint.metadata?.stateFile == "algorithm_state")
    let names = checkpoint.components.map(\.name.string)
    #expect(names.prefix(3) == ["algorithm_state.msgpack", "class_and_ctor_args.pkl", "rllib_checkpoint.json"])
    #expect(names.contains("learner_group/learner/rl_module/default_policy/module_state.msgpack"))
    #expect(checkpoint.components.allSatisfy { $0.byteCount > 0 })
    for component in checkpoint.components {
      switch component.content {
      case .state: #expect(component.name.extension == "msgpack")
      case .pickle: #expect(component.name.extension == "pkl")
      case .metadata: #expect(component.name.extension == "json")
      case .unreadable, .other: Issue.record("\(component.name)")
      }
    }
  }

  @Test("states are what their files hold, tensors and maps with integer keys included")
  func states() throws {
    let states = try open(Fixtures.checkpoint).states
    for (name, value) in states {
      let bytes = try POSIXFileSystem().readAll(Fixtures.checkpoint.pushing(name), limit: 1 << 24)
      #expect(try value == MessagePackReader.value(of: bytes), "\(name)")
    }
    let learner = states.first { $0.name == "learner_group/learner/state.msgpack" }?.value
    let optimizers = try #require(learner?["optimizer"]?.entries)
    let moments = try #require(optimizers.first?.value["state"]?["state"]?.entries)
    #expect(moments.contains { $0.key == .int(0) })
  }

  @Test("pickles are listed and never opened")
  func pickles() throws {
    let fileSystem = FaultInjectingFileSystem()
    _ = try SavedState.open(Fixtures.checkpoint, on: fileSystem)
    let opened = fileSystem.calls.filter { $0.operation == .open }.map(\.path)
    #expect(!opened.isEmpty && opened.allSatisfy { $0.extension != "pkl" } && fileSystem.openFiles.isEmpty)
  }

  @Test("one damaged state is reported, the rest is read")
  func damaged() throws {
    try withCopy { copy in
      let damaged = copy.appending("learner_group/learner/state.msgpack")
      try write([0x81], to: damaged)
      try write(Array("{\"ray_version\": 5}".utf8), to: copy.appending("env_runner/metadata.json"))
      let checkpoint = try open(copy)
      #expect(
        unreadable(checkpoint) == [
          "env_runner/metadata.json: it is not the JSON that RLlib writes",
          "learner_group/learner/state.msgpack: the map at byte 0 announces 1 elements and 0 bytes remain "
            + "for everything still open; the file was cut short or is not MessagePack, fetch it again",
        ])
      #expect(try checkpoint.states.count == open(Fixtures.checkpoint).states.count - 1)
    }
  }

  private func unreadable(_ checkpoint: RLlibCheckpoint) -> [String] {
    checkpoint.components.compactMap {
      if case .unreadable(let reason) = $0.content { "\($0.name): \(reason)" } else { nil }
    }
  }

  @Test(
    "metadata may be any bytes", arguments: ["", "[", "{}", "null", "\u{0}", String(repeating: "[", count: 100_000)])
  func badMetadata(_ text: String) throws {
    try withCopy { copy in
      try write(Array(text.utf8), to: copy.appending("rllib_checkpoint.json"))
      let checkpoint = try open(copy)
      #expect(checkpoint.metadata?.rayVersion == nil)
      #expect(unreadable(checkpoint).count == (text == "{}" ? 0 : 1))
    }
  }

  @Test("links and pipes inside are named and not followed")
  func links() throws {
    try withCopy { copy in
      let secret = copy.removingLastComponent().appending("secret")
      try FileManager.default.createDirectory(atPath: secret.string, withIntermediateDirectories: false)
      try write([0x80], to: secret.appending("state.msgpack"))
      for (link, target) in [("a_link", "secret"), ("b.msgpack", "secret/state.msgpack")] {
        try FileManager.default.createSymbolicLink(
          atPath: copy.appending(link).string, withDestinationPath: "../" + target)
      }
      makeFIFO(copy.appending("c.msgpack"))
      let checkpoint = try open(copy)
      #expect(
        unreadable(checkpoint) == [
          "a_link: it is a symbolic link, which is not read", "b.msgpack: it is a symbolic link, which is not read",
          "c.msgpack: it is a FIFO, which is not read",
        ])
      #expect(try checkpoint.states.count == open(Fixtures.checkpoint).states.count)
    }
  }

  @Test("a directory without a checkpoint is refused, and not searched")
  func notCheckpoints() throws {
    try withTemporaryDirectory { directory in
      #expect(failure(opening: directory) == .notCheckpoint(directory, found: "an empty directory"))
      let inner = directory.appending("inner")
      try FileManager.default.copyItem(atPath: Fixtures.checkpoint.string, toPath: inner.string)
      let fileSystem = FaultInjectingFileSystem()
      #expect(throws: ForeignFormatError.notCheckpoint(directory, found: "a directory without a checkpoint")) {
        _ = try SavedState.open(directory, on: fileSystem)
      }
      // Once to tell what it is, once as a checkpoint of RLlib: nothing below it.
      #expect(fileSystem.operations.filter { $0 == .list }.count == 2)
    }
  }

  @Test("a component is a checkpoint of its own")
  func component() throws {
    let checkpoint = try open(Fixtures.checkpoint.appending("env_runner"))
    #expect(checkpoint.metadata?.stateFile == "state" && !checkpoint.states.isEmpty)
  }

  @Test("a directory with too much in it is refused, however it lies")
  func tooMuch() throws {
    try withTemporaryDirectory { directory in
      try write(Array("{}".utf8), to: directory.appending("metadata.json"))
      let flat = directory.appending("flat")
      try FileManager.default.createDirectory(atPath: flat.string, withIntermediateDirectories: false)
      for number in 0..<10_000 { try write([], to: flat.appending("\(number)")) }
      #expect(failure(opening: directory) == .notCheckpoint(directory, found: "a directory of more than 10000 entries"))
      try FileManager.default.removeItem(atPath: flat.string)
      let deep = directory.appending(Array(repeating: "d", count: 17).joined(separator: "/"))
      try FileManager.default.createDirectory(atPath: deep.string, withIntermediateDirectories: true)
      #expect(failure(opening: directory) == .notCheckpoint(directory, found: "a directory nested deeper than 16"))
    }
  }

  @Test("many states together are bounded as one is")
  func budget() throws {
    try withTemporaryDirectory { directory in
      try write(Array("{}".utf8), to: directory.appending("metadata.json"))
      let state = try MessagePackWriter.bytes(
        of: .map([.init(key: .string("w"), value: .binary([UInt8](repeating: 0, count: 600)))]))
      for name in ["a.msgpack", "b.msgpack"] { try write(state, to: directory.appending(name)) }
      try write(compressed(state), to: directory.appending("c.msgpack"))
      var limits = ForeignLimits()
      limits.checkpointBytes = 2 * state.count
      let checkpoint = try open(directory, limits: limits)
      #expect(checkpoint.states.map(\.name.string) == ["a.msgpack", "b.msgpack"])
      #expect(unreadable(checkpoint).count == 1)
    }
  }
}
