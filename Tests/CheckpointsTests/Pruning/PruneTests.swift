import BufferFiles
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("Pruning deletes what retention does not keep, and nothing else")
struct PruneTests {
  private let fileSystem = POSIXFileSystem()

  /// An experiment with a checkpoint of each iteration, whose replay buffer turns over.
  private func makeExperiment(
    _ folder: FilePath, _ iterations: some Sequence<Int>, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws -> ExperimentDirectory {
    let experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: fileSystem)
    var buffer = try grown(ReplayBuffer.self)
    var generator = PCG64(seed: 3)
    for iteration in iterations {
      try experiment.save(contents(iteration, buffer.snapshot()), options: smallSegments)
      for _ in 0..<4 { try buffer.grow(using: &generator) }
    }
    return experiment
  }

  private func checkpoints(_ experiment: ExperimentDirectory) throws -> [Int] {
    try ExperimentListing.of(experiment.path).checkpoints.map(\.iteration)
  }

  /// The bytes of the files below a directory, each counted once.
  private func diskBytes(_ directory: FilePath) throws -> Int {
    var seen: Set<UInt64> = []
    func visit(_ directory: FilePath) throws -> Int {
      try fileSystem.list(directory).reduce(0) { sum, entry in
        let path = directory.appending(entry.name)
        if entry.kind == .directory { return sum + (try visit(path)) }
        let status = try fileSystem.status(of: path)
        let isNew =
          seen.insert(status.inode).inserted && !["experiment.lock", "verified.json"].contains(entry.name.string)
        return sum + (isNew ? Int(status.byteCount) : 0)
      }
    }
    return try visit(directory)
  }

