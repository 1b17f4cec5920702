import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import Synchronization
import SystemPackage
import Testing

@testable import Checkpoints

@Suite("A call that fails costs nothing that was there before")
struct FaultSweepTests {
  /// What is done while a call fails.
  enum Work: CaseIterable {
    case save, saveAndPrune, rewind, open

    /// The checkpoints that must be there afterwards.
    var required: Set<Int> { self == .saveAndPrune ? [2] : [1, 2] }
  }

  /// How a call may go wrong.
  private static let effects: [Fault.Effect] = [
    .failure(.noSpace), .failure(.ioError), .failure(.diskQuotaExceeded), .failure(.readOnlyFileSystem),
    .failure(.interrupted), .short(3), .short(0),
  ]

  private let truth: [Int: String]
  private let disk: SimulatedFileSystem
  private let buffer: BufferSnapshot

  /// An experiment with two checkpoints, results, and what a killed save left.
  init() throws {
    buffer = try grown(ReplayBuffer.self, times: 5).snapshot()
    disk = SimulatedFileSystem()
    try disk.createDirectory(ExperimentStore.folder)
    var timeline = Timeline(disk)
    let experiment = try ExperimentDirectory.create(at: ExperimentStore.path, on: disk)
    for iteration in 1...2 { try timeline.save(contents(iteration, buffer), to: experiment) }
    try disk.commit(
      Array("{\"training_iteration\": 1}\n{\"training_iteration\": 2}\n".utf8).span, to: experiment.layout.results)
    let litter = experiment.path.appending(".checkpoint_000003.77-0.partial")
    for directory in [litter, litter.appending("replay_buffer")] { try disk.createDirectory(directory) }
    try disk.commit([1].span, to: litter.appending("replay_buffer/state.msgpack.zst"))
    try disk.commit([1].span, to: experiment.layout.segments.appending(".segment0.77-0.partial"))
    var truth = timeline.truth
    truth[3] = try ExperimentStore.digest(of: contents(3, buffer))
    self.truth = truth
  }

  /// What came of one fault.
  private struct Outcome {
    var error: CheckpointError?
    var callCount = 0
    var violations: [String] = []
  }

  /// Does some work on a copy of a disk with a fault, saves with the fault gone, then looks as the next process does.
  private func outcome(of work: Work, _ fault: Fault?, on disk: SimulatedFileSystem) throws -> Outcome {
    let simulation = disk.stopped()
    let fileSystem = FaultInjectingFileSystem(simulation)
    var outcome = Outcome()
    try attempt(work, fault, on: fileSystem, &outcome)
    if !fileSystem.openFiles.isEmpty || simulation.openCount > 0 {
      outcome.violations.append("left open: \(fileSystem.openFiles.map(\.path))")
    }
    let checker = PowerLossChecker(store: ExperimentStore(next: buffer), truth: truth)
    outcome.violations += checker.violations(in: simulation, required: work == .rewind ? [1] : work.required)
    return outcome
  }

  private func attempt(
    _ work: Work, _ fault: Fault?, on fileSystem: FaultInjectingFileSystem, _ outcome: inout Outcome
  ) throws {
    var experiment: ExperimentDirectory?
    if work != .open { experiment = try ExperimentDirectory.open(at: ExperimentStore.path, on: fileSystem) }
    fileSystem.reset(fault: fault)
    do throws(CheckpointError) {
      switch work {
      case .save: try experiment?.save(contents(3, buffer), options: smallSegments)
      case .saveAndPrune:
        try experiment?.save(contents(3, buffer), options: smallSegments)
        try experiment?.prune(Retention(last: 2))
      case .rewind: try experiment?.rewind(to: 1)
      case .open: experiment = try ExperimentDirectory.open(at: ExperimentStore.path, on: fileSystem)
      }
    } catch {
      outcome.error = error
      if error.description.isEmpty { outcome.violations.append("an error without a text") }
    }
    outcome.callCount = fileSystem.calls.count
    fileSystem.reset()
    guard let experiment, fault?.duration != .fromThenOn else { return }
    do { try experiment.save(contents(4, buffer), options: smallSegments) } catch {
      outcome.violations.append("the same process cannot save with the fault gone: \(error)")
    }
    // The pool and the directory have nothing that was left over from the failure.
    let litter = try fileSystem.list(experiment.path).map(\.name.string).filter { $0.hasPrefix(".") }
    let pool = try fileSystem.list(experiment.layout.segments).map(\.name.string).filter { $0.hasPrefix(".") }
    if work != .open || outcome.error == nil { outcome.violations += (litter + pool).map { "litter: \($0)" } }
    try fileSystem.removeTree(experiment.layout.checkpoint(4))
  }

