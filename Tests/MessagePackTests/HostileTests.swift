import MessagePack
import Testing

@Suite("Hostile objects", .timeLimit(.minutes(10)))
struct HostileTests {
  @Test(
    "A head that announces 2^32 - 1 is refused before anything is taken for it",
    arguments: [
      ("dd ffffffff", MessagePackError.announcesTooMuch(.list, count: 4_294_967_295, offset: 0, available: 0)),
      ("df ffffffff", .announcesTooMuch(.map, count: 4_294_967_295, offset: 0, available: 0)),
      ("db ffffffff", .truncated(offset: 0, needed: 4_294_967_300, available: 5)),
      ("c6 ffffffff", .truncated(offset: 0, needed: 4_294_967_300, available: 5)),
      ("c9 ffffffff 05", .truncated(offset: 0, needed: 4_294_967_301, available: 6)),
      ("dd ffffffff c0", .announcesTooMuch(.list, count: 4_294_967_295, offset: 0, available: 1)),
      ("dd ffffffff 01 01 01", .announcesTooMuch(.list, count: 4_294_967_295, offset: 0, available: 3)),
      ("92 dd 00000002 01 01 dd ffffffff 01", .announcesTooMuch(.list, count: 4_294_967_295, offset: 8, available: 1)),
      ("81 c0 df ffffffff", .announcesTooMuch(.map, count: 4_294_967_295, offset: 2, available: 0)),
      ("c1", .reservedByte(offset: 0)), ("91 c1", .reservedByte(offset: 1)), ("93 01 02 c1", .reservedByte(offset: 3)),
      ("92 80 de00", .truncated(offset: 2, needed: 3, available: 2)), ("92 de0000 c1", .reservedByte(offset: 4)),
      ("81 c1 c0", .reservedByte(offset: 1)), ("92 920102 92 03 c1", .reservedByte(offset: 6)),
      ("dd 000000", .truncated(offset: 0, needed: 5, available: 4)),
      ("c9 0000", .truncated(offset: 0, needed: 5, available: 3)),
    ])
  func announcements(hex: String, error: MessagePackError) {
    #expect(failure(of: fromHex(hex)) == error)
  }

  @Test(
    "Nested heads are held to what remains for all of them together",
    arguments: [
      ("dc ffff", 3), ("de 7fff c0", 4), ("dd 0000ffff", 5),
    ])
  func chains(head: String, size: Int) {
    let chain = Array(repeatElement(fromHex(head), count: 100_000 / size).joined())
    guard case .announcesTooMuch(_, let count, size, let available) = failure(of: chain) else {
      return #expect(Bool(false), "\(String(describing: failure(of: chain)))")
    }
    #expect(count < available, "the second head alone would have passed")
  }

  @Test(
    "A million levels are refused at the 33rd",
    arguments: [
      ([0x91], 32), ([0x81, 0x01], 64), ([0x81], 32), ([0xdc, 0, 1], 96), ([0x91, 0x81, 0xc0], 48),
      ([0x92, 0x91, 0x01], 94),
    ] as [([UInt8], Int)])
  func deep(head: [UInt8], offset: Int) {
    let bytes = Array(repeatElement(head, count: 1_000_000).joined())
    #expect(failure(of: bytes) == .tooDeep(offset: offset, limit: 32))
  }

  @Test("A map of maps of maps is held to its budget and its depth")
  func mapsOfMaps() {
    #expect(
      failure(of: Array(repeating: 0x8f, count: 200)) == .announcesTooMuch(.map, count: 15, offset: 6, available: 193))
    #expect(failure(of: Array(repeating: 0x81, count: 200)) == .tooDeep(offset: 32, limit: 32))
  }

  @Test(
    "Keys are the same if their bytes mean the same, whatever form holds them",
    arguments: [
      ("82 01 c0 01 c0", MessagePackValue.int(1)), ("82 01 c0 cc01 c0", .int(1)),
      ("82 d30000000000000001 c0 cf0000000000000001 c0", .int(1)),
      ("82 a161 c0 d90161 c0", .string("a")), ("82 c0 01 c0 02", .nil),
      ("82 ca7fc00000 01 ca7fc00000 02", .float32(.nan)),
      ("82 920102 c0 dc0002 cc01 02 c0", .packed(PackedList(shape: [2], elements: .int64([1, 2])))),
      ("82 d6ff00000005 c0 d7ff0000000000000005 c0", .timestamp(.init(seconds: 5, nanoseconds: 0))),
      ("82 80 01 de0000 02", .map([])), ("91 81 c0 82 c2 01 c2 02", .bool(false)),
    ])
  func duplicateKeys(hex: String, key: MessagePackValue) {
    #expect(failure(of: fromHex(hex)) == .duplicateKey(key))
  }

  @Test(
    "Keys that only look alike are different keys",
    arguments: [
      "82 a2c3a9 01 a365cc81 02", "82 01 c0 ca3f800000 c0", "82 ca3f800000 c0 cb3ff0000000000000 c0",
      "82 a161 c0 c40161 c0",
      "82 cb0000000000000000 c0 cb8000000000000000 c0", "82 01 c0 c3 c0", "82 ca7fc00000 c0 ca7f800001 c0",
      "82 a0 c0 c400 c0", "82 90 c0 80 c0", "82 c0 c0 a0 c0", "82 c2 c0 00 c0", "82 d40561 c0 d40661 c0",
    ])
  func differentKeys(hex: String) throws {
    #expect(try MessagePackReader.value(of: fromHex(hex)).entries?.count == 2)
  }

  @Test("Accents composed and decomposed are found by their own bytes")
  func accents() throws {
    let map = try MessagePackReader.value(of: fromHex("82 a2c3a9 01 a365cc81 02"))
    #expect(map["\u{e9}"] == .int(1))
    #expect(map["e\u{301}"] == .int(2))
    #expect(map["e"] == nil)
  }

  @Test("A key that comes twice is found in maps of any size", arguments: [2, 16, 17, 1000])
  func duplicateInLargeMap(count: Int) throws {
    var entries = (0..<count).map { MessagePackValue.MapEntry(key: .int(Int64($0)), value: .nil) }
    #expect(failure(of: try MessagePackWriter.bytes(of: .map(entries))) == nil)
    entries[count - 1].key = .int(0)
    #expect(failure(of: try MessagePackWriter.bytes(of: .map(entries))) == .duplicateKey(.int(0)))
  }

  @Test("A list that fails late inside 31 others is not read 32 times", arguments: [0x91, 0x92] as [UInt8])
  func lateFailure(head: UInt8) throws {
    let beside: [UInt8] = head == 0x92 ? [0x91, 0x01] : []
    let prefix = Array(repeatElement([head] + beside, count: 30).joined())
    let list = fromHex("dd000f4240") + Array(repeating: 1, count: 999_999) + [0xc0]
    _ = try MessagePackReader.value(of: prefix + list)
  }
}
