import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Zstandard

@testable import BufferFiles

@Suite struct VerificationTests {
  private struct Layout {
    let bytes: [UInt8]
    let entries: [FrameEntry]
    let summary: FileSummary

    init() throws {
      bytes = try written { path in
        let header = FileHeader(content: .replayBuffer(kind: "T", layout: .transitions, schema: try CartPole.schema()))
        var writer = try BufferFileWriter.create(at: path, header: header)
        let rows = CartPole.transitions(500)
        for first in stride(from: 0, to: 500, by: 100) { try writer.append(rows.part(first..<first + 100)) }
        try writer.finish(state: ["count": 5])
      }
      let file = try open(bytes)
      (entries, summary) = (try file.entries(), file.summary)
    }

    /// The file with one bit changed in the middle of a frame, or where it is told.
    func changed(frame number: Int, at offset: Int? = nil) -> [UInt8] {
      var changed = bytes
      changed[entries[number].offset + (offset ?? entries[number].compressedBytes / 2)] ^= 4
      return changed
    }
  }

  @Test("every damaged frame is named, and the rows between them are whole")
  func several() throws {
    let layout = try Layout()
    var bytes = layout.changed(frame: 2)
    for number in [4, 6] { bytes[layout.entries[number].offset + 20] ^= 1 }
    let report = try verify(bytes)
    #expect(Set(report.damages.map(\.place.frame)) == [2, 4, 6])
    #expect(report.damages.allSatisfy { $0.kind == .frame || $0.kind == .digest })
    #expect(report.wholeRows == [0..<100, 200..<300, 400..<500])
    #expect((report.wholeRowCount, report.evidence) == (300, .digests))
    #expect(report.damages.first?.place.rows == 100..<200)
    let described = report.damages.map(\.description)
    #expect(described.first?.hasPrefix("frame 2 (rows 100-199) of test.msgpack.zst at byte \(layout.entries[2].offset), ") == true)
    #expect(described.first?.contains(
      ", steps 100-199, columns obs, actions, rewards, new_obs, terminateds, truncateds: ") == true)
    #expect(described.last?.contains(", state: ") == true)
    #expect(report.wholeSteps == [0..<100, 200..<300, 400..<500])
    #expect(report.damagedState == [[]])
  }

  @Test("damage to block structure does not hide what follows, with index and without")
  func structure() throws {
    let layout = try Layout()
    for offset in [0, 4, 6, 7, 9] {
      var bytes = layout.changed(frame: 3, at: offset)
      #expect(try verify(bytes).wholeRows == [0..<200, 300..<500], "byte \(offset)")
      bytes[layout.summary.index[0].offset + 30] ^= 1  // the index too: the seek table tells where frames begin
      let report = try verify(bytes)
      #expect(report.evidence == .checksums)
      #expect(report.wholeRows.first == 0..<200 && report.wholeRows.last?.upperBound == 500, "byte \(offset)")
      #expect(report.damages.contains { $0.kind == .index })
    }
  }

  @Test("a cut file is told by the byte, with the rows before it and what vouches for them")
  func cut() throws {
    let layout = try Layout()
    let end = layout.entries[4].offset
    for count in [end, end + 1, end + 30] {
      let report = try verify(Array(layout.bytes[..<count]))
      #expect(report.damages.map(\.kind) == [.cut])
      #expect(report.damages[0].place.byte == end)
      #expect(report.damages[0].message == DamageMessage.cut(at: count, frames: 4))
      #expect(report.wholeRows == [0..<300])
      #expect(report.evidence == .checksums)
    }
    let withoutTable = try verify(Array(layout.bytes.dropLast(5)))
    #expect(withoutTable.damages.map(\.kind) == [.seekTable])
    #expect(withoutTable.wholeRows == [0..<500] && withoutTable.evidence == .digests)
  }

  @Test("bytes after the seek table are told, and all before them is checked by its digests")
  func trailing() throws {
    let layout = try Layout()
    let report = try verify(layout.bytes + [1, 2, 3])
    #expect(report.damages.map(\.kind) == [.trailingBytes])
    #expect(report.damages[0].message == "3 bytes follow the seek table")
    #expect(report.damages[0].place.byte == layout.bytes.count)
    #expect(report.wholeRows == [0..<500] && report.evidence == .digests)
  }

  @Test("a damaged header leaves the row groups that their digests vouch for")
  func header() throws {
    let layout = try Layout()
    for offset in [0, 5, layout.entries[0].compressedBytes / 2] {
      let report = try verify(layout.changed(frame: 0, at: offset))
      #expect(report.damages.contains { $0.place.frame == 0 }, "byte \(offset)")
      #expect(report.wholeRows == [0..<500], "byte \(offset)")
    }
  }

  @Test("damage to the seek table alone leaves everything else checked")
  func seekTable() throws {
    let layout = try Layout()
    for fromEnd in [1, 5, 9, 10, 60] {
      var bytes = layout.bytes
      bytes[bytes.count - fromEnd] ^= 1
      let report = try verify(bytes)
      #expect(Set(report.damages.map(\.kind)) == [.seekTable], "\(report.damages)")
      #expect(report.wholeRows == [0..<500])
    }
  }

  @Test("frames of two files do not mix", arguments: [1, 3])
  func mixed(_ number: Int) throws {
    let layout = try Layout()
    var entries = layout.entries[number...number + 1].map {
      Array(layout.bytes[$0.offset..<$0.offset + $0.compressedBytes])
    }
    entries.swapAt(0, 1)
    let (first, last) = (layout.entries[number].offset, layout.entries[number + 2].offset)
    let bytes = layout.bytes[..<first] + entries[0] + entries[1] + layout.bytes[last...]
    #expect(try !verify(Array(bytes)).isSound)
  }

  @Test("read errors are thrown, progress reaches the end of the frames, and the file is closed")
  func calls() throws {
    let layout = try Layout()
    try withTemporaryDirectory { directory in
      let path = directory.appending("x")
      try POSIXFileSystem().commit(layout.bytes.span, to: path)
      let recorder = FaultInjectingFileSystem()
      var progress: [Int] = []
      #expect(try BufferFile.verify(path, on: recorder) { progress.append($0) }.isSound)
      #expect(progress == progress.sorted() && progress.last == layout.bytes.count - 17 - 12 * 9)
      #expect(recorder.openFiles.isEmpty)
      for number in 1..<recorder.calls.count {
        let faulty = FaultInjectingFileSystem(fault: Fault(.failure(.ioError), at: .call(number)))
        guard case .fileSystem? = failure({ try BufferFile.verify(path, on: faulty) }) else {
          Issue.record("call \(number) of \(recorder.operations)")
          continue
        }
        #expect(faulty.openFiles.isEmpty)
      }
    }
  }

  @Test("a file of tiny frames is not read over and over")
  func tinyFrames() throws {
    let layout = try Layout()
    var compressor = try FrameCompressor()
    let tiny = try compressor.compress([UInt8]().span)
    let count = 3_000
    let bytes = layout.bytes[..<layout.entries[1].offset] + (0..<count).flatMap { _ in tiny }
    try withTemporaryDirectory { directory in
      let path = directory.appending("x")
      try POSIXFileSystem().commit(Array(bytes).span, to: path)
      let recorder = FaultInjectingFileSystem()
      #expect(try BufferFile.verify(path, on: recorder).damages.count == count + 1)
      #expect(recorder.bytesRead < Int64(count) * 5_000)
    }
  }

  @Test("statistics agree up to the order of additions and no further")
  func agreement() {
    var a = ColumnStatistics(of: Tensor(vector: [1, 2, 4] as [Double]))
    let b = a
    a?.mean += 1e-12
    #expect(ColumnStatistics.agree(a, b))
    a?.mean += 1e-6
    #expect(!ColumnStatistics.agree(a, b))
    #expect(!ColumnStatistics.agree(a, nil) && ColumnStatistics.agree(nil, nil))
  }
}
