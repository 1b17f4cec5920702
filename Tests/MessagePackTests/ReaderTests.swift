import MessagePack
import Testing

@Suite("Reader")
struct ReaderTests {
  @Test("Objects follow one another, each at the offset behind the last")
  func stream() throws {
    var reader = MessagePackReader(fromHex("01 92c0c3 c0 930102cd0100 a161 80"))
    var offsets: [Int] = []
    var values: [MessagePackValue] = []
    while let value = try reader.next() {
      values.append(value)
      offsets.append(reader.offset)
    }
    #expect(offsets == [1, 4, 5, 11, 13, 14])
    let numbers = PackedList(shape: [3], elements: .int64([1, 2, 256]))
    #expect(values == [.int(1), .array([.nil, .bool(true)]), .nil, .packed(numbers), .string("a"), .map([])])
    #expect(reader.isAtEnd)
    #expect(try reader.next() == nil)
  }

  @Test(
    "A failed read leaves the reader where it was", arguments: ["92c0", "c1", "8201c001c0", "da0005 61", "93 01 02"])
  func failureLeavesOffset(rest: String) throws {
    var reader = MessagePackReader(fromHex("92c0c3" + rest))
    _ = try reader.next()
    for _ in 0..<2 {
      #expect(throws: MessagePackError.self) { try reader.next() }
      #expect(reader.offset == 3)
    }
  }

  @Test("A read that failed at a limit succeeds once the limit is raised")
  func raisedLimit() throws {
    var reader = MessagePackReader(fromHex("92c0c3"), limits: .init(nodes: 2))
    #expect(throws: MessagePackError.tooManyNodes(offset: 2, limit: 2)) { try reader.next() }
    reader.limits.nodes = 3
    #expect(try reader.next() == .array([.nil, .bool(true)]))
  }

  @Test("Offsets in errors count from the first byte, not from the object's")
  func offsetsAreAbsolute() throws {
    var reader = MessagePackReader(fromHex("01 02 92c0c1"))
    _ = try reader.next()
    _ = try reader.next()
    #expect(throws: MessagePackError.reservedByte(offset: 4)) { try reader.next() }
  }

  @Test("Nothing is an end for a stream and an error for a single object")
  func emptyInput() throws {
    var reader = MessagePackReader([])
    #expect(reader.isAtEnd)
    #expect(try reader.next() == nil)
    #expect(failure(of: []) == .truncated(offset: 0, needed: 1, available: 0))
  }

  @Test("Bytes behind a single object are an error that says where and how many")
  func trailingBytes() {
    #expect(failure(of: fromHex("91c0 0102")) == .trailingBytes(offset: 2, count: 2))
  }

  // 4096 bytes is where the scan begins to copy bodies itself.
  @Test(
    "A body of any length is the same alone, in a list and beside a list of numbers",
    arguments: [
      0, 1, 31, 32, 4095, 4096, 4097, 70_000,
    ])
  func bodies(count: Int) throws {
    let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let numbers = MessagePackValue.packed(PackedList(shape: [2], elements: .int64([1, 2])))
    for value in [MessagePackValue.text(body), .binary(body), .ext(type: -7, bytes: body), .ext(type: -1, bytes: body)]
    where value != .ext(type: -1, bytes: body) || ![4, 8, 12].contains(count) {
      for whole in [
        value, .array([value, .nil]), .array([.nil, value, numbers, value, .int(3)]),
        .map([.init(key: value, value: numbers), .init(key: numbers, value: value)]),
      ] {
        #expect(try MessagePackReader.value(of: try MessagePackWriter.bytes(of: whole)) == whole)
      }
    }
  }

  @Test("Values that the scan lifts out come back in their own places")
  func liftedPlaces() throws {
    let nan = MessagePackValue.float32(Float(bitPattern: 0x7f80_0001))
    let list = MessagePackValue.packed(PackedList(shape: [1], elements: .bool([true])))
    let long = MessagePackValue.binary(Array(repeating: 7, count: 5000))
    let value = MessagePackValue.array([
      nan, .nil, list, .map([.init(key: list, value: nan), .init(key: nan, value: .array([list, .nil, long]))]), long,
      nan,
    ])
    #expect(try MessagePackReader.value(of: try MessagePackWriter.bytes(of: value)) == value)
  }
}
