import MessagePack
import Testing

@Suite("Damaged objects")
struct DamageTests {
  /// Something of everything, 98 bytes.
  private static let sample = MessagePackValue.map([
    .init(key: .string("obs"), value: .packed(PackedList(shape: [2, 2], elements: .float32([0, -1, .nan, 1])))),
    .init(key: .int(-200), value: .array([.nil, .bool(true), .unsigned(.max), .float64(0.5)])),
    .init(key: .binary([1, 2]), value: .ext(type: 5, bytes: [1, 2, 3])),
    .init(key: .nil, value: .timestamp(.init(seconds: 1 << 40, nanoseconds: 7))),
    .init(key: .packed(PackedList(shape: [2], elements: .int64([1, 300]))), value: .string("é")),
    .init(key: .float32(1.5), value: .packed(PackedList(shape: [3], elements: .emptyMaps(3)))),
  ])

  /// About 60 bytes with every kind of head.
  private static let small = fromHex(
    "86 a3 6f6273 92 92 01 cd0102 92 ff d0 80 d10100 93 c0 c3 cb3fe0000000000000 c402 0102 d505 0102 c0 d6ff 00000001"
      + "d901 61 dc0002 80 80 ca 7f800001 de0001 05 db00000001 7a")

  @Test("An object cut short anywhere is an error and the reader stays")
  func truncations() throws {
    for bytes in [try MessagePackWriter.bytes(of: Self.sample), Self.small] {
      #expect(failure(of: bytes) == nil)
      for count in 1..<bytes.count {
        var reader = MessagePackReader(Array(bytes.prefix(count)))
        #expect(throws: MessagePackError.self, "\(count) bytes") { try reader.next() }
        #expect(reader.offset == 0)
        switch failure(of: reader.bytes) {
        case .truncated(let offset, let needed, let available)?:
          #expect(offset <= count && needed > available, "\(count) bytes")
        case .announcesTooMuch(_, let announced, _, let available)?:
          #expect(announced > 0 && available < count, "\(count) bytes")
        case let other: #expect(Bool(false), "\(count) bytes: \(String(describing: other))")
        }
      }
    }
  }

  @Test("A byte changed to any other never traps, and what is still read is written and read again")
  func flips() throws {
    for index in Self.small.indices {
      for change in UInt8(1)...255 {
        var bytes = Self.small
        bytes[index] ^= change
        guard let value = try? MessagePackReader.value(of: bytes) else { continue }
        let again = try MessagePackWriter.bytes(of: value)
        #expect(try MessagePackReader.value(of: again) == value, "byte \(index) changed by \(change)")
      }
    }
  }

  // A quarter of the bytes are heads of containers and lists of numbers, or else hardly any input gets far.
  @Test("Random bytes never trap, and what is read is written and read again", arguments: 0..<5 as Range<UInt64>)
  func randomBytes(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let heads: [UInt8] = [
      0x81, 0x82, 0x91, 0x92, 0x93, 0xca, 0xcb, 0xcf, 0xd3, 0xdc, 0xdd, 0xde, 0xdf, 0xc7, 0xd9, 0x80, 0,
    ]
    for round in 0..<10_000 {
      let bytes: [UInt8] = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        Int.random(in: 0..<4, using: &random) == 0
          ? heads.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
      }
      var reader = MessagePackReader(bytes)
      while let value = try? reader.next() {
        let again = try MessagePackWriter.bytes(of: value)
        #expect(try MessagePackReader.value(of: again) == value, "seed \(seed), round \(round): \(bytes)")
      }
    }
  }
}
