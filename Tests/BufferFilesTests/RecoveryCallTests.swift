import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

/// How a recovery treats the files around it.
@Suite struct `Calls of a recovery` {
  @Test(arguments: BufferLayout.allCases)
  func `of a sound file everything comes back`(layout: BufferLayout) throws {
    let sample = try LossySample(layout)
    try withTemporaryDirectory { directory in
      let (bytes, report) = try recovered(sample.bytes, in: directory)
      #expect(report.isComplete && report.evidence == .digests && report.damage == [])
      let (old, new) = (try open(sample.bytes), try open(bytes))
      #expect(try BufferDiff(from: old, to: new).isSame)
      #expect(try new.state() == old.state() && new.header.metadata == old.header.metadata)
    }
  }

  @Test func `index, summary and seek table are made anew without a loss`() throws {
    let sample = try LossySample(.episodes)
    let index = sample.summary.index[0]
    for (place, isComplete) in [(index.offset + index.compressedBytes + 12, true), (sample.bytes.count - 3, true), (index.offset + 12, true)] {
      var bytes = sample.bytes
      bytes[place] ^= 1
      let found = try recovery(bytes)
      #expect(found.report.isComplete == isComplete, "byte \(place): \(found.report)")
      #expect(found.contents?.rowCount == sample.summary.rowCount)
      try sample.check(try #require(found.contents), "byte \(place)")
    }
  }

  @Test func `a file in the way is refused or replaced, and the input never`() throws {
    let sample = try LossySample(.transitions)
    try withTemporaryDirectory { directory in
      _ = try recovered(sample.bytes, in: directory)
      let (input, output) = (directory.appending("damaged.msgpack.zst"), directory.appending("sound.msgpack.zst"))
      #expect(failure { try BufferFile.recover(input, to: output) }
        == .fileSystem(FileSystemError(.create, output, code: .fileExists)))
      #expect(try BufferFile.recover(input, to: output, options: WritingOptions(existing: .replace)).isComplete)
      #expect(failure { try BufferFile.recover(input, to: input, options: WritingOptions(existing: .replace)) }
        == .outputIsInput(input))
      let link = directory.appending("link")
      try POSIXFileSystem().link(input, as: link)
      #expect(failure { try BufferFile.recover(input, to: link, options: WritingOptions(existing: .replace)) }
        == .outputIsInput(link))
      #expect(try POSIXFileSystem().readAll(input, limit: 1 << 20) == sample.bytes)
    }
  }

  @Test(arguments: 0..<3) func `nothing is written where nothing is whole`(way: Int) throws {
    let sample = try LossySample(.transitions)
    let header = Array(sample.bytes[..<sample.groups[0].offset])
    try withTemporaryDirectory { directory in
      let bytes = [[], [UInt8](repeating: 0, count: 5000), header][way]
      #expect(failure { try recovered(bytes, in: directory) } == .nothingToRecover(directory.appending("damaged.msgpack.zst")))
      let names = try POSIXFileSystem().list(directory).map(\.name.string)
      #expect(names == ["damaged.msgpack.zst"])
    }
  }

  @Test func `a newer file is left to a newer rlbuf`() throws {
    var forge = try Forge()
    forge.changeRecord = { if $0 == 0 { $1.set(["version"], to: 2) } }
    let bytes = try forge.bytes()
    #expect(failure { try recovery(bytes) } == .newerVersion(anyPath, found: 2, supported: 1))
  }

  @Test func `each call fails once: an error, nothing left behind, and the input as it was`() throws {
    let sample = try LossySample(.episodes)
    let damaged = Array(sample.bytes[..<sample.groups[3].offset])
    try withTemporaryDirectory { directory in
      let (input, output) = (directory.appending("a"), directory.appending("b"))
      try POSIXFileSystem().commit(damaged.span, to: input)
      let recorder = FaultInjectingFileSystem()
      try BufferFile.recover(input, to: output, on: recorder)
      #expect(recorder.openFiles.isEmpty)
      try POSIXFileSystem().unlink(output)
      for number in 1...recorder.calls.count {
        let faulty = FaultInjectingFileSystem(fault: Fault(.failure(.ioError), at: .call(number)))
        let error = failure { try BufferFile.recover(input, to: output, on: faulty) }
        let (operation, names) = (recorder.operations[number - 1], try POSIXFileSystem().list(directory).map(\.name.string).sorted())
        #expect(faulty.openFiles.isEmpty, "call \(number): \(operation)")
        if operation == .syncDirectory || error == nil {
          #expect(names == ["a", "b"], "call \(number): \(operation)")
          try POSIXFileSystem().unlink(output)
        } else {
          #expect(names == ["a"] || operation == .unlink, "call \(number): \(operation)")
        }
        #expect(try POSIXFileSystem().readAll(input, limit: 1 << 20) == damaged)
      }
    }
  }

  @Test func `an output that is not what was meant gets no name`() throws {
    let sample = try LossySample(.transitions)
    try withTemporaryDirectory { directory in
      let (input, output) = (directory.appending("a"), directory.appending("b"))
      try POSIXFileSystem().commit(sample.bytes.span, to: input)
      let recorder = FaultInjectingFileSystem()
      try BufferFile.recover(input, to: output, on: recorder)
      try POSIXFileSystem().unlink(output)
      // A read of the new file that brings fewer bytes is repeated; one that fails ends the recovery.
      let reads = recorder.calls.indices.filter { recorder.calls[$0].operation == .read && recorder.calls[$0].path != input }
      let last = try #require(reads.last)
      let faulty = FaultInjectingFileSystem(fault: Fault(.failure(.ioError), at: .call(last + 1)))
      #expect(throws: BufferFileError.self) { try BufferFile.recover(input, to: output, on: faulty) }
      #expect(try POSIXFileSystem().list(directory).map(\.name.string) == ["a"])
    }
  }

  @Test func `a file of beginnings of frames does not keep the search for ever`() throws {
    let sample = try LossySample(.transitions)
    var bytes = Array(sample.bytes[..<sample.groups[1].offset])
    for _ in 0..<200_000 { bytes += [0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x10] }
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try recovery(bytes).report.rowCount == 7)
    let time = clock.now - start
    #expect(time < .seconds(30))
  }
}

/// Records that lie about their lengths cost neither memory nor a trap.
@Suite struct `Recovery of hostile records` {
  @Test(arguments: [Int64.max, 1 << 59, -1, 0], [Int64.max, 1 << 62, 0])
  func `parts of impossible lengths are left out`(first: Int64, total: Int64) throws {
    var forge = try Forge()
    forge.header = FileHeader(
      content: .replayBuffer(
        kind: PrioritizedReplayBuffer.kind, layout: .transitions,
        schema: try BufferSchema([ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("rewards", .float32)]))
    ).record
    forge.state = [
      [
        "kind": "state", "path": ["priorities"], "value": .tensor(Tensor(vector: [1, 2, 3] as [Double])),
        "part": ["first": .int(first), "total": .int(total)],
      ]
    ]
    let found = try recovery(forge.bytes())
    let leaves: [Double] = try StateReader(try #require(found.contents).state()).vector("priorities")
    #expect(leaves.count == 6 && found.contents?.rowCount == 6)
  }
}
