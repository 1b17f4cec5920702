import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ForeignFormats
import Inspection
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite struct ConvertedFileTests {
  /// The reports on a dump and on the file it was converted into.
  private func both(
    _ name: String, _ options: ReportOptions = ReportOptions(), _ body: (BufferReport, BufferReport) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      guard case .rllibDump(let dump) = try SavedState.open(rllib(name)) else { throw WrongKind() }
      let path = try file(dump, in: directory, provenance: ["writer": "a test"])
      try body(try BufferReport(dump, options: options), try bufferReport(path, options))
    }
  }

  @Test("A converted file is reported on as the dump is", arguments: dumps)
  func sameReport(name: String) throws {
    try both(name) { dump, file in
      #expect(file.kind == dump.kind && file.layout == dump.layout && file.isFromRLlib && dump.isFromRLlib)
      #expect((file.rowCount, file.stepCount, file.steps) == (dump.rowCount, dump.stepCount, dump.steps))
      #expect(file.turnover == dump.turnover && file.episodes == dump.episodes && file.priorities == dump.priorities)
      #expect(file.counters == dump.counters && file.state == dump.state && file.generator == dump.generator)
      #expect(file.columns.map(\.schema) == dump.columns.map(\.schema))
      #expect(file.columns[0] == dump.columns[0])
      #expect(file.file.integrity == .digests && file.file.provenance["writer"] == "a test")
    }
  }

  @Test("The columns of a converted file have the dump's statistics", arguments: dumps)
  func sameColumns(name: String) throws {
    try both(name) { dump, file in
      #expect(file.columns == dump.columns)
    }
  }

  @Test("Rows, steps and episodes of a converted file are the dump's", arguments: dumps)
  func sameRows(name: String) throws {
    var options = ReportOptions()
    options.head = 5
    options.tail = 4
    options.steps = 1900..<1950
    options.episode = "7"
    options.columns = ["rewards", "obs"]
    try both(name, options) { dump, file in
      #expect(file.samples == dump.samples)
      #expect(file.samples.map(\.count).prefix(3) == [5, 4, 50])
      #expect(file.samples[0].columns.map(\.name) == ["obs", "rewards"])
      #expect(file.columns.count == 2 && file.columnCount == 4)
    }
  }

  @Test("A file is shown from less than 64 KiB of it, without reading a row")
  func readsLittle() throws {
    try withTemporaryDirectory { directory in
      guard case .rllibDump(let dump) = try SavedState.open(rllib(dumps[2])) else { throw WrongKind() }
      let path = try file(dump, in: directory)
      let fileSystem = FaultInjectingFileSystem()
      let report = try Report(of: try SavedState.open(path, on: fileSystem))
      _ = TextRendering().text(of: report) + JSONRendering().text(of: report)
      #expect(fileSystem.bytesRead < 65_536)
      #expect(fileSystem.bytesRead > 4096)
    }
  }

  /// CartPole's columns with numbers that do not compress: nothing that is read depends on the rows.
  @Test("The whole report on a file of 1,000,000 transitions reads less than 64 KiB of it")
  func readsLittleOfAMillionRows() throws {
    let count = 1_000_000
    var generator = PCG64(seed: 11)
    let numbers = generator.random(count: 4 * count).map { Float($0) }
    let observations = try Tensor(numbers, shape: [count, 4])
    let flags = Tensor(vector: [Bool](repeating: false, count: count))
    let contents = try Contents([
      ("obs", observations), ("new_obs", observations), ("actions", Tensor(vector: (0..<Int64(count)).map { $0 % 2 })),
      ("rewards", Tensor(vector: [Float](repeating: 1, count: count))), ("terminateds", flags), ("truncateds", flags),
    ])
    try withTemporaryDirectory { folder in
      let path = folder.appending("million.msgpack.zst")
      try BufferFileWriter.write(contents, to: path)
      let fileSystem = FaultInjectingFileSystem()
      let text = TextRendering().text(of: try Report(of: try SavedState.open(path, on: fileSystem)))
      #expect(text.contains("1,000,000 stored"))
      #expect(fileSystem.bytesRead < 65_536)
      #expect(try fileSystem.status(of: path).byteCount > 8 << 20)
    }
  }
}
