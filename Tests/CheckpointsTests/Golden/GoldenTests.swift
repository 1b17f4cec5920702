import FileSystems
import FileSystemsTestSupport
import Glibc
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import Checkpoints

/// The checkpoint of version 1. `RLBUF_REWRITE_GOLDEN=1` makes it if it is missing; one that is there is never written again.
@Suite(.serialized) struct GoldenTests {
  /// A checkpoint of a prioritized buffer with episodes under way, several segments, and state of every kind.
  private func save(to experiment: ExperimentDirectory) throws -> Checkpoint {
    var buffer = try PrioritiesUnderWay.empty(capacity: 150)
    var generator = PCG64(seed: 5)
    for iteration in [2, 4] {
      for _ in 0..<14 { try buffer.grow(using: &generator) }
      var contents = contents(iteration, buffer.snapshot(), note: "v1, \u{e9}")
      contents.add("env_runner", state: ["generator": generator.state, "nothing": .nil, "bytes": .bytes([0, 255])])
      contents.omit("metrics", because: "they begin anew")
      try experiment.save(contents, options: smallSegments)
    }
    return try Checkpoint.open(experiment.path)
  }

  /// What a checkpoint holds, without what depends on how it was compressed.
  private func truth(_ checkpoint: Checkpoint) throws -> String {
    let manifest = checkpoint.manifest
    var components: StateMap = [:]
    for name in manifest.componentNames { components[StateKey(name)] = .string(try digest(name, of: checkpoint)) }
    let facts: StateValue = [
      "run_id": .string(manifest.runID), "iteration": .integer(manifest.iteration),
      "environment_steps": .integer(manifest.environmentSteps), "exact": .bool(manifest.isExact),
      "results": .map(manifest.results), "configuration": .map(manifest.configuration),
      "provenance": .map(manifest.provenance),
      "omitted": .array(manifest.omitted.map { .string("\($0.name): \($0.because)") }),
      "components": .map(components),
    ]
    return try StateJSON.text(of: facts, layout: .indented) + "\n"
  }

  private func digest(_ name: String, of checkpoint: Checkpoint) throws -> String {
    if name == "replay_buffer" { return StateDigest.sha256(of: try everything(checkpoint.buffer(name))) }
    return StateDigest.sha256(of: try checkpoint.state(name))
  }

  private func make() throws {
    try withTemporaryDirectory { folder in
      let saved = try save(to: ExperimentDirectory.create(at: folder.appending("run")))
      let target = GoldenCheckpoint.folder.appending(GoldenCheckpoint.name)
      for file in ["checkpoint.json"] + saved.manifest.files.map(\.path) {
        try createDirectories(above: target.pushing(FilePath(file)))
        let bytes = try POSIXFileSystem().readAll(saved.path.pushing(FilePath(file)), limit: 1 << 20)
        try POSIXFileSystem().commit(bytes.span, to: target.pushing(FilePath(file)))
      }
      try write(try truth(saved), to: GoldenCheckpoint.folder.appending("checkpoint_000004.json"))
    }
  }

  private func createDirectories(above path: FilePath) throws {
    let directory = path.removingLastComponent()
    guard (try? POSIXFileSystem().status(of: directory)) == nil else { return }
    try createDirectories(above: directory)
    try POSIXFileSystem().createDirectory(directory)
  }

  private func golden() throws -> Checkpoint {
    let path = GoldenCheckpoint.folder.appending(GoldenCheckpoint.name)
    if unsafe getenv("RLBUF_REWRITE_GOLDEN") != nil, (try? POSIXFileSystem().status(of: path)) == nil { try make() }
    return try Checkpoint.open(path)
  }

  @Test func `the checkpoint of version 1 holds what its truth says, and its buffer goes on`() throws {
    let checkpoint = try golden()
    #expect(try checkpoint.verify().isVerified)
    #expect(try truth(checkpoint) == text(GoldenCheckpoint.folder.appending("checkpoint_000004.json")))
    let saved = try checkpoint.buffer("replay_buffer")
    #expect(checkpoint.manifest.component("replay_buffer").map { $0.paths.count > 2 } == true, "several segments")
    var buffer = try PrioritizedEpisodeReplayBuffer(contents: saved)
    try buffer.checkInvariants()
    #expect(try everything(buffer.snapshot()) == everything(saved))
    _ = try buffer.sample(count: 5)
  }

  @Test func `the checkpoint that is written today is read as the one of version 1`() throws {
    try withTemporaryDirectory { folder in
      let saved = try save(to: ExperimentDirectory.create(at: folder.appending("run")))
      #expect(try truth(saved) == truth(golden()))
    }
  }
}
