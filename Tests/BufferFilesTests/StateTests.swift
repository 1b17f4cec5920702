import FileSystems
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

@Suite struct StateTests {
  private func file(_ state: StateValue) throws -> [UInt8] {
    try written { path in
      try BufferFileWriter.create(at: path, header: FileHeader(content: .state)).finish(state: state)
    }
  }

  private func expectRoundTrip(_ state: StateValue) throws {
    let bytes = try file(state)
    let back = try open(bytes).state()
    #expect(back == state)
    #expect(keys(back) == keys(state))
    #expect(try verify(bytes).damages == [])
  }

  /// All keys in order, which equality does not look at.
  private func keys(_ value: StateValue) -> [String] {
    guard case .map(let map) = value else { return [] }
    return map.flatMap { [$0.key.string] + keys($0.value) }
  }

  @Test("large values are cut and put together again, keys in their order")
  func large() throws {
    let megabyte = 1 << 20
    try expectRoundTrip([
      "first": 1, "tensor": .tensor(try Tensor((0..<3 * megabyte / 4).map { Int32($0) }, shape: [megabyte / 4, 3])),
      "middle": ["a": .nil, "bytes": .bytes((0..<5 * megabyte).map { UInt8(truncatingIfNeeded: $0 / 7) }), "b": true],
      "row": .tensor(try Tensor(zeros: .uint8, shape: [2, 3 * megabyte])),
      "list": .array((0..<90_000).map { .string("element \($0) of a long list, to make it larger") }),
      "last": 2.5,
    ])
  }

  @Test("values that are no map, and empty ones")
  func roots() throws {
    for state in [[:], [], .nil, 5, "text", ["a": [:]], ["a": [], "b": ["c": [:]]], .bytes([])] as [StateValue] {
      try expectRoundTrip(state)
    }
    try expectRoundTrip(.bytes([UInt8](repeating: 7, count: 5 << 20)))
    try expectRoundTrip(.tensor(try Tensor(zeros: .float32, shape: [1 << 20])))
  }

  @Test("more truth values than one object may have are spread over records")
  func manyValues() throws {
    try expectRoundTrip(["flags": .array([StateValue](repeating: true, count: 1_200_000))])
  }

  @Test("a map of many small entries is cut by its keys")
  func manyKeys() throws {
    let entries = (0..<60_000).map {
      (StateKey("key number \($0) é"), StateValue.bytes([UInt8](repeating: 1, count: 64)))
    }
    let bytes = try file(.map(StateMap(entries)))
    #expect(try open(bytes).entries().count { $0.kind == .state } > 2)
    #expect(try open(bytes).state() == .map(StateMap(entries)))
    #expect(try open(bytes).summary.stateValueCount == 60_000)
    #expect(try open(bytes).summary.outline.count == FormatLimits.outlineEntries)
  }

  @Test("the summary tells the top of the state, priorities and an outline")
  func outline() throws {
    var forge = try Forge()
    forge.state = [StateRecord(path: ["alone"], value: 6).record, StateRecord(path: [], value: ["n": 7]).record]
    #expect(try open(forge.bytes()).summary.counters == ["alone": 6, "n": 7])
    let priorities = Tensor(vector: (0..<600_000).map { Double($0) })
    let bytes = try file([
      "count": 3, "name": "x", "deep": ["w": .tensor(priorities)], "priorities": .tensor(priorities),
    ])
    let summary = try open(bytes).summary
    #expect(summary.counters == ["count": 3, "name": "x"])
    #expect(summary.priorities?.count == 600_000 && summary.priorities?.maximum == .double(599_999))
    #expect(
      summary.outline.map { "\($0.path) \($0.description) \($0.bytes)" } == [
        "count 3 8", "name \"x\" 1", "deep/w float64 [600000] 4800000", "priorities float64 [600000] 4800000",
      ])
  }

  @Test("what cannot be cut and fits no record is refused, and no file appears")
  func refused() throws {
    let text = String(repeating: "x", count: 15 << 20)
    #expect(
      failure { try file(["a": ["b": .string(text)]]) }
        == .stateTooLarge(path: "a/b", bytes: text.utf8.count + 5, limit: 15 << 20))
    #expect(
      failure { try file([.string(text)]) } == .stateTooLarge(path: "0", bytes: text.utf8.count + 5, limit: 15 << 20))
    let flags = StateValue.array([StateValue](repeating: true, count: 1_100_000))
    #expect(
      failure { try file(["a": [flags]]) }
        == .stateTooManyValues(path: "a/0", found: 1_100_001, limit: (1 << 20) - 1_024))
    let key = StateKey(String(repeating: "k", count: 70_000))
    #expect(
      failure { try file(.map(StateMap([(key, .bytes([UInt8](repeating: 0, count: 3 << 20)))]))) }
        == .stateTooLarge(path: "a key in state", bytes: 70_000, limit: 65_536))
    let opaque = try Tensor(zeros: try #require(DataType(name: "|V17000000")), shape: [1])
    #expect(failure { try file(["v": .tensor(opaque)]) }?.isLimit == true)
  }

  @Test("state nests 31 deep and no deeper")
  func depth() throws {
    var state: StateValue = ["x": .tensor(Tensor(vector: [1] as [Float]))]
    for _ in 0..<28 { state = ["a": state] }
    try expectRoundTrip(state)
    #expect(failure { try file(["a": state]) } == .stateTooDeep(path: "state", limit: 31))
    var map: StateMap = [:]
    for _ in 0..<31 { map = ["a": .map(map)] }
    let header = FileHeader(content: .state, metadata: map)
    #expect(
      failure { _ = try BufferFileWriter.create(at: "/nowhere/x", header: header) }
        == .stateTooDeep(path: "metadata", limit: 31))
    let large = FileHeader(content: .state, provenance: ["a": .bytes([UInt8](repeating: 0, count: 1 << 20))])
    #expect(failure { _ = try BufferFileWriter.create(at: "/nowhere/x", header: large) }?.isLimit == true)
  }

  @Test("records that make no tree are refused", arguments: 0..<7)
  func clashes(_ number: Int) throws {
    let part = { (first: Int, total: Int) in StateRecord.Part(first: first, total: total) }
    let records: [[StateRecord]] = [
      [.init(path: ["a"], value: 1), .init(path: ["a"], value: 2)],
      [.init(path: [], value: ["a": 1]), .init(path: ["a"], value: 2)],
      [.init(path: [], value: ["a": ["b": 1]]), .init(path: ["a", "b"], value: 2)],
      [.init(path: ["a"], value: 1), .init(path: ["a", "b"], value: 2)],
      [
        .init(path: ["a"], value: .bytes([1]), part: part(0, 3)),
        .init(path: ["a"], value: .bytes([1]), part: part(2, 3)),
      ],
      [.init(path: ["a"], value: .bytes([1]), part: part(0, 2))],
      [
        .init(path: ["a"], value: .tensor(try Tensor(zeros: .uint8, shape: [1 << 62, 0])), part: part(0, .max)),
        .init(path: ["a"], value: .tensor(try Tensor(zeros: .uint8, shape: [1 << 62, 0])), part: part(1 << 62, .max)),
      ],
    ]
    #expect(throws: RecordError.self) {
      var assembler = StateAssembler()
      for record in records[number] { try assembler.add(record) }
      _ = try assembler.value()
    }
  }
}
