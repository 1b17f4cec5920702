import StateTree
import Testing

@Suite("Tensors cast to another type")
struct TensorCastingTests {
  static let numeric: [DataType] = [
    .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32, .float64,
  ]

  @Test("zeros and ones are the same in every type, there and back", arguments: numeric)
  func everyPair(from: DataType) throws {
    let numbers = try Tensor([0, 1, 1, 0, 1, 0] as [Int64], shape: [2, 3])
    let start = try numbers.cast(to: from)
    #expect(start.dataType == from && start.shape == [2, 3])
    for type in Self.numeric {
      let there = try start.cast(to: type)
      #expect(there.dataType == type && there.doubles() == [0, 1, 1, 0, 1, 0], "\(from) to \(type)")
      #expect(try there.cast(to: from) == start, "\(from) to \(type)")
    }
  }

  @Test("floating-point numbers round to a narrower type, and NaN and infinities stay")
  func rounding() throws {
    let wide = Tensor(vector: [0.1, -1e-50, .nan, .infinity, -.infinity, 3.0])
    let narrow = try wide.cast(to: .float32).scalars(as: Float.self)
    #expect(narrow[0] == 0.1 && narrow[1] == 0 && narrow[1].sign == .minus && narrow[2].isNaN)
    #expect(Array(narrow[3...]) == [.infinity, -.infinity, 3])
  }

  @Test(
    "a number that the type cannot hold is refused",
    arguments: [
      (Tensor(vector: [1, 300] as [Int64]), .uint8, "300"), (Tensor(vector: [-1] as [Int8]), .uint64, "-1"),
      (Tensor(vector: [2] as [Int32]), .bool, "2"), (Tensor(vector: [0.5]), .int64, "0.5"),
      (Tensor(vector: [Float.nan]), .int8, "nan"), (Tensor(vector: [1 << 24 + 1] as [Int64]), .float32, "16777217"),
      (Tensor(vector: [1e300]), .float32, "1e+300"), (Tensor(vector: [UInt64.max]), .float64, "a number beyond 2^63"),
    ] as [(Tensor, DataType, String)])
  func refused(tensor: Tensor, type: DataType, value: String) {
    #expect(throws: StateTreeError.inexactCast(value, from: tensor.dataType, to: type)) { try tensor.cast(to: type) }
  }

  @Test("complex numbers are neither source nor target")
  func complex() throws {
    let complex = try Tensor(zeros: .complex64, shape: [1])
    #expect(throws: StateTreeError.wrongDataType(expected: .float32, found: .complex64)) {
      try complex.cast(to: .float32)
    }
    #expect(throws: StateTreeError.wrongDataType(expected: .complex64, found: .bool)) {
      try Tensor(vector: [true]).cast(to: .complex64)
    }
  }
}
