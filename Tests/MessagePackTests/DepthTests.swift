import MessagePack
import Testing

// Depth 32 is msgpack-c's own: what goes through it at 32 here is proof that it takes as much as the scan does.
@Suite("Depth")
struct DepthTests {
  /// A container that holds one value, by the bytes before and behind the value.
  struct Layer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let head: [UInt8]
    let tail: [UInt8]
  }

  static let layers = [
    Layer(testDescription: "fixarray", head: [0x91], tail: []),
    Layer(testDescription: "array16", head: [0xdc, 0, 1], tail: []),
    Layer(testDescription: "array32", head: [0xdd, 0, 0, 0, 1], tail: []),
    Layer(testDescription: "first of two", head: [0x92], tail: [0xc0]),
    Layer(testDescription: "last of two", head: [0x92, 0xc0], tail: []),
    Layer(testDescription: "value in fixmap", head: [0x81, 0x01], tail: []),
    Layer(testDescription: "value in map16", head: [0xde, 0, 1, 0xc0], tail: []),
    Layer(testDescription: "value in map32", head: [0xdf, 0, 0, 0, 1, 0xc0], tail: []),
    Layer(testDescription: "key of fixmap", head: [0x81], tail: [0xc0]),
    Layer(testDescription: "beside a lifted NaN", head: [0x92, 0xca, 0x7f, 0x80, 0, 1], tail: []),
  ]

  /// The innermost values: how many levels they add themselves, and their bytes.
  static let leaves: [(levels: Int, bytes: [UInt8])] = [
    (0, [0xc0]), (0, [0x01]), (0, [0xca, 0x7f, 0x80, 0, 1]), (1, [0x90]), (1, [0x80]), (1, [0x93, 1, 2, 3]),
    (2, [0x92, 0x92, 1, 2, 0x92, 3, 4]), (2, [0x92, 0x80, 0x80]), (2, [0x81, 0x01, 0x80]),
    (3, [0x91, 0x91, 0x91, 0xc3]),
  ]

  private func nested(_ layer: Layer, levels: Int, leaf: [UInt8]) -> [UInt8] {
    Array(repeatElement(layer.head, count: levels).joined()) + leaf
      + Array(repeatElement(layer.tail, count: levels).joined())
  }

  @Test("31 and 32 levels are read and written, 33 are too deep", arguments: layers, leaves.indices)
  func depths(layer: Layer, leaf: Int) throws {
    let (added, bytes) = Self.leaves[leaf]
    for depth in [31, 32] {
      let object = nested(layer, levels: depth - added, leaf: bytes)
      let value = try MessagePackReader.value(of: object)
      #expect(try MessagePackReader.value(of: try MessagePackWriter.bytes(of: value)) == value)
    }
    let tooDeep = nested(layer, levels: 33 - added, leaf: bytes)
    guard case .tooDeep(let offset, 32) = failure(of: tooDeep) else {
      return #expect(Bool(false), "\(String(describing: failure(of: tooDeep)))")
    }
    #expect(offset < tooDeep.count)
  }

  @Test("Containers of all kinds count together")
  func mixedLayers() throws {
    let cycle = (0..<33).map { Self.layers[$0 % Self.layers.count] }
    for depth in [31, 32] {
      let layers = cycle.prefix(depth)
      let object = layers.flatMap(\.head) + [0xc0] + layers.reversed().flatMap(\.tail)
      _ = try MessagePackReader.value(of: object)
    }
    let head = cycle.dropLast().flatMap(\.head)
    let tail = cycle.reversed().flatMap(\.tail)
    #expect(failure(of: head + cycle[32].head + [0xc0] + tail) == .tooDeep(offset: head.count, limit: 32))
  }

  @Test("A list of numbers may have 32 dimensions, of empty maps 31")
  func packedDimensions() throws {
    let numbers = PackedList(shape: Array(repeating: 1, count: 32), elements: .int64([5]))
    let maps = PackedList(shape: Array(repeating: 1, count: 31), elements: .emptyMaps(1))
    for list in [numbers, maps] {
      #expect(try MessagePackReader.value(of: try MessagePackWriter.bytes(of: .packed(list))) == .packed(list))
    }
    #expect(failure(of: Array(repeating: 0x91, count: 32) + [0x80]) == .tooDeep(offset: 32, limit: 32))
  }

  @Test("What could not be read again is not written")
  func writingTooDeep() {
    var value = MessagePackValue.nil
    for level in 0..<33 { value = level % 2 == 0 ? .array([value]) : .map([.init(key: .nil, value: value)]) }
    #expect(failure(toWrite: value)?.isLimit == true)
    let numbers = PackedList(shape: Array(repeating: 1, count: 32), elements: .int64([5]))
    #expect(failure(toWrite: .array([.packed(numbers)])) == .tooDeep(offset: 1, limit: 32))
    let maps = PackedList(shape: Array(repeating: 1, count: 32), elements: .emptyMaps(1))
    #expect(failure(toWrite: .packed(maps)) == .tooDeep(offset: 0, limit: 32))
  }
}
