import FileSystems
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Zstandard

@testable import BufferFiles

/// Files whose checksums and digests are right and whose records lie.
@Suite struct HostileTests {
  /// Reading must end in an error of this module or in what is there; verifying must find it.
  private func expectFound(
    _ forge: Forge, _ kinds: Set<VerificationReport.DamageKind>, reads: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = try forge.bytes()
    let error = failure { try readAll(try open(bytes)) }
    #expect((error == nil) == reads, "\(String(describing: error))", sourceLocation: sourceLocation)
    let report = try verify(bytes)
    #expect(Set(report.damages.map(\.kind)) == kinds, "\(report.damages)", sourceLocation: sourceLocation)
  }

  @Test("the forge itself makes sound files")
  func sound() throws {
    try expectFound(Forge(), [], reads: true)
  }

  @Test("numbers in the index that lie", arguments: [Int.min, -1, 0, 1, 1 << 40, 1 << 60, Int.max])
  func indexNumbers(_ number: Int) throws {
    let keys: [StateKey] = ["offset", "compressed_bytes", "bytes", "first_row", "rows", "first_step", "end_step"]
    for key in keys {
      var forge = try Forge()
      forge.changeIndex = { index in
        guard case .tensor(let tensor)? = index["frames"]?[key], var numbers: [Int64] = try? tensor.scalars() else {
          return
        }
        numbers[1] = Int64(number)
        index.set(["frames", key], to: .tensor(Tensor(vector: numbers)))
      }
      let bytes = try forge.bytes()
      _ = failure { try readAll(try open(bytes)) }
      let isTrue = number == 0 && (key == "first_row" || key == "first_step")
      #expect(try verify(bytes).isSound == isTrue, "\(key) \(number)")
    }
  }

  @Test("rows that overlap or leave a gap", arguments: [2, 4])
  func overlap(_ first: Int) throws {
    var forge = try Forge()
    forge.rows[1] = forge.rows[1].moved(to: first, firstStep: 3)
    try expectFound(forge, [.record, .index])
  }

  @Test("a row count beyond any memory, of rows without bytes")
  func emptyRows() throws {
    var forge = try Forge()
    let schema = try BufferSchema([ColumnSchema("obs", .float32, shape: [0])])
    forge.header = FileHeader(content: .replayBuffer(kind: "T", layout: .transitions, schema: schema)).record
    forge.rows = [RowBatch(firstRow: 0, steps: [0], columns: [try Tensor(zeros: .float32, shape: [1, 0])])]
    forge.changeRecord = { number, record in
      guard number == 1 else { return }
      record.set(["count"], to: .int(1 << 61))
      record.set(["columns", "obs"], to: (try? Tensor(zeros: .float32, shape: [0, 0])).map { .tensor($0) })
    }
    try expectFound(forge, [.record])
  }

  @Test("step numbers that cannot be", arguments: [Int64.min, -2, -1, 1 << 60, .max])
  func steps(_ number: Int64) throws {
    for value in [StateValue.int(number), .tensor(Tensor(vector: [0, number, 1]))] {
      var forge = try Forge()
      forge.changeRecord = { if $0 == 1 { $1.set(["steps"], to: value) } }
      try expectFound(forge, [.record])
    }
  }

  @Test("records that are not what the index says")
  func otherRecords() throws {
    let changes: [(Int, StatePath, StateValue?)] = [
      (1, ["kind"], "state"), (1, ["columns", "obs"], .tensor(Tensor(vector: [1] as [Float]))), (1, ["columns"], nil),
      (1, ["columns", "rewards"], .tensor(Tensor(vector: [1, 2, 3] as [Double]))), (2, ["first_row"], 4),
      (3, ["value"], nil), (3, ["path"], [1]), (3, ["path"], .array([StateValue](repeating: "a", count: 40))),
      (3, ["part"], ["first": 5, "total": 9]), (3, ["kind"], "mystery"), (2, ["kind"], "header"),
      (3, ["kind"], "index"),
      (1, ["kind"], "summary"),
    ]
    for (frame, path, value) in changes {
      var forge = try Forge()
      forge.changeRecord = { if $0 == frame { $1.set(path, to: value) } }
      let bytes = try forge.bytes()
      #expect(failure { try readAll(try open(bytes)) } != nil, "\(path)")
      #expect(try !verify(bytes).isSound, "\(path)")
    }
  }

  @Test("values of other rows than those that the statistics are of")
  func otherValues() throws {
    var forge = try Forge()
    forge.changeRecord = { number, record in
      if number == 1 { record.set(["columns", "rewards"], to: .tensor(Tensor(vector: [0.5, 9, 0] as [Float]))) }
    }
    try expectFound(forge, [.statistics], reads: true)
  }

