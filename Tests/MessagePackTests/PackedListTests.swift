import MessagePack
import Testing

@Suite("Packed lists")
struct PackedListTests {
  private func read(_ hex: String) throws -> MessagePackValue { try MessagePackReader.value(of: fromHex(hex)) }

  @Test(
    "Rectangular lists of one type are packed",
    arguments: [
      ("93 01 ff cd0100", [3], PackedList.Elements.int64([1, -1, 256])),
      ("92 01 cf8000000000000000", [2], .uint64([1, 1 << 63])),
      ("92 cf8000000000000000 01", [2], .uint64([1 << 63, 1])),
      ("92 cf7fffffffffffffff ff", [2], .int64([.max, -1])),
      ("92 c2c3", [2], .bool([false, true])),
      ("91 ca3f800000", [1], .float32([1])),
      ("91 cb3ff0000000000000", [1], .float64([1])),
      ("92 8080", [2], .emptyMaps(2)),
      ("93 de0000 80 df00000000", [3], .emptyMaps(3)),
      ("92 920102 920304", [2, 2], .int64([1, 2, 3, 4])),
      ("92 9101 91cfffffffffffffffff", [2, 1], .uint64([1, .max])),
      ("91 93 91c3 dc0001c2 dd00000001c3", [1, 3, 1], .bool([true, false, true])),
      ("92 9180 9180", [2, 1], .emptyMaps(2)),
    ])
  func packed(hex: String, shape: [Int], elements: PackedList.Elements) throws {
    #expect(try read(hex) == .packed(PackedList(shape: shape, elements: elements)))
  }

  @Test(
    "Other lists stay lists whose elements are packed where they can be",
    arguments: [
      "90", "91 90", "92 90 90", "92 01 c3", "92 01 cb3ff0000000000000", "92 ca3f800000 cb3ff0000000000000",
      "92 ff cf8000000000000000", "92 cf8000000000000000 ff", "93 01 02 c0", "93 01 02 a161", "92 920102 9103",
      "92 920102 92c2c3", "92 01 9102", "92 9101 02", "92 9101 c0", "92 80 8101c0", "92 8101c0 80", "92 80 01",
      "92 9101 9180",
      "92 91ff 91cf8000000000000000", "93 c2 c3 01", "92 9101 90", "92 90 9101", "92 9291019102 9291039204 05",
      "92 92 9101 9102 92 9103 9204 05",
      "92 de0000 de0001c0c0", "92 9101 91 9102", "92 91 9101 9102", "92 9101 91 90", "91 91 91 c0",
      "93 cb3ff0000000000000 cb3ff0000000000000 c0",
    ])
  func notPacked(hex: String) throws {
    let value = try read(hex)
    guard case .array = value else { return #expect(Bool(false), "\(value)") }
    #expect(naivelyPacked(value) == value)
    #expect(try MessagePackReader.value(of: try MessagePackWriter.bytes(of: value)) == value)
  }

  @Test("A long list that stops being of one type at its end stays a list")
  func lateMismatch() throws {
    let ones = Array(repeating: MessagePackValue.int(1), count: 70_000)
    for last in [MessagePackValue.nil, .float64(1), .unsigned(.max), .bool(true), .array([.nil]), .map([])] {
      let value = MessagePackValue.array([.array(ones + [last])])
      let isUnsigned = last == .unsigned(.max)
      let found = try MessagePackReader.value(of: try MessagePackWriter.bytes(of: value))
      #expect(found == naivelyPacked(value))
      #expect(found.elements?.first?.elements?.count == 70_001)
      if case .packed = found { #expect(isUnsigned) } else { #expect(!isUnsigned) }
    }
  }

  @Test("Rows of a nested list are lists of their own, of integers again where they fit")
  func rows() {
    let list = PackedList(shape: [2, 2], elements: .uint64([1, 2, 3, .max]))
    #expect(list.count == 2)
    #expect(
      list.rows == [
        .packed(PackedList(shape: [2], elements: .int64([1, 2]))),
        .packed(PackedList(shape: [2], elements: .uint64([3, .max]))),
      ])
    #expect(PackedList(shape: [2], elements: .uint64([3, .max])).rows == [.int(3), .unsigned(.max)])
  }

  @Test(
    "Rows are what reading the list element by element would give",
    arguments: [
      PackedList(shape: [2, 1, 3], elements: .int64([1, -2, 3, 4, 5, 6])),
      PackedList(shape: [3, 2], elements: .float32([0, -0.0, .nan, 1, 2, .infinity])),
      PackedList(shape: [2, 2], elements: .float64([0, -0.0, .nan, 1])),
      PackedList(shape: [2, 1], elements: .bool([true, false])),
      PackedList(shape: [3, 2], elements: .emptyMaps(6)),
      PackedList(shape: [4], elements: .emptyMaps(4)),
    ])
  func rowsAreElements(list: PackedList) throws {
    let whole = MessagePackValue.array(list.rows)
    #expect(naivelyPacked(whole) == .packed(list))
    #expect(try MessagePackWriter.bytes(of: whole) == MessagePackWriter.bytes(of: .packed(list)))
    #expect(MessagePackValue.packed(list).elements == list.rows)
  }

  @Test("Equality looks at shape, type and bits, and equal lists hash equally")
  func equality() {
    let list = PackedList(shape: [2, 1], elements: .float64([0, .nan]))
    let same = PackedList(shape: [2, 1], elements: .float64([0, .nan]))
    #expect(list == same)
    #expect(list.hashValue == same.hashValue)
    for other in [
      PackedList(shape: [1, 2], elements: .float64([0, .nan])), PackedList(shape: [2], elements: .float64([0, .nan])),
      PackedList(shape: [2, 1], elements: .float64([-0.0, .nan])),
      PackedList(shape: [2, 1], elements: .float32([0, .nan])),
      PackedList(shape: [2, 1], elements: .float64([0, Double(bitPattern: 0x7ff8_0000_0000_0001)])),
      PackedList(shape: [2, 1], elements: .int64([0, 1])), PackedList(shape: [2, 1], elements: .emptyMaps(2)),
    ] { #expect(list != other) }
  }

  @Test("A list of four million small integers takes eight bytes for each and no more")
  func boundedMemory() throws {
    let count = 4 << 20
    let value = try MessagePackReader.value(of: fromHex("dd00400000") + Array(repeating: 1, count: count))
    guard case .packed(let list) = value, case .int64(let numbers) = list.elements else {
      return #expect(Bool(false), "\(value.shortDescription)")
    }
    #expect(numbers.count == count)
    #expect(numbers.capacity < count + 4096)
  }
}
