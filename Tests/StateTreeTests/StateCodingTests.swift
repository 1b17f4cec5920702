import MessagePack
import StateTree
import Testing

@Suite("State as bytes")
struct StateCodingTests {
  static let cases: [StateValue] =
    StateValueTests.distinct + [
      .double(.nan), .double(.leastNonzeroMagnitude), .int(-33), .int(128), .int(65536), .string("\0\u{1f600}"),
      .bytes([UInt8](repeating: 7, count: 70_000)), [1, 2, 3], [[1, 2], [3, 4]], [1.5, 2.5], [true, false], [[:], [:]],
      [1, .unsigned(.max)], [.unsigned(.max), -1], ["a", ["b": [nil, ["c": .bytes([1])]]]],
      .tensor(Tensor(vector: [Float16(0.5)])), .tensor(Tensor(vector: [Bool]())),
      .tensor(Tensor(knownShape: [], [UInt64.max])), .tensor(Tensor(knownShape: [0, 3], [Int32]())),
    ]

  @Test("every case comes back equal and is written the same again", arguments: cases.indices)
  func roundTrip(_ index: Int) throws {
    let bytes = try Self.cases[index].encoded()
    let decoded = try StateValue(decoding: bytes)
    #expect(decoded == Self.cases[index])
    #expect(try decoded.encoded() == bytes)
  }

  @Test("a tensor of every type comes back, opaque ones included")
  func dataTypes() throws {
    let names = DataTypeTests.plain.map(\.1) + ["<U5", "<U0", "|S5", "|V16", "<M8[ns]", "<m8[25us]"]
    for name in names {
      let type = try #require(DataType(name: name))
      let count = type.itemBytes * 6
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      let value = StateValue.tensor(try Tensor(type, shape: [2, 3], bytes: bytes))
      #expect(try StateValue(decoding: value.encoded()) == value, "\(name)")
    }
  }

  @Test("map order survives")
  func order() throws {
    let value: StateValue = ["z": 1, "a": 2, "m": 3]
    guard case .map(let map) = try StateValue(decoding: value.encoded()) else {
      Issue.record("not a map")
      return
    }
    #expect(map.keys == ["z", "a", "m"])
  }

  private func nested(_ depth: Int, around core: StateValue) -> StateValue {
    (0..<depth).reduce(core) { value, level in level % 2 == 0 ? [value] : ["k": value] }
  }

  @Test("what can be written can be read: nesting ends at the reader's depth")
  func depth() throws {
    let tensor = StateValue.tensor(Tensor(knownShape: [], [1.0]))
    let deepest: [StateValue] = [
      nested(32, around: 1), nested(31, around: []), nested(31, around: [1, 2]), nested(31, around: [:]),
      nested(30, around: tensor),
    ]
    for value in deepest {
      #expect(try StateValue(decoding: value.encoded()) == value)
      for tooDeep in [[value], ["k": value]] as [StateValue] {
        let error = #expect(throws: MessagePackError.self) { try tooDeep.encoded() }
        #expect(error?.isLimit == true)
      }
    }
    var writer = MessagePackWriter()
    #expect(throws: MessagePackError.tooDeep(offset: 0, limit: 32)) { try writer.write([], insideContainers: 32) }
  }

  private typealias Value = MessagePackValue

  private func entry(_ key: String, _ value: MessagePackValue) -> MessagePackValue.MapEntry {
    .init(key: .string(key), value: value)
  }

  @Test("what rlbuf never writes is refused with its path")
  func refusals() {
    let refused: [(MessagePackValue, String)] = [
      (.float32(1.5), "1.5"), (.ext(type: 5, bytes: [1]), "extension 5 of 1 bytes"),
      (.timestamp(.init(seconds: 9, nanoseconds: 0)), "timestamp 9"),
      (.map([.init(key: .int(3), value: .nil)]), "a map with the key 3"),
      (.map([.init(key: .binary([1, 2]), value: .nil)]), "a map with the key 2 bytes"),
    ]
    for (value, found) in refused {
      let root = Value.map([entry("a", .array([.nil, value]))])
      #expect(throws: StateTreeError.notState(path: "a/1", found: found)) { try StateValue(root) }
    }
    #expect(throws: StateTreeError.notState(path: "a/0", found: "1.5")) {
      try StateValue(.map([entry("a", .packed(PackedList(shape: [1], elements: .float32([1.5]))))]))
    }
    #expect(throws: StateTreeError.notState(path: "buffer/x", found: "1.5")) {
      try StateValue(.map([entry("x", .float32(1.5))]), at: ["buffer"])
    }
  }

  @Test("texts that are not UTF-8 are refused, as values and as keys")
  func invalidUTF8() {
    for bytes in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x65, 0xcc]] as [[UInt8]] {
      #expect(throws: StateTreeError.invalidUTF8(path: "a/0")) {
        try StateValue(.map([entry("a", .array([.text(bytes)]))]))
      }
      #expect(throws: StateTreeError.invalidUTF8(path: "a")) {
        try StateValue(.map([entry("a", .map([.init(key: .text(bytes), value: .nil)]))]))
      }
    }
  }

  @Test("a key that stands twice is refused, also in a map built by hand")
  func duplicateKeys() {
    let error = StateTreeError.messagePack(.duplicateKey(.string("a")))
    #expect(throws: error) { try StateValue(decoding: [0x82, 0xa1, 0x61, 0xc0, 0xa1, 0x61, 0xc0]) }
    #expect(throws: error) { try StateValue(.map([entry("a", .nil), entry("a", .nil)])) }
    #expect(throws: Never.self) { try StateValue(.map([entry(composed, .nil), entry(decomposed, .nil)])) }
  }

  @Test("bytes that are not one object are refused")
  func notOneObject() {
    #expect(throws: StateTreeError.messagePack(.truncated(offset: 0, needed: 1, available: 0))) {
      try StateValue(decoding: [])
    }
    #expect(throws: StateTreeError.messagePack(.trailingBytes(offset: 1, count: 1))) {
      try StateValue(decoding: [0xc0, 0xc0])
    }
    #expect(throws: StateTreeError.messagePack(.tooManyNodes(offset: 2, limit: 2))) {
      try StateValue(decoding: [0x92, 0xc0, 0xc0], limits: MessagePackLimits(nodes: 2))
    }
  }
}