  @Test("a summary whose every field lies is found, and opens or not without a trap")
  func summaryFields() throws {
    let record = FileSummary().record
    guard case .map(let fields) = record else { return }
    for key in fields.keys {
      for value in [StateValue.int(-1), 0, 1, 7, .int(.max), .nil, [], [:], "text", .unsigned(.max), [5], ["a": 1]] {
        var forge = try Forge()
        var isChanged = false
        forge.changeSummary = { summary in
          isChanged = summary[key] != value
          summary.set([key], to: value)
        }
        let bytes = try forge.bytes()
        _ = failure { try readAll(try open(bytes)) }
        if isChanged { #expect(try !verify(bytes).isSound, "\(key) \(value)") }
      }
    }
  }

  @Test("statistics in the summary that are not those of the rows")
  func summaryStatistics() throws {
    for (key, value) in [("count", 99), ("nan", 1), ("mean", 7.5), ("squared_distances", 0.25), ("max", 77.0)]
      as [(StateKey, StateValue)]
    {
      var forge = try Forge()
      forge.changeSummary = { summary in
        guard case .array(var columns)? = summary["columns"] else { return }
        columns[0].set([key], to: value)
        summary.set(["columns"], to: .array(columns))
      }
      try expectFound(forge, [.statistics], reads: true)
    }
  }

  @Test("a summary whose frame is compressed is not canonical")
  func notCanonical() throws {
    var forge = try Forge()
    forge.isCanonical = false
    try expectFound(forge, [.summary], reads: true)
  }

  @Test("an index that lists a frame less, or another order")
  func otherIndex() throws {
    var short = try Forge()
    short.changeEntries = { _ = $0.removeLast() }
    try expectFound(short, [.index, .summary])
    var swapped = try Forge()
    swapped.changeEntries = { $0.swapAt(1, 2) }
    try expectFound(swapped, [.index, .digest])
  }

  @Test("an index of a few hundred bytes that lists more than memory holds, or nothing", arguments: [0, 2_000, 100_000])
  func indexBomb(_ count: Int) throws {
    var forge = try Forge()
    forge.changeIndex = { index in
      let zeros = StateValue.tensor(Tensor(vector: [Int64](repeating: 0, count: count)))
      for key in ["offset", "compressed_bytes", "bytes", "first_row", "rows", "first_step", "end_step"] as [StateKey] {
        index.set(["frames", key], to: zeros)
      }
      index.set(["frames", "kind"], to: .tensor(Tensor(vector: [UInt8](repeating: 1, count: count))))
      index.set(["frames", "sha256"], to: .tensor(Tensor(vector: [UInt8](repeating: 0, count: 32 * count))))
      index.set(["paths"], to: [])
      index.set(["columns"], to: .array([StateValue](repeating: .nil, count: 1_000)))
    }
    let bytes = try forge.bytes()
    #expect(bytes.count < 8192)
    guard case .invalidRecord(_, let reason)? = failure({ try readAll(try open(bytes)) }) else {
      Issue.record("read")
      return
    }
    #expect(
      reason
        == (count == 0
          ? "index/frames is 0 frames, expected 1 to 1048576"
          : "index/columns is 1000 columns of \(count) row groups, expected at most 1024 columns and 1048576 of both "
            + "multiplied"))
    #expect(try Set(verify(bytes).damages.map(\.kind)).isSuperset(of: [.record, .index]))
  }

  @Test("a list whose numbers would take a thousand times its bytes")
  func listBomb() throws {
    var forge = try Forge()
    let list = StateValue.array([StateValue](repeating: 0, count: FormatLimits.valuesPerRecord + 1))
    forge.changeRecord = { if $0 == 3 { $1.set(["value", "list"], to: list) } }
    let bytes = try forge.bytes()
    #expect(bytes.count < 8192)
    guard case .invalidRecord? = failure({ try readAll(try open(bytes)) }) else {
      Issue.record("read")
      return
    }
    #expect(try verify(bytes).damages.map(\.kind).contains(.record))
  }

  @Test("a header of a future version, of no version, of too many columns")
  func headers() throws {
    var future = try Forge()
    future.changeRecord = { if $0 == 0 { $1.set(["version"], to: 2) } }
    let bytes = try future.bytes()
    #expect(failure { try open(bytes) } == .newerVersion(anyPath, found: 2, supported: 1))
    #expect(failure { try verify(bytes) } == .newerVersion(anyPath, found: 2, supported: 1))
    for version in [StateValue.int(0), .int(.min), "1", .nil] {
      var forge = try Forge()
      forge.changeRecord = { if $0 == 0 { $1.set(["version"], to: version) } }
      let bytes = try forge.bytes()
      #expect(
        failure { try open(bytes) } == .notBufferFile(anyPath, found: "its first record is not a header of rlbuf"))
      #expect(try !verify(bytes).isSound)
    }
    var wide = try Forge()
    wide.changeRecord = { number, record in
      let column: (Int) -> StateValue = { ["name": .string("c\($0)"), "type": "<f4", "shape": []] }
      if number == 0 { record.set(["schema"], to: .array((0..<1_025).map(column))) }
    }
    try expectFound(wide, [.record])
  }

  @Test(
    "files of others are named as such",
    arguments: [
      ([UInt8](), "it is empty"), (Array("hello, this is text".utf8), "it does not begin with a zstd frame"),
      ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "it does not begin with a zstd frame"),
      ([0x28], "it does not begin with a zstd frame"),
    ])
  func foreign(_ bytes: [UInt8], _ found: String) {
    #expect(failure { try open(bytes) } == .notBufferFile(anyPath, found: found))
    #expect(failure { try verify(bytes) } == .notBufferFile(anyPath, found: found))
  }

  @Test("zstd frames of others are named as such")
  func foreignFrames() throws {
    var compressor = try FrameCompressor()
    let contents: [[UInt8]] = [
      Array("plain text".utf8), [0x93, 1, 2, 3], [0xca, 0x7f, 0, 0, 0], [UInt8](repeating: 0, count: 2 << 20),
    ]
    for content in contents {
      let bytes = try compressor.compress(content.span)
      guard case .notBufferFile? = failure({ try open(bytes) }) else {
        Issue.record("\(String(describing: failure { try open(bytes) }))")
        continue
      }
      guard case .notBufferFile? = failure({ try verify(bytes) }) else {
        Issue.record("verify")
        continue
      }
    }
  }
}
