import StateTree
import Testing

@Suite("Tensor scalars")
struct TensorScalarTests {
  private func roundTrip<Scalar: TensorScalar & Equatable>(_ scalars: [Scalar], _ type: DataType) throws {
    let tensor = Tensor(vector: scalars)
    #expect(tensor.dataType == type)
    #expect(tensor.shape == [scalars.count])
    #expect(try tensor.scalars() == scalars)
    #expect(try Tensor(scalars, shape: [1, scalars.count]).scalars() == scalars)
    #expect(try Tensor(scalars) == tensor)
    #expect(try Tensor(vector: [Scalar]()).scalars(as: Scalar.self).isEmpty)
  }

  @Test("scalars of every type come back")
  func everyType() throws {
    try roundTrip([.min, -1, 0, .max] as [Int8], .int8)
    try roundTrip([.min, -1, 0, .max] as [Int16], .int16)
    try roundTrip([.min, -1, 0, .max] as [Int32], .int32)
    try roundTrip([.min, -1, 0, .max] as [Int64], .int64)
    try roundTrip([0, .max] as [UInt8], .uint8)
    try roundTrip([0, .max] as [UInt16], .uint16)
    try roundTrip([0, .max] as [UInt32], .uint32)
    try roundTrip([0, .max] as [UInt64], .uint64)
    try roundTrip([0.5, -65504, .infinity] as [Float16], .float16)
    try roundTrip([0.1, .leastNonzeroMagnitude] as [Float], .float32)
    try roundTrip([0.1, .greatestFiniteMagnitude] as [Double], .float64)
  }

  @Test("NaN payloads, signalling NaNs and the sign of zero are kept")
  func bits() throws {
    let doubles: [UInt64] = [0x7ff0_0000_0000_0001, 0xfff8_dead_beef_0001, 0x8000_0000_0000_0000]
    let floats: [UInt32] = [0x7f80_0001, 0xffc0_dead, 0x8000_0000]
    let halves: [UInt16] = [0x7c01, 0xfe12, 0x8000]
    #expect(
      try Tensor(vector: doubles.map(Double.init(bitPattern:))).scalars(as: Double.self).map(\.bitPattern) == doubles)
    #expect(try Tensor(vector: floats.map(Float.init(bitPattern:))).scalars(as: Float.self).map(\.bitPattern) == floats)
    #expect(
      try Tensor(vector: halves.map(Float16.init(bitPattern:))).scalars(as: Float16.self).map(\.bitPattern) == halves)
    #expect(Tensor(vector: [Float(bitPattern: 0x7f80_0001)]).bytes == [0x01, 0x00, 0x80, 0x7f])
  }

  @Test("nothing is converted silently")
  func wrongType() {
    #expect(throws: StateTreeError.wrongDataType(expected: .float64, found: .float32)) {
      try Tensor(vector: [1 as Float]).scalars(as: Double.self)
    }
    #expect(throws: StateTreeError.wrongDataType(expected: .bool, found: .uint8)) {
      try Tensor(vector: [1 as UInt8]).flags()
    }
    #expect(throws: StateTreeError.shapeMismatch(.int8, shape: [4], expectedBytes: 4, foundBytes: 3)) {
      try Tensor([1, 2, 3] as [Int8], shape: [4])
    }
  }

  @Test("any byte but 0 is true")
  func flags() throws {
    #expect(try Tensor(vector: [true, false]).flags() == [true, false])
    #expect(Tensor(vector: [true, false]).bytes == [1, 0])
    #expect(try Tensor(.bool, shape: [3], bytes: [0, 1, 255]).flags() == [false, true, true])
  }

  static let widened: [(Tensor, [Double]?, [Int64]?)] = [
    (Tensor(vector: [true, false]), [1, 0], [1, 0]),
    (Tensor(vector: [.min, 1] as [Int8]), [-128, 1], [-128, 1]),
    (Tensor(vector: [.min, 1] as [Int16]), [-32768, 1], [-32768, 1]),
    (Tensor(vector: [.min, 1] as [Int32]), [-2_147_483_648, 1], [-2_147_483_648, 1]),
    (Tensor(vector: [.min, 1] as [Int64]), [-9_223_372_036_854_775_808, 1], [.min, 1]),
    (Tensor(vector: [.max] as [UInt8]), [255], [255]),
    (Tensor(vector: [.max] as [UInt16]), [65535], [65535]),
    (Tensor(vector: [.max] as [UInt32]), [4_294_967_295], [4_294_967_295]),
    (Tensor(vector: [7] as [UInt64]), [7], [7]),
    (Tensor(vector: [.max] as [UInt64]), [18_446_744_073_709_551_616], nil),
    (Tensor(vector: [0.5] as [Float16]), [0.5], nil),
    (Tensor(vector: [0.1] as [Float]), [Double(Float(0.1))], nil),
    (Tensor(vector: [0.1] as [Double]), [0.1], nil),
  ]

  @Test("doubles and integers of every type", arguments: widened.indices)
  func widening(_ index: Int) {
    let (tensor, doubles, integers) = Self.widened[index]
    #expect(tensor.doubles() == doubles)
    #expect(tensor.integers() == integers)
  }

  @Test("complex and opaque tensors have neither doubles nor integers", arguments: ["<c8", "<c16", "<U2", "<M8[ns]"])
  func notNumbers(_ name: String) throws {
    let tensor = try Tensor(zeros: #require(DataType(name: name)), shape: [1])
    #expect(tensor.doubles() == nil)
    #expect(tensor.integers() == nil)
  }
}
