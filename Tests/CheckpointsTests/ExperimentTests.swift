import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("An experiment has one writer and goes back without losing anything")
struct ExperimentTests {
  private let fileSystem = POSIXFileSystem()

  @Test func `a second writer is refused at once and told who the first is`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      var first: ExperimentDirectory? = try ExperimentDirectory.create(at: path)
      try first?.save(plainContents(1))
      #expect {
        try ExperimentDirectory.open(at: path)
      } throws: {
        guard case .locked(path, let holder?)? = $0 as? CheckpointError else { return false }
        return holder.contains("process ") && holder.contains(" on ")
      }
      first = nil
      let second = try ExperimentDirectory.open(at: path)
      try second.save(plainContents(2))
    }
  }

  @Test(arguments: ["params.json", "result.json", "progress.csv"])
  func `a new run is not written into an experiment`(file: String) throws {
    try withTemporaryDirectory { folder in
      try write("{}", to: folder.appending(file))
      #expect(throws: CheckpointError.experimentExists(folder, found: file)) {
        try ExperimentDirectory.create(at: folder)
      }
      #expect(try tree(folder).keys.sorted() == [file])
    }
  }

  @Test(arguments: ["checkpoint_000003", "buffers", "segments"])
  func `a new run is not written beside checkpoints or dumps`(directory: String) throws {
    try withTemporaryDirectory { folder in
      try fileSystem.createDirectory(folder.appending(directory))
      #expect(throws: CheckpointError.experimentExists(folder, found: directory)) {
        try ExperimentDirectory.create(at: folder)
      }
    }
  }

  @Test func `dumps that the run itself wrote are no reason to refuse a directory, anything else is`() throws {
    try withTemporaryDirectory { folder in
      try fileSystem.createDirectory(folder.appending("buffers"))
      try write("{}", to: folder.appending("result.json"))
      #expect(throws: CheckpointError.experimentExists(folder, found: "result.json")) {
        try ExperimentDirectory.create(at: folder, hasDumps: true)
      }
      try fileSystem.unlink(folder.appending("result.json"))
      try ExperimentDirectory.create(at: folder, hasDumps: true).save(plainContents(1))
    }
  }

  @Test func `segments are shared across a checkpoint without the buffer`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      let buffer = try grown(ReplayBuffer.self)
      let first = try experiment.save(contents(1, buffer.snapshot()), options: smallSegments)
      try experiment.save(plainContents(2))
      let third = try experiment.save(contents(3, buffer.snapshot()), options: smallSegments)
      #expect(third.segmentsReused == first.segmentsWritten && third.segmentsWritten == 0)
    }
  }

  @Test func `what is no experiment is not opened`() throws {
    try withTemporaryDirectory { folder in
      #expect(throws: CheckpointError.notExperiment(folder)) { try ExperimentDirectory.open(at: folder) }
      #expect(throws: CheckpointError.notExperiment(folder)) { try Checkpoint.open(folder) }
      let missing = folder.appending("missing")
      #expect(throws: CheckpointError.notExperiment(missing)) { try ExperimentDirectory.open(at: missing) }
      #expect(throws: CheckpointError.notExperiment(missing)) { try Checkpoint.open(missing) }
      let empty = try ExperimentDirectory.create(at: folder.appending("new"))
      #expect(throws: CheckpointError.noCheckpoint(empty.path, skipped: [])) { try Checkpoint.open(empty.path) }
    }
  }

  @Test func `an iteration is saved once, and never behind a later one`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      try experiment.save(plainContents(3))
      let before = try tree(experiment.path)
      #expect(throws: CheckpointError.iterationExists(experiment.layout.checkpoint(3), iteration: 3)) {
        try experiment.save(plainContents(3))
      }
      #expect(throws: CheckpointError.notRewound(experiment.path, iteration: 2, newest: 3)) {
        try experiment.save(plainContents(2))
      }
      #expect(try tree(experiment.path) == before)
    }
  }

  @Test(
    arguments: [
      ("", "the name is empty"), ("../out", "the name starts with \".\""), ("/etc", "the name is empty"),
      ("a//b", "the name is empty"), (".hidden", "the name starts with \".\""), ("a\0", "the name contains a NUL byte"),
      ("checkpoint.json", "a file of the checkpoint has this name"), ("learner", "it was added twice"),
    ])
  func `a component's name must be a path of plain names`(name: String, reason: String) throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var contents = plainContents(1)
      contents.add("learner", state: nil)
      contents.add(name, state: nil)
      #expect(throws: CheckpointError.invalidComponentName(name, reason: reason)) { try experiment.save(contents) }
      #expect(try tree(experiment.path).isEmpty)
    }
  }

  @Test func `a tensor in the configuration is refused`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var contents = plainContents(1)
      contents.configuration = ["model": ["weights": .tensor(Tensor(vector: [1, 2 as Float]))]]
      #expect(throws: CheckpointError.notJSON(path: "configuration/model/weights", found: "tensor")) {
        try experiment.save(contents)
      }
      #expect(try tree(experiment.path).isEmpty)
    }
  }

  // MARK: going back

  /// An experiment with checkpoints, dumps and results of iterations 1 to 4.
  private func makeExperiment(_ folder: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()) throws
    -> ExperimentDirectory
  {
    let experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: fileSystem)
    try POSIXFileSystem().createDirectory(experiment.layout.dumps)
    let snapshot = try grown(ReplayBuffer.self).snapshot()
    for iteration in 1...4 {
      try experiment.save(contents(iteration, snapshot), options: smallSegments)
      try write("dump \(iteration)", to: experiment.layout.dump(iteration))
    }
    try write("{}", to: experiment.layout.parameters)
    try write(results(1...4), to: experiment.layout.results)
    try write(progress(1...4), to: experiment.layout.progress)
    return experiment
  }

  private func results(_ iterations: ClosedRange<Int>) -> String {
    iterations.map { "{\"note\": \"a\\nb\", \"training_iteration\": \($0), \"loss\": NaN}\n" }.joined()
  }

  private func progress(_ iterations: ClosedRange<Int>) -> String {
    "note,training_iteration,loss\r\n" + iterations.map { "\"a, \"\"b\"\"\n\",\($0),0.5\r\n" }.joined()
  }

  @Test func `going back moves what is later aside and cuts the results`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder)
      let layout = experiment.layout
      let before = try tree(experiment.path)
      let moved = try experiment.rewind(to: 2)
      let aside = experiment.path.appending("superseded-000002-1")
      #expect(
        Set(moved.map(\.description))
          == Set(
            [
              "checkpoint_000003", "checkpoint_000004", "buffers/iteration-000003.msgpack.zst",
              "buffers/iteration-000004.msgpack.zst", "result.json", "progress.csv",
            ].map { aside.appending($0).description }))
      #expect(try text(layout.results) == results(1...2))
      #expect(try text(layout.progress) == progress(1...2))
      #expect(try text(aside.appending("result.json")) == results(1...4))
      #expect(try text(aside.appending("progress.csv")) == progress(1...4))
      #expect(try text(aside.appending("buffers/iteration-000004.msgpack.zst")) == "dump 4")
      #expect(try Checkpoint.open(experiment.path).manifest.iteration == 2)
      #expect(try Checkpoint.open(aside.appending("checkpoint_000004")).verify().isVerified)
      // Every byte that was there is there.
      #expect(Set(before.values).isSubset(of: Set(try tree(experiment.path).values)))
      #expect(try experiment.rewind(to: 2).isEmpty)
      // Saving goes on, and the next going back takes the next number.
      try experiment.save(contents(3, try grown(ReplayBuffer.self).snapshot()), options: smallSegments)
      try experiment.rewind(to: 2)
      #expect(try fileSystem.status(of: experiment.path.appending("superseded-000002-2")).kind == .directory)
      #expect(try Checkpoint.open(aside.appending("checkpoint_000003")).verify().isVerified)
    }
  }

  @Test func `a torn last line is moved aside even if nothing is later`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder)
      let layout = experiment.layout
      let torn = "{\"training_iteration\": 5, \"lo"
      try write(results(1...4) + torn, to: layout.results)
      try write(progress(1...4) + "\"a,5", to: layout.progress)
      let moved = try experiment.rewind(to: 4)
      #expect(moved.count == 2)
      #expect(try text(layout.results) == results(1...4))
      #expect(try text(layout.progress) == progress(1...4))
      #expect(try text(moved[0]) == results(1...4) + torn)
      #expect(try experiment.rewind(to: 4).isEmpty)
    }
  }

  @Test func `a table without the column cannot be cut, and nothing is moved`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder)
      try write("a,b\n1,2\n", to: experiment.layout.progress)
      let before = try tree(experiment.path)
      #expect(
        throws: CheckpointError.invalidResults(
          experiment.layout.progress, reason: "its header has no column training_iteration")
      ) { try experiment.rewind(to: 1) }
      #expect(try tree(experiment.path) == before)
    }
  }

  @Test func `going back that fails anywhere loses nothing and is finished by going back again`() throws {
    try withTemporaryDirectory { folder in
      let faulty = FaultInjectingFileSystem()
      let experiment = try makeExperiment(folder, on: faulty)
      let original = Set(try tree(experiment.path).values)
      var (failed, number) = (0, 1)
      while true {
        faulty.reset(fault: Fault(.failure(.ioError), at: .call(number)))
        let isDone: Bool
        do {
          try experiment.rewind(to: 1)
          isDone = faulty.calls.count < number
        } catch {
          failed += 1
          isDone = false
        }
        faulty.reset()
        #expect(original.isSubset(of: Set(try tree(experiment.path).values)), "call \(number)")
        if isDone { break }
        // As long as it has not succeeded the newest that is left is complete.
        #expect(try Checkpoint.open(experiment.path).verify().isVerified, "call \(number)")
        try experiment.rewind(to: 1)
        #expect(try Checkpoint.open(experiment.path).manifest.iteration == 1)
        #expect(try text(experiment.layout.results) == results(1...1))
        #expect(try text(experiment.layout.progress) == progress(1...1))
        try restore(experiment)
        number += 1
      }
      #expect(failed > 20)
    }
  }

  /// Puts everything back that was moved aside.
  private func restore(_ experiment: ExperimentDirectory) throws {
    for entry in try fileSystem.list(experiment.path) where entry.name.string.hasPrefix("superseded-") {
      let aside = ExperimentLayout(experiment.path.appending(entry.name))
      for iteration in 2...4 {
        try? fileSystem.rename(
          aside.checkpoint(iteration), to: experiment.layout.checkpoint(iteration), mode: .noReplace)
        try? fileSystem.rename(aside.dump(iteration), to: experiment.layout.dump(iteration), mode: .noReplace)
      }
      try fileSystem.removeTree(aside.directory)
    }
    try write(results(1...4), to: experiment.layout.results)
    try write(progress(1...4), to: experiment.layout.progress)
  }

  // MARK: forking

  @Test func `a fork goes on from a checkpoint and leaves the other as it was`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder)
      let before = try tree(experiment.path)
      let checkpoint = try Checkpoint.open(experiment.layout.checkpoint(2))
      let fork = try ExperimentDirectory.fork(checkpoint, into: folder.appending("deep/fork"))
      #expect(try tree(experiment.path) == before)
      #expect(try text(fork.layout.results) == results(1...2))
      #expect(try text(fork.layout.progress) == progress(1...2))
      #expect(try text(fork.layout.parameters) == "{}")
      let copy = try Checkpoint.open(fork.path)
      #expect(copy.manifest == checkpoint.manifest)
      #expect(try copy.verify().isVerified)
      #expect(try everything(copy.buffer("replay_buffer")) == everything(checkpoint.buffer("replay_buffer")))
      let saved = try fork.save(contents(3, try grown(ReplayBuffer.self).snapshot()), options: smallSegments)
      #expect(saved.segmentsWritten == 0 && saved.segmentsReused > 2)
      #expect(throws: CheckpointError.experimentExists(fork.path, found: "checkpoint_000002")) {
        try ExperimentDirectory.fork(checkpoint, into: fork.path)
      }
    }
  }

  @Test func `a fork of a checkpoint without its buffer takes the dump along`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder)
      var contents = plainContents(9)
      contents.omit("replay_buffer", because: "asked for")
      try experiment.save(contents)
      let fork = try ExperimentDirectory.fork(try Checkpoint.open(experiment.path), into: folder.appending("fork"))
      #expect(try text(fork.layout.dump(4)) == "dump 4")
    }
  }

  @Test func `a fork of a damaged checkpoint leaves nothing`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder)
      let checkpoint = try Checkpoint.open(experiment.path)
      let file = checkpoint.path.appending("algorithm_state.msgpack.zst")
      var bytes = try fileSystem.readAll(file, limit: 1 << 20)
      bytes[20] ^= 1
      try fileSystem.commit(bytes.span, to: file)
      #expect(throws: CheckpointError.self) {
        try ExperimentDirectory.fork(checkpoint, into: folder.appending("fork"))
      }
      #expect(throws: FileSystemError.self) { try fileSystem.status(of: folder.appending("fork")) }
    }
  }
}