  @Test func `the last ones stay, the others go with the segments that only they had`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder, [1, 2, 9, 10, 11, 100])
      let pool = try fileSystem.list(experiment.layout.segments).count
      let before = try diskBytes(experiment.path)
      let planned = try ExperimentDirectory.planPruning(at: experiment.path, Retention(last: 2))
      #expect(try diskBytes(experiment.path) == before && checkpoints(experiment).count == 6)
      let report = try experiment.prune(Retention(last: 2))
      #expect(try checkpoints(experiment) == [11, 100])
      #expect(report.entries == planned.entries)
      #expect(report.checkpoints.map(\.goes) == [true, true, true, true, false, false])
      #expect(report.checkpoints[5].reasons == [.newest, .last] && report.checkpoints[4].reasons == [.last])
      #expect(try report.freedBytes == before - diskBytes(experiment.path))
      #expect(report.segmentsRemoved > 0 && report.warnings.isEmpty)
      #expect(try fileSystem.list(experiment.layout.segments).count == pool - report.segmentsRemoved)
      for iteration in [11, 100] {
        #expect(try Checkpoint.open(experiment.layout.checkpoint(iteration)).verify().isVerified)
      }
      #expect(try experiment.prune(Retention(last: 2)).isEmpty)
      // Saving goes on and shares what is left.
      let saved = try experiment.save(contents(101, try grown(ReplayBuffer.self).snapshot()), options: smallSegments)
      #expect(saved.warnings.isEmpty)
    }
  }

  @Test func `the best by a nested result stay, missing and NaN never count`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      let values: [StateValue] = [3, .double(.nan), 9.5, .nil, 1, .int(9), "high"]
      for (index, value) in values.enumerated() {
        var contents = plainContents(index + 1)
        contents.results = ["env_runners": ["episode_return_mean": value]]
        try experiment.save(contents)
      }
      let metric = "env_runners/episode_return_mean"
      let low = Retention(best: .init(1, metric: metric, mode: .min))
      let plan = try ExperimentDirectory.planPruning(at: experiment.path, low)
      #expect(plan.checkpoints.map(\.metric) == [3, nil, 9.5, nil, 1, 9, nil])
      #expect(plan.checkpoints.filter { !$0.goes }.map(\.iteration) == [5, 7])
      let report = try experiment.prune(Retention(best: .init(2, metric: metric)))
      #expect(try checkpoints(experiment) == [3, 6, 7])
      #expect(report.checkpoints.filter { !$0.goes }.map(\.reasons) == [[.best(9.5)], [.best(9)], [.newest]])
      let wrong = Retention(best: .init(1, metric: "episode_reward_mean"))
      #expect(throws: CheckpointError.unknownMetric(experiment.path, name: "episode_reward_mean", known: [])) {
        try experiment.prune(wrong)
      }
    }
  }

  @Test func `what is not this run's, or holds a stranger's file, is left alone`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder, 1...6)
      let (path, layout) = (experiment.path, experiment.layout)
      try write("mine", to: path.appending("notes.txt"))
      try fileSystem.createDirectory(path.appending("checkpoint_7"))
      try write("mine", to: path.appending("checkpoint_7/file"))
      try fileSystem.createDirectory(layout.checkpoint(3).appending("plots"))
      try write("mine", to: layout.checkpoint(3).appending("plots/a.png"))
      #expect(symlinkAt(layout.checkpoint(1), path.appending("checkpoint_000099")))
      // A checkpoint of another run, put there by hand.
      let other = try ExperimentDirectory.create(at: folder.appending("other"))
      var strange = plainContents(2)
      strange.runID = "another"
      try other.save(strange)
      try fileSystem.removeTree(layout.checkpoint(2))
      try fileSystem.rename(other.layout.checkpoint(2), to: layout.checkpoint(2), mode: .noReplace)
      // One that was torn, and a directory that only has the name.
      try fileSystem.unlink(layout.checkpoint(4).appending("algorithm_state.msgpack.zst"))
      try fileSystem.createDirectory(layout.checkpoint(5).appending(".git"))
      let report = try experiment.prune(Retention(last: 1))
      #expect(
        report.checkpoints.map(\.reasons) == [
          [], [.foreign("it is of the run another")], [.foreign("plots/a.png is not of the checkpoint")],
          [.damaged("algorithm_state.msgpack.zst: it is missing")], [], [.newest, .last],
        ])
      #expect(try checkpoints(experiment) == [2, 3, 4, 6])
      #expect(try text(path.appending("notes.txt")) == "mine" && text(path.appending("checkpoint_7/file")) == "mine")
      #expect(try fileSystem.status(of: path.appending("checkpoint_000099")).kind == .link)
      for iteration in [3, 6] { #expect(try Checkpoint.open(layout.checkpoint(iteration)).verify().isVerified) }
    }
  }

  // MARK: verified once

  @Test func `a verified checkpoint is counted without being read again, a changed one is read`() throws {
    try withTemporaryDirectory { folder in
      let counting = FaultInjectingFileSystem()
      let experiment = try makeExperiment(folder, 1...4, on: counting)
      for iteration in 1...4 { #expect(try experiment.verify(iteration).isVerified) }
      func bytesRead(_ retention: Retention) throws -> (Int64, [FilePath]) {
        counting.reset()
        let report = try experiment.prune(retention)
        return (counting.bytesRead, report.verified)
      }
      let size = Int64(try Checkpoint.open(experiment.path).manifest.byteCount)
      let (read, verified) = try bytesRead(Retention(last: 3))
      #expect(verified.isEmpty && read < size)
      // A manifest that says the same in other bytes is another one.
      let manifest = experiment.layout.checkpoint(3).appending("checkpoint.json")
      let other = try text(manifest).replacing("{\n", with: "{\n ", maxReplacements: 1)
      try write(ManifestSeal.resealed(other), to: manifest)
      let (readAgain, verifiedAgain) = try bytesRead(Retention(last: 3))
      #expect(verifiedAgain == [experiment.layout.checkpoint(3)] && readAgain > size)
      #expect(try bytesRead(Retention(last: 3)).1.isEmpty)
      let names = try StateJSON.value(of: Array(text(experiment.layout.verified).utf8))["checkpoints"]
      guard case .map(let map)? = names else { return #expect(Bool(false)) }
      // Of what was pruned nothing is recorded any more.
      #expect(Set(map.keys.map(\.string)) == ["checkpoint_000002", "checkpoint_000003", "checkpoint_000004"])
    }
  }

  @Test(arguments: [false, true])
  func `a damaged checkpoint does not count, so that the one before it stays`(isVerifiedBefore: Bool) throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder, 1...4)
      for iteration in isVerifiedBefore ? [1, 2, 3] : [] { try experiment.verify(iteration) }
      let file = experiment.layout.checkpoint(4).appending("learner_group/learner/state.msgpack.zst")
      var bytes = try fileSystem.readAll(file, limit: 1 << 20)
      bytes[30] ^= 1
      try fileSystem.commit(bytes.span, to: file)
      let report = try experiment.prune(Retention(last: 2))
      #expect(try checkpoints(experiment) == [2, 3, 4])
      #expect(report.checkpoints[2].reasons == [.newest, .last] && report.checkpoints[1].reasons == [.last])
      guard case .damaged(let reason)? = report.checkpoints[3].reasons.first else { return #expect(Bool(false)) }
      #expect(reason.hasPrefix("learner_group/learner/state.msgpack.zst: its SHA-256 is "))
      #expect(report.verified.count == (isVerifiedBefore ? 1 : 3))
      #expect(try !experiment.verify(4).isVerified)
    }
  }

  @Test(arguments: ["", "{", "[]", "{\"format\": \"rlbuf-verified\", \"version\": 2, \"checkpoints\": {}}"])
  func `records that cannot be read are as none, and a planned pruning writes none`(text: String) throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder, 1...3)
      try write(text, to: experiment.layout.verified)
      let before = try tree(experiment.path)
      let planned = try ExperimentDirectory.planPruning(at: experiment.path, Retention(last: 1))
      #expect(planned.verified == [experiment.layout.checkpoint(3)])
      #expect(try tree(experiment.path) == before)
      #expect(try experiment.prune(Retention(last: 1)).verified == [experiment.layout.checkpoint(3)])
      #expect(try experiment.prune(Retention(last: 1)).verified.isEmpty)
    }
  }

  // MARK: dumps and what was superseded

  /// Dumps of a run with results in their metadata.
  private func dump(_ iterations: some Sequence<Int>, run: StateValue = "run", to layout: ExperimentLayout) throws {
    try? fileSystem.createDirectory(layout.dumps)
    let snapshot = try grown(ReplayBuffer.self).snapshot()
    for iteration in iterations {
      try BufferFileWriter.write(
        snapshot, to: layout.dump(iteration), provenance: ["run_id": run],
        metadata: ["score": .integer(iteration % 5)])
    }
  }

  @Test func `dumps go by the same rules, but not those that a checkpoint is restored with`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var contents = plainContents(7)
      contents.omit("replay_buffer", because: "asked for")
      try experiment.save(contents)
      try dump(1...8, to: experiment.layout)
      try dump([9], run: "another", to: experiment.layout)
      try write("no dump", to: experiment.layout.dump(10))
      try write("mine", to: experiment.layout.dumps.appending("notes.txt"))
      let rules = Retention(last: 1, best: .init(1, metric: "score"))
      let report = try experiment.prune(rules, scope: .dumps)
      #expect(report.checkpoints.isEmpty)
      #expect(report.dumps.filter { !$0.goes }.map(\.iteration) == [4, 7, 8, 9, 10])
      #expect(report.dumps[3].reasons == [.best(4)] && report.dumps[6].reasons == [.neededBy(iteration: 7)])
      #expect(report.dumps[8].reasons == [.foreign("it is of the run another")])
      let left = try fileSystem.list(experiment.layout.dumps).map(\.name.string)
      #expect(left.compactMap(ExperimentLayout.iteration(ofDump:)) == [4, 7, 8, 9, 10] && left.contains("notes.txt"))
      #expect(try experiment.prune(rules, scope: .dumps).verified.isEmpty)
      // A dump that was written anew is another one.
      try dump([8], to: experiment.layout)
      #expect(try experiment.verifyDump(8).isSound)
      #expect(try experiment.prune(rules, scope: .dumps).isEmpty)
    }
  }

  @Test func `what was superseded goes only if asked for, and not as long as it may be all there is`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder, 1...4)
      try experiment.rewind(to: 0)
      let aside = experiment.path.appending("superseded-000000-1")
      #expect(
        try experiment.prune(Retention(last: 1), scope: [.superseded]).superseded.map(\.reasons) == [[.lastResort]])
      try experiment.save(plainContents(1))
      let before = try diskBytes(experiment.path)
      #expect(try experiment.prune(Retention(last: 1)).superseded.isEmpty)
      #expect(try diskBytes(experiment.path) == before)
      try write("mine", to: aside.appending("notes.txt"))
      #expect(try experiment.prune(Retention(), scope: [.superseded]).isEmpty)
      try fileSystem.unlink(aside.appending("notes.txt"))
      let report = try experiment.prune(Retention(), scope: [.superseded])
      #expect(report.superseded.map(\.goes) == [true])
      #expect(try report.freedBytes == before - diskBytes(experiment.path))
      #expect(try fileSystem.list(experiment.layout.segments).isEmpty)
      #expect(throws: FileSystemError.self) { try fileSystem.status(of: aside) }
    }
  }

  // MARK: faults

  @Test func `a pruning that fails at any call leaves whole checkpoints, and the next one finishes it`() throws {
    try withTemporaryDirectory { folder in
      let faulty = FaultInjectingFileSystem()
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: faulty)
      let open = faulty.openFiles
      var (iteration, number, failed) = (0, 1, 0)
      var isDone = false
      while !isDone {
        while try checkpoints(experiment).count < 3 {
          iteration += 1
          var contents = plainContents(iteration)
          contents.add("replay_buffer", buffer: try grown(ReplayBuffer.self, times: iteration).snapshot())
          try experiment.save(contents)
        }
        faulty.reset(fault: Fault(.failure(.ioError), at: .call(number)))
        do {
          try experiment.prune(Retention(last: 1), scope: [.checkpoints, .dumps])
          isDone = faulty.calls.count < number
        } catch { failed += 1 }
        faulty.reset()
        #expect(faulty.openFiles == open, "call \(number)")
        let left = try checkpoints(experiment)
        #expect(left.last == iteration && left.count >= 1, "call \(number)")
        for iteration in left {
          #expect(try Checkpoint.open(experiment.layout.checkpoint(iteration)).verify().isVerified, "call \(number)")
        }
        try experiment.prune(Retention(last: 1))
        #expect(try checkpoints(experiment) == left.suffix(1), "call \(number)")
        let names = try fileSystem.list(experiment.path).map(\.name.string)
        #expect(!names.contains { $0.hasSuffix(".partial") }, "call \(number): \(names)")
        number += 1
      }
      #expect(failed > 10)
    }
  }

  @Test func `what a pruning that was killed leaves is seen by nobody and removed by the next writer`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      do {
        let experiment = try makeExperiment(folder, 1...3)
        try experiment.rewind(to: 2)
        for name in ["checkpoint_000001", "superseded-000002-1"] {
          let hidden = try fileSystem.renameToTemporary(path.appending(name))
          #expect(hidden.lastComponent?.string.hasPrefix(".\(name).") == true)
        }
      }
      #expect(try ExperimentListing.of(path).checkpoints.map(\.iteration) == [2])
      #expect(try ExperimentListing.of(path).superseded.isEmpty)
      let experiment = try ExperimentDirectory.open(at: path)
      #expect(try !fileSystem.list(path).contains { $0.name.string.hasSuffix(".partial") })
      try experiment.save(plainContents(3))
      #expect(try Checkpoint.open(path).verify().isVerified)
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `whatever is saved, changed and pruned, the newest and the best that are sound stay`(seed: UInt64) throws {
    try withTemporaryDirectory { folder in
      var generator = PCG64(seed: seed)
      var experiment: ExperimentDirectory? = try ExperimentDirectory.create(at: folder.appending("run"))
      var buffer = try ReplayBuffer.empty(capacity: 300)
      var sound: [Int: Double] = [:]
      for iteration in 1...30 {
        if generator.random() < 0.3 {
          experiment = nil
          experiment = try ExperimentDirectory.open(at: folder.appending("run"))
        }
        let directory = try #require(experiment)
        try buffer.grow(using: &generator)
        var contents = contents(iteration, buffer.snapshot())
        let score = Double(generator.integers(in: 0..<9))
        contents.results = ["score": .double(score)]
        try directory.save(contents, options: smallSegments)
        sound[iteration] = score
        if generator.random() < 0.2 {
          try write("torn", to: directory.layout.checkpoint(iteration).appending("algorithm_state.msgpack.zst"))
          sound[iteration] = nil
        }
        if generator.random() < 0.5 { try directory.verify(iteration) }
        guard generator.random() < 0.5 else { continue }
        try directory.prune(Retention(last: 1 + Int(generator.integers(in: 0..<3)), best: .init(1, metric: "score")))
        let left = Set(try checkpoints(directory))
        if let newest = sound.keys.max() { #expect(left.contains(newest), "seed \(seed), iteration \(iteration)") }
        if let best = sound.values.max() {
          #expect(left.contains { sound[$0] == best }, "seed \(seed), iteration \(iteration)")
        }
        #expect(left.count { sound[$0] != nil } <= 4)
        sound = sound.filter { left.contains($0.key) }
        for iteration in sound.keys {
          let checkpoint = try Checkpoint.open(directory.layout.checkpoint(iteration))
          #expect(try checkpoint.verify().segmentsFromPool.isEmpty && checkpoint.verify().isVerified)
        }
      }
    }
  }
}
