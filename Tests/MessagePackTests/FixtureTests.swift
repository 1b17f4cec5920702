import MessagePack
import Testing

@Suite("Files of other writers")
struct FixtureTests {
  @Test(
    "Reading gives what the writer meant, to the bit",
    arguments: ["msgpack-python", "ormsgpack", "msgpack-numpy", "by-hand"])
  func readsTruth(name: String) throws {
    let fixture = try Fixture(name)
    let found = try objects(of: fixture.bytes)
    #expect(found.count == fixture.truth.count)
    for (index, (object, truth)) in zip(found, fixture.truth).enumerated() {
      #expect(object.value == truth, "object \(index + 1) of \(name): \(object.value.shortDescription)")
    }
  }

  // No object differs: all three write shortest forms, as we do, and keep the width of floats and the order of keys.
  @Test(
    "Writing what was read gives the bytes of Python's writers",
    arguments: ["msgpack-python", "ormsgpack", "msgpack-numpy"])
  func writesSameBytes(name: String) throws {
    for (index, object) in try objects(of: try Fixture(name).bytes).enumerated() {
      let bytes = try MessagePackWriter.bytes(of: object.value)
      #expect(bytes.elementsEqual(object.bytes), "object \(index + 1) of \(name): \(object.value.shortDescription)")
    }
  }

  @Test("Forms that are not the shortest are written shorter, mean the same and are stable from then on")
  func writesShortestForms() throws {
    for (index, object) in try objects(of: try Fixture("by-hand").bytes).enumerated() {
      let bytes = try MessagePackWriter.bytes(of: object.value)
      let isSame = bytes.elementsEqual(object.bytes)
      #expect(isSame || bytes.count < object.bytes.count, "object \(index + 1): \(object.value.shortDescription)")
      #expect(try MessagePackReader.value(of: bytes) == object.value, "object \(index + 1)")
    }
  }

  @Test(
    "Every longer form has its shortest one",
    arguments: [
      ("cc01", "01"), ("cd0001", "01"), ("ce00000001", "01"), ("cf0000000000000001", "01"), ("d001", "01"),
      ("d10001", "01"), ("d200000001", "01"), ("d30000000000000001", "01"), ("d0ff", "ff"),
      ("d3ffffffffffffffff", "ff"),
      ("d901 61", "a161"), ("da0001 61", "a161"), ("db00000001 61", "a161"), ("c50001 61", "c40161"),
      ("c600000001 61", "c40161"), ("c70105 61", "d40561"), ("c8000105 61", "d40561"), ("c90000000105 61", "d40561"),
      ("dc0001 c0", "91c0"), ("dd00000001 c0", "91c0"), ("de0001 01c0", "8101c0"), ("df00000001 01c0", "8101c0"),
      ("d7ff 0000000000000005", "d6ff00000005"), ("c70cff 000000000000000000000005", "d6ff00000005"),
      ("c70cff 000000070000000000000005", "d7ff0000001c00000005"), ("c704ff 00000005", "d6ff00000005"),
    ])
  func shortestForm(long: String, short: String) throws {
    #expect(try MessagePackWriter.bytes(of: try MessagePackReader.value(of: fromHex(long))) == fromHex(short))
  }

  // The Python fixtures stop at 256 entries: these two maps alone would take half a megabyte.
  @Test("Maps keep their entries at the border of 16-bit counts", arguments: [65535, 65536])
  func bigMaps(count: Int) throws {
    let map = MessagePackValue.map((0..<count).map { .init(key: .int(Int64($0)), value: .nil) })
    let bytes = try MessagePackWriter.bytes(of: map)
    #expect(bytes.starts(with: fromHex(count == 65535 ? "deffff 00c0 01c0" : "df00010000 00c0 01c0")))
    #expect(try MessagePackReader.value(of: bytes) == map)
  }
}
