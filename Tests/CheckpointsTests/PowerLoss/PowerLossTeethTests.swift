import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import SystemPackage
import Testing

@testable import Checkpoints

@Suite("Whoever looks for losses finds them where there are some")
struct PowerLossTeethTests {
  /// Two saves, each followed by the deletion of what is older, with sync number `failure` failing.
  private func violations(of mistake: Mistake?, failingSync failure: Int) throws -> [String] {
    let fileSystem = SimulatedFileSystem()
    try fileSystem.createDirectory(ExperimentStore.folder)
    try fileSystem.syncDirectory("/")
    var timeline = Timeline(fileSystem)
    timeline.record()
    fileSystem.failSync(failure)
    let store = SmallStore(mistake: mistake)
    for iteration in [9, 10] {
      timeline.willSave(iteration, store.digest(of: iteration))
      // A save that fails ends the run.
      guard (try? store.save(iteration, on: fileSystem)) != nil else { break }
      timeline.saved(iteration)
      if iteration == 10 { timeline.released(9) }
      guard (try? store.prune(before: iteration, on: fileSystem)) != nil else { break }
    }
    var report = PowerLossReport("\(mistake.map(\.rawValue) ?? "no mistake"), sync \(failure) failing")
    report.check(timeline, with: store, stopsAtFirst: mistake != nil)
    return report.violations
  }

  @Test func `a small protocol without a mistake loses nothing, whichever sync fails`() throws {
    for failure in 0...8 {
      let found = try violations(of: nil, failingSync: failure)
      #expect(found.prefix(3) == [], "sync \(failure)")
    }
  }

  @Test(arguments: Mistake.allCases) func `each mistake is found`(_ mistake: Mistake) throws {
    // A sync that is tried again is a mistake only where one fails.
    let failures = mistake == .syncRetried ? Array(1...8) : [0]
    let found = try failures.flatMap { try violations(of: mistake, failingSync: $0) }
    print("power loss, \(mistake.rawValue): \"\(found.first ?? "nothing found")\"")
    #expect(!found.isEmpty)
  }

  /// What a real save must not forget.
  private static let forgotten: [(String, @Sendable (Call) -> Bool)] = [
    ("files", { $0.operation == .sync }), ("directories", { $0.operation == .syncDirectory }),
    ("the manifest", { $0.operation == .sync && $0.path.lastComponent?.string.contains("checkpoint.json") == true }),
    ("segments", { $0.operation == .sync && $0.path.lastComponent.map { SegmentName.matches($0.string) } == true }),
    ("the experiment's directory", { $0.operation == .syncDirectory && $0.path == ExperimentStore.path }),
    (
      "the directory of a component",
      { $0.operation == .syncDirectory && $0.path.lastComponent?.string == "replay_buffer" }
    ),
  ]

  @Test(arguments: 0..<forgotten.count) func `a real save that forgets to sync something is found`(_ index: Int) throws
  {
    let (name, isForgotten) = Self.forgotten[index]
    let (timeline, next) = try PowerLossScenario.saves(forgetting: isForgotten)
    var report = PowerLossReport(name)
    // What is acknowledged last is enough, and so are a few of the changes at a time.
    report.check(timeline.end, with: ExperimentStore(next: next), limit: 2, stopsAtFirst: true)
    print("power loss, a save that does not sync \(report)")
    #expect(!report.violations.isEmpty)
  }

  @Test(arguments: [FileSystemError.Operation.sync, .syncDirectory])
  func `a real recovery that forgets to sync something is found`(_ operation: FileSystemError.Operation) throws {
    let (timeline, store) = try RecoveryStore.recoveries { $0.operation == operation }
    var report = PowerLossReport("\(operation)")
    report.check(timeline, with: store, stopsAtFirst: true)
    print("power loss, a recovery without \(report.violations.first ?? "a violation")")
    #expect(!report.violations.isEmpty)
  }

  @Test func `a real save whose sync fails is not acknowledged, and what was before it is there`() throws {
    var (failed, number) = (0, 1)
    while true {
      let fileSystem = SimulatedFileSystem()
      try fileSystem.createDirectory(ExperimentStore.folder)
      try fileSystem.syncDirectory("/")
      var timeline = Timeline(fileSystem)
      let experiment = try ExperimentDirectory.create(at: ExperimentStore.path, on: fileSystem)
      let buffer = try grown(ReplayBuffer.self, times: 4)
      try timeline.save(contents(1, buffer.snapshot()), to: experiment)
      timeline.record()
      fileSystem.failSync(number)
      let saved: Void? = try? timeline.save(contents(2, buffer.snapshot()), to: experiment)
      var report = PowerLossReport("sync \(number) failing")
      report.check(timeline.end, with: ExperimentStore(next: buffer.snapshot()), limit: 2)
      #expect(report.violations.prefix(3) == [])
      if saved != nil { break }
      failed += 1
      number += 1
    }
    // Three files of state, the manifest with its directory, and four directories at the end; the segment is there.
    #expect(failed == 9)
  }
}
