import MessagePack
import Testing

@Suite("Writer")
struct WriterTests {
  @Test(
    "Integers take their shortest form at every border",
    arguments: [
      (0, "00"), (127, "7f"), (128, "cc80"), (255, "ccff"), (256, "cd0100"), (65535, "cdffff"), (65536, "ce00010000"),
      (4_294_967_295, "ceffffffff"), (4_294_967_296, "cf0000000100000000"), (.max, "cf7fffffffffffffff"), (-1, "ff"),
      (-32, "e0"), (-33, "d0df"), (-128, "d080"), (-129, "d1ff7f"), (-32768, "d18000"), (-32769, "d2ffff7fff"),
      (-2_147_483_648, "d280000000"), (-2_147_483_649, "d3ffffffff7fffffff"), (.min, "d38000000000000000"),
    ] as [(Int64, String)])
  func integers(value: Int64, hex: String) throws {
    #expect(try MessagePackWriter.bytes(of: .int(value)) == fromHex(hex))
    #expect(try MessagePackReader.value(of: fromHex(hex)) == .int(value))
  }

  @Test("Containers are written head first")
  func heads() throws {
    var writer = MessagePackWriter()
    writer.reserve(100)
    try writer.writeMap(count: 2)
    try writer.write("a")
    try writer.writeList(count: 3)
    writer.writeNil()
    writer.write(true)
    writer.write(Int64(-1))
    try writer.writeBinary([])
    try writer.writeBinaryHead(count: 3)
    writer.append(bodyPart: [1, 2, 3][0..<1])
    writer.append(bodyPart: [1, 2, 3][1...])
    #expect(writer.bytes == fromHex("82 a161 93c0c3ff c400 c403010203"))
  }

  @Test("Floats are written by their bits", arguments: [0x7f80_0001, 0xffc1_2345, 0x8000_0000, 1] as [UInt32])
  func floats(bits: UInt32) throws {
    let value = MessagePackValue.float32(Float(bitPattern: bits))
    let wide = MessagePackValue.float64(Double(bitPattern: UInt64(bits) << 32 | 1))
    for value in [value, wide, .array([.nil, value, wide])] {
      #expect(try MessagePackReader.value(of: try MessagePackWriter.bytes(of: value)) == value)
    }
  }

  @Test("More than 2^32 - 1 elements cannot be written, and nothing of them is")
  func tooLong() {
    var writer = MessagePackWriter()
    let count = 1 << 32
    #expect(throws: MessagePackError.tooLongToWrite(.list, count: count)) { try writer.writeList(count: count) }
    #expect(throws: MessagePackError.tooLongToWrite(.map, count: count)) { try writer.writeMap(count: count) }
    #expect(throws: MessagePackError.tooLongToWrite(.binary, count: count)) { try writer.writeBinaryHead(count: count) }
    #expect(writer.bytes.isEmpty)
    #expect(throws: Never.self) { try writer.writeList(count: count - 1) }
    #expect(writer.bytes == fromHex("ddffffffff"))
  }
}