  @Test(arguments: Work.allCases) func `each call fails once, and from then on`(_ work: Work) throws {
    var (failed, harmless, count) = (0, 0, 0)
    let callCount = try outcome(of: work, nil, on: disk).callCount
    // The calls of the save before pruning are those of a save.
    let first = work == .saveAndPrune ? try outcome(of: .save, nil, on: disk).callCount : 1
    for number in first...callCount {
      for (index, effect) in Self.effects.enumerated() {
        // What lasts is tried at every call with one effect or another.
        let durations: [Fault.Duration] = (number + index) % 3 == 0 ? [.once, .fromThenOn] : [.once]
        for duration in durations {
          let found = try outcome(of: work, Fault(effect, at: .call(number), duration), on: disk)
          let place = "call \(number), \(effect), \(duration)"
          try #require(found.violations.prefix(3) == [], "\(work), \(place)")
          // Nobody notices an interruption or a short write.
          if duration == .once, effect == .failure(.interrupted) || effect == .short(3) {
            try #require(found.error == nil, "\(work), \(place)")
          }
          if found.error == nil { harmless += 1 } else { failed += 1 }
          count += 1
        }
      }
    }
    print("faults, \(work): \(callCount) calls, \(count) faults, \(failed) errors, \(harmless) without one")
    #expect(failed > 70 && harmless > 70)
  }

  @Test func `a call fails while what an earlier failure left is cleaned up`() throws {
    let saveCalls = try outcome(of: .save, nil, on: disk).callCount
    var pairs = 0
    for first in stride(from: 2, through: saveCalls, by: 8) {
      let broken = disk.stopped()
      let fileSystem = FaultInjectingFileSystem(broken)
      var outcome = Outcome()
      try attempt(.save, Fault(.failure(.ioError), at: .call(first), .fromThenOn), on: fileSystem, &outcome)
      let openCalls = try self.outcome(of: .open, nil, on: broken).callCount
      for second in 1...openCalls {
        for effect in Self.effects {
          let fault = Fault(effect, at: .call(second), second % 2 == 0 ? .once : .fromThenOn)
          let found = try self.outcome(of: .open, fault, on: broken)
          try #require(found.violations.prefix(3) == [], "save call \(first), then open call \(second), \(effect)")
          pairs += 1
        }
      }
    }
    print("faults, one after another: \(pairs) pairs")
    #expect(pairs > 500)
  }

  @Test func `a recovery of a file that fails leaves the damaged file and no litter`() throws {
    let simulation = SimulatedFileSystem()
    try BufferFileWriter.write(buffer, to: "/dump.msgpack.zst", on: simulation)
    let bytes = try simulation.readAll("/dump.msgpack.zst", limit: 1 << 20)
    let damaged = Array(bytes.dropLast(40))
    try simulation.commit(damaged.span, to: "/damaged.msgpack.zst")
    let counter = FaultInjectingFileSystem(simulation.stopped())
    try BufferFile.recover("/damaged.msgpack.zst", to: "/new.msgpack.zst", on: counter)
    let whole = try counter.readAll("/new.msgpack.zst", limit: 1 << 20)
    var failed = 0
    for number in 1...counter.calls.count {
      for effect in Self.effects {
        let disk = simulation.stopped()
        let fileSystem = FaultInjectingFileSystem(disk, fault: Fault(effect, at: .call(number)))
        let result = Result { try BufferFile.recover("/damaged.msgpack.zst", to: "/new.msgpack.zst", on: fileSystem) }
        if case .failure(let error) = result {
          try #require(error is BufferFileError, "call \(number), \(effect): \(error)")
          failed += 1
        }
        try #require(fileSystem.openFiles.isEmpty && disk.openCount == 0, "call \(number), \(effect)")
        let names = try disk.list("/").map(\.name.string)
        try #require(!names.contains { $0.hasPrefix(".") }, "call \(number), \(effect): \(names)")
        try #require(try disk.readAll("/damaged.msgpack.zst", limit: 1 << 20) == damaged)
        if names.contains("new.msgpack.zst") {
          try #require(try BufferFile.verify("/new.msgpack.zst", on: disk).isSound, "call \(number), \(effect)")
        }
        if effect == .failure(.interrupted) { try #require((try? result.get()) != nil, "call \(number)") }
      }
    }
    #expect(failed > 50 && !whole.isEmpty)
  }
}
