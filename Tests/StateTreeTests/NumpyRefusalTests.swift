import MessagePack
import StateTree
import Testing

@Suite("Maps that are nearly tensors")
struct NumpyRefusalTests {
  /// A map in msgpack-numpy's form; nil leaves a field out.
  static func map(
    nd: MessagePackValue = .bool(true), type: MessagePackValue? = .string("<f4"),
    kind: MessagePackValue? = .binary([]), shape: MessagePackValue? = .array([.int(2)]),
    data: MessagePackValue? = .binary([UInt8](repeating: 0, count: 8)), extra: MessagePackValue? = nil
  ) -> MessagePackValue {
    let fields = [("nd", nd), ("type", type), ("kind", kind), ("shape", shape), ("data", data)]
    var entries = fields.compactMap { name, value in
      value.map { MessagePackValue.MapEntry(key: .binary(Array(name.utf8)), value: $0) }
    }
    if let extra { entries.append(.init(key: extra, value: .nil)) }
    return .map(entries)
  }

  private static func invalid(_ field: String, _ found: String, _ expected: String) -> StateTreeError {
    .invalidValue(path: "a/0/\(field)", found: found, expected: expected)
  }

  private static let typeWanted = "a numpy type of numbers, texts or dates"
  private static let shapeWanted = "a list of at most 32 lengths"
  private static let record = MessagePackValue.array([
    .array([.string("a"), .string("<f4")]), .array([.string("b"), .string("<i2")]),
  ])

  static let refusals: [(MessagePackValue, StateTreeError)] = [
    (map(type: nil), invalid("type", "missing", typeWanted)),
    (map(type: .string(">U5")), invalid("type", "\">U5\"", typeWanted)),
    (map(type: .string("<f3")), invalid("type", "\"<f3\"", typeWanted)),
    (map(type: .text([0xff])), invalid("type", "\"\u{fffd}\"", typeWanted)),
    (map(type: .int(4)), invalid("type", "4", typeWanted)),
    (map(type: record, kind: .binary([0x56])), invalid("type", "list of 2", typeWanted)),
    (map(kind: .string("")), invalid("kind", "\"\"", "no bytes, or V for records")),
    (map(kind: .binary([0x57])), invalid("kind", "1 bytes", "no bytes, or V for records")),
    (map(kind: .binary([0x56])), invalid("type", "\"<f4\"", typeWanted)),
    (map(type: record), invalid("type", "list of 2", typeWanted)),
    (map(data: nil), invalid("data", "missing", "the bytes of the elements")),
    (map(data: .string("12345678")), invalid("data", "\"12345678\"", "the bytes of the elements")),
    (map(data: .binary([1])), invalid("data", "1 bytes", "8 bytes for float32 [2]")),
    (map(shape: .array([.int(3)])), invalid("data", "8 bytes", "12 bytes for float32 [3]")),
    (map(shape: .array([])), invalid("data", "8 bytes", "4 bytes for float32 []")),
    (map(nd: .bool(false), kind: nil, shape: nil), invalid("data", "8 bytes", "4 bytes for float32 []")),
    (map(shape: nil), invalid("shape", "missing", shapeWanted)),
    (map(shape: .int(2)), invalid("shape", "2", shapeWanted)),
    (map(shape: .array([.int(-2)])), invalid("shape", "list of 1", shapeWanted)),
    (map(shape: .array([.float64(2)])), invalid("shape", "list of 1", shapeWanted)),
    (map(shape: .array([.unsigned(.max)])), invalid("shape", "list of 1", shapeWanted)),
    (
      map(shape: .array([MessagePackValue](repeating: .int(1), count: 33))), invalid("shape", "list of 33", shapeWanted)
    ),
    (
      map(shape: .packed(PackedList(shape: [100_000], elements: .int64([Int64](repeating: 1, count: 100_000))))),
      invalid("shape", "list of 100000", shapeWanted)
    ),
    (
      map(shape: .array([.int(.max), .int(2)])),
      invalid("shape", "[9223372036854775807, 2]", "lengths whose product fits 63 bits")
    ),
    (
      map(extra: .binary(Array("filter".utf8))),
      .notState(path: "a/0", found: "a numpy array with the key \"filter\"")
    ),
    (map(extra: .int(1)), .notState(path: "a/0", found: "a numpy array with the key 1")),
    (map(nd: .bool(false)), .notState(path: "a/0", found: "a numpy array with the key \"kind\"")),
    (map(nd: .int(1)), .notState(path: "a/0", found: "a map with the key 2 bytes")),
  ]

  @Test("each is refused with the path of what is wrong", arguments: refusals.indices)
  func refused(_ index: Int) throws {
    let (value, error) = Self.refusals[index]
    let root = MessagePackValue.map([.init(key: .string("a"), value: .array([value]))])
    #expect(throws: error) { try StateValue(root) }
    #expect(throws: error) { try StateValue(decoding: MessagePackWriter.bytes(of: root)) }
  }
}
