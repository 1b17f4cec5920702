import FileSystems
import FileSystemsTestSupport
import SystemPackage
import Testing

@Suite("A simulated file system answers as the real one")
struct SimulatedFileSystemTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `random calls have the same results and the same errors`(seed: UInt64) throws {
    try withTemporaryDirectory { directory in
      var generator = SplitMix64(state: seed)
      var real = CallPlayer(posix, in: directory)
      let simulation = SimulatedFileSystem()
      try simulation.createDirectory("/run", permissions: .ownerReadWriteExecute)
      var simulated = CallPlayer(simulation, in: "/run")
      for number in 0..<400 {
        let step = CallPlayer.Step(using: &generator)
        let (first, second) = (real.play(step), simulated.play(step))
        try #require(first == second, "seed \(seed), call \(number): \(step)")
      }
      real.closeAll()
      simulated.closeAll()
      #expect(simulation.openCount == 0)
      #expect(try real.tree(directory) == simulated.tree("/run"), "seed \(seed)")
    }
  }

  @Test func `the random calls succeed and fail in every way there is`() throws {
    var answers: [String: Int] = [:]
    for seed in 1...40 as ClosedRange<UInt64> {
      var generator = SplitMix64(state: seed)
      let simulation = SimulatedFileSystem()
      try simulation.createDirectory("/run", permissions: .ownerReadWriteExecute)
      var player = CallPlayer(simulation, in: "/run")
      for _ in 0..<400 {
        let answer = player.play(CallPlayer.Step(using: &generator))
        answers[answer.hasPrefix("error") ? answer : "success", default: 0] += 1
      }
    }
    #expect(answers["success", default: 0] > 4_000)
    for code in [
      Errno.noSuchFileOrDirectory, .notDirectory, .fileExists, .isDirectory, .directoryNotEmpty, .invalidArgument,
      .notPermitted, .badFileDescriptor,
    ] {
      #expect(answers.keys.contains { $0.contains("(\(code))") }, "\(code)")
    }
    for reason in ["locked", "notRegular"] { #expect(answers.keys.contains { $0.contains(reason) }, "\(reason)") }
  }

  @Test func `names that are too long, the empty path and files that are closed are errors`() {
    let simulation = SimulatedFileSystem()
    let long = FilePath("/" + String(repeating: "x", count: 256))
    #expect(failure { () throws(FileSystemError) in try simulation.create(long) }?.code == .fileNameTooLong)
    #expect(failure { () throws(FileSystemError) in try simulation.create("") }?.code == .noSuchFileOrDirectory)
    #expect(failure { () throws(FileSystemError) in try simulation.create("/") }?.code == .fileExists)
    let closed = OpenFile(number: 99, path: "/a")
    #expect(failure { () throws(FileSystemError) in try simulation.close(closed) }?.code == .badFileDescriptor)
  }

  @Test func `interruptions and short writes in front of it are dealt with`() throws {
    let faults = [Fault(.failure(.interrupted), at: .call(2)), Fault(.short(3), at: .call(1), .fromThenOn)]
    for fault in faults {
      let simulation = SimulatedFileSystem()
      try FaultInjectingFileSystem(simulation, fault: fault).commit(bytes("transition").span, to: "/a")
      #expect(try simulation.readAll("/a", limit: 100) == bytes("transition"))
      #expect(simulation.openCount == 0)
    }
  }
}
