import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

/// What is whole in a damaged file comes back, nothing else does, and what comes back loads as a buffer.
@Suite struct `Recovery of files` {
  @Test(arguments: BufferLayout.allCases)
  func `a file cut at any byte gives back every row group before the cut`(layout: BufferLayout) throws {
    let sample = try LossySample(layout)
    for count in 0..<sample.bytes.count {
      let rows = sample.rows(before: count)
      let cut = Array(sample.bytes[..<count])
      guard rows > 0 else {
        #expect(throws: BufferFileError.nothingToRecover(anyPath), "cut to \(count)") { try recovery(cut) }
        continue
      }
      let found = try recovery(cut)
      let contents = try #require(found.contents)
      let torn = found.report.tornStepCount
      #expect(layout == .episodes ? contents.rowCount + torn >= rows : contents.rowCount == rows, "cut to \(count)")
      #expect(layout == .transitions || torn <= 1, "cut to \(count)")
      let hasState = count >= sample.summary.index[0].offset
      #expect(found.report.repairs.isEmpty == hasState, "cut to \(count): \(found.report.repairs)")
      try sample.check(contents, hasPriorities: hasState, "cut to \(count)")
      #expect(!found.report.isComplete || count >= sample.summary.index[0].offset, "cut to \(count)")
    }
  }

  @Test(arguments: BufferLayout.allCases)
  func `the new file is sound and says what it was made of`(layout: BufferLayout) throws {
    let sample = try LossySample(layout)
    let end = sample.groups[4].offset
    try withTemporaryDirectory { directory in
      let (bytes, report) = try recovered(Array(sample.bytes[..<(end + 9)]), in: directory)
      #expect(try verify(bytes).damages == [])
      let file = try open(bytes)
      try sample.check(file.contents(), hasPriorities: false, "\(layout)")
      #expect(file.summary.rowCount == report.rowCount && file.summary.stepCount == report.stepCount)
      #expect(report.outputByteCount == bytes.count && report.byteCount == end + 9)
      #expect(!report.isComplete && !report.isEndKnown && report.evidence == .checksums)
      #expect(report.damage.map(\.bytes) == [end..<end + 9])
      #expect(file.header.metadata == ["iteration": 4])
      #expect(file.header.provenance["recovered_bytes"] == .integer(end + 9))
      guard case .array(let missing)? = file.header.provenance["missing"] else {
        Issue.record("nothing said to be missing")
        return
      }
      #expect(missing.first == .string(layout == .episodes ? "1 steps with the ends of their episodes" : "whatever came behind what was found"))
    }
  }

  /// Damages to one frame, by name.
  static let damages: [(String, @Sendable (inout [UInt8], Range<Int>) -> Void)] = [
    ("a byte changed", { $0[$1.lowerBound + $1.count / 2] ^= 64 }),
    ("its magic number changed", { $0[$1.lowerBound] ^= 1 }),
    ("its block's length changed", { $0[$1.lowerBound + 9] ^= 7 }),
    ("zeroed", { bytes, frame in for index in frame { bytes[index] = 0 } }),
    ("its first half zeroed", { bytes, frame in for index in frame.prefix(frame.count / 2) { bytes[index] = 0 } }),
    ("gone", { $0.removeSubrange($1) }),
    ("its first half gone", { $0.removeSubrange($1.lowerBound..<$1.lowerBound + $1.count / 2) }),
    ("bytes inserted in it", { $0.insert(contentsOf: [1, 2, 3, 4, 5], at: $1.lowerBound + 12) }),
    ("a page of zeros inserted in it", { $0.insert(contentsOf: [UInt8](repeating: 0, count: 4096), at: $1.upperBound - 5) }),
  ]

