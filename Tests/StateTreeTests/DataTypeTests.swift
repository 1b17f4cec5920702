import StateTree
import Testing

@Suite("Data types")
struct DataTypeTests {
  static let plain: [(DataType, String, Int, DataType.Kind, String)] = [
    (.bool, "|b1", 1, .bool, "bool"), (.int8, "|i1", 1, .signed, "int8"), (.int16, "<i2", 2, .signed, "int16"),
    (.int32, "<i4", 4, .signed, "int32"), (.int64, "<i8", 8, .signed, "int64"), (.uint8, "|u1", 1, .unsigned, "uint8"),
    (.uint16, "<u2", 2, .unsigned, "uint16"), (.uint32, "<u4", 4, .unsigned, "uint32"),
    (.uint64, "<u8", 8, .unsigned, "uint64"), (.float16, "<f2", 2, .float, "float16"),
    (.float32, "<f4", 4, .float, "float32"), (.float64, "<f8", 8, .float, "float64"),
    (.complex64, "<c8", 8, .complex, "complex64"), (.complex128, "<c16", 16, .complex, "complex128"),
  ]

  @Test("every plain type has numpy's name both ways", arguments: plain.indices)
  func plainTypes(_ index: Int) {
    let (type, name, itemBytes, kind, description) = Self.plain[index]
    #expect(type.name == name)
    #expect(DataType(name: name) == type)
    #expect(type.itemBytes == itemBytes)
    #expect(type.kind == kind)
    #expect(type.description == description)
  }

  @Test(
    "opaque types keep name and size",
    arguments: [
      ("<U5", 20), ("<U0", 0), ("|S5", 5), ("|S0", 0), ("|V16", 16), ("<M8", 8), ("<M8[ns]", 8), ("<m8[us]", 8),
      ("<M8[25s]", 8), ("<m8[100ns]", 8), ("<M8[Y]", 8), ("<m8[as]", 8), ("<U67108864", 268_435_456),
      ("|V268435456", 268_435_456),
    ])
  func opaqueTypes(_ name: String, _ itemBytes: Int) throws {
    let type = try #require(DataType(name: name))
    #expect(type.name == name)
    #expect(type.itemBytes == itemBytes)
    #expect(type.kind == .opaque)
    #expect(type.description == name)
    guard case .opaque(let opaque) = type else { Issue.record("\(name) is not opaque"); return }
    #expect(opaque.name == name && opaque.itemBytes == itemBytes)
  }

  @Test(
    "other names are refused",
    arguments: [
      "", "f4", "|O", "O", ">f4", "=f4", "<f3", "<f16", "<c4", "<i1", "|f4", "<b1", "|i2", "<U", "<U-1", "<U+1", "<U05",
      "<U 5", "<U5 ", "<U67108865", "|S268435457", "<U99999999999999999999", "|V-0", "<S5", "|U5", ">U5", "<M4[ns]",
      "<M80", "<M8ns", "<M8[", "<M8[]", "<M8[xs]", "<M8[1s]", "<M8[0s]", "<M8[025s]", "<M8[25]", "<M8[ns]]",
      "<M8[99999999999s]", "|M8[ns]", "<f4\u{301}", "<\u{301}U5", "<U\u{665}", "<f4\0", "<t3",
    ])
  func refused(_ name: String) {
    #expect(DataType(name: name) == nil)
  }

  @Test("a name longer than any of numpy's is refused")
  func longName() {
    #expect(DataType(name: "|S" + String(repeating: "0", count: 100)) == nil)
  }
}