  @Test(arguments: BufferLayout.allCases, damages.indices)
  func `damage to one row group costs that row group, with an index and without`(
    layout: BufferLayout, damage: Int
  ) throws {
    let sample = try LossySample(layout)
    for (number, group) in sample.groups.enumerated() {
      let frame = group.offset..<group.offset + group.compressedBytes
      let stateOffset = try #require(sample.entries.first { $0.kind == .state }).offset
      for hasIndex in [true, false] {
        // Without an index the state has to end where it does, so that what follows is cut off first.
        let indexOffset = sample.summary.index[0].offset
        var bytes = hasIndex ? sample.bytes : Array(sample.bytes[..<indexOffset])
        #expect(stateOffset < indexOffset)
        Self.damages[damage].1(&bytes, frame)
        let what = "row group \(number) \(Self.damages[damage].0), \(hasIndex ? "with" : "without") an index"
        let found = try recovery(bytes)
        let contents = try #require(found.contents)
        #expect(found.report.lostRows.map(\.rows) == [group.rows], "\(what)")
        if hasIndex { #expect(found.report.lostRows.map(\.steps) == [group.steps.isEmpty ? nil : group.steps], "\(what)") }
        #expect(found.report.isEndKnown == hasIndex && found.report.lostState == [], "\(what)")
        if layout == .transitions { #expect(contents.rowCount == sample.summary.rowCount - group.rows.count, "\(what)") }
        #expect(contents.stepCount + found.report.tornStepCount >= sample.summary.stepCount - group.rows.count, "\(what)")
        try sample.check(contents, "\(what)")
      }
    }
  }

  @Test(arguments: BufferLayout.allCases)
  func `bytes between frames, and frames twice or in another order, cost nothing`(layout: BufferLayout) throws {
    let sample = try LossySample(layout)
    let original = try recovery(sample.bytes)
    #expect(original.report.isComplete)
    for (number, group) in sample.groups.enumerated() {
      let frame = Array(sample.bytes[group.offset..<group.offset + group.compressedBytes])
      var inserted = sample.bytes
      inserted.insert(contentsOf: [9, 9, 9, 0x28, 0xb5, 0x2f, 0xfd, 9], at: group.offset)
      var twice = sample.bytes
      twice.insert(contentsOf: frame, at: group.offset)
      var moved = sample.bytes
      moved.removeSubrange(group.offset..<group.offset + frame.count)
      moved.insert(contentsOf: frame, at: sample.groups[0].offset)
      for bytes in [inserted, twice, moved] {
        let found = try recovery(bytes)
        #expect(found.report.isComplete, "row group \(number): \(found.report)")
        #expect(found.state == original.state)
        let contents = try #require(found.contents)
        #expect(try contents.rows(0..<contents.rowCount) == original.contents?.rows(0..<contents.rowCount))
      }
    }
  }

  @Test(arguments: BufferLayout.allCases)
  func `a row group of another file does not pass as the one that the index names`(layout: BufferLayout) throws {
    let (sample, other) = (try LossySample(layout), try LossySample(layout, seed: 77))
    let shifted = try LossySample(layout, stepCount: 45, seed: 5)
    for number in 1..<5 {
      for source in [other, shifted] {
        let (group, foreign) = (sample.groups[number], source.groups[number])
        var bytes = sample.bytes
        bytes.replaceSubrange(
          group.offset..<group.offset + group.compressedBytes,
          with: source.bytes[foreign.offset..<foreign.offset + foreign.compressedBytes])
        guard bytes != sample.bytes else { continue }
        let found = try recovery(bytes)
        #expect(found.report.lostRows.map(\.rows) == [group.rows], "row group \(number)")
        #expect(found.report.damage.contains { $0.reason == "the index does not list it" }, "row group \(number)")
        try sample.check(try #require(found.contents), "row group \(number)")
      }
    }
  }

  @Test func `what a killed writer left is recovered from its temporary file`() throws {
    let sample = try LossySample(.transitions)
    try withTemporaryDirectory { directory in
      let header = try open(sample.bytes).header
      var writer = try BufferFileWriter.create(at: directory.appending("dump.msgpack.zst"), header: header)
      let contents = try open(sample.bytes).contents()
      for first in [0, 20] { try writer.append(contents.rows(first..<first + 20)) }
      let left = try #require(try POSIXFileSystem().list(directory).first { $0.name.string.hasSuffix(".partial") })
      let output = directory.appending("sound.msgpack.zst")
      let report = try BufferFile.recover(directory.appending(left.name), to: output)
      #expect((report.rowCount, report.isEndKnown, report.damage.isEmpty) == (40, false, true))
      try sample.check(BufferFile.open(output).contents(), hasPriorities: false, "40 rows")
      try writer.finish(state: contents.state())
    }
  }

  @Test(arguments: BufferLayout.allCases)
  func `random damage never brings back a row that was not saved`(layout: BufferLayout) throws {
    let sample = try LossySample(layout, stepCount: 400, rowsPerGroup: 23)
    for seed in 0..<150 as Range<UInt64> {
      var generator = PCG64(seed: seed)
      var bytes = sample.bytes
      for _ in 0..<1 + Int(generator.next() % 4) {
        let place = Int(generator.next() % UInt64(bytes.count))
        let count = min(Int(generator.next() % 300), bytes.count - place)
        switch generator.next() % 4 {
        case 0: bytes[place] ^= UInt8(generator.next() % 255 + 1)
        case 1: bytes.removeSubrange(place..<place + count)
        case 2: for index in place..<place + count { bytes[index] = 0 }
        default: bytes.insert(contentsOf: bytes[place..<place + count], at: place / 2)
        }
      }
      do {
        let found = try recovery(bytes)
        let contents = try #require(found.contents)
        let names = found.report.repairs.map(\.name)
        let hasPriorities = !names.contains("priorities") && BufferKind.hasPriorities(contents.kind)
        try sample.check(contents, hasPriorities: hasPriorities, "seed \(seed)")
        #expect(contents.rowCount + found.report.lostRowCount <= sample.summary.rowCount, "seed \(seed)")
      } catch BufferFileError.nothingToRecover {}
    }
  }
}
