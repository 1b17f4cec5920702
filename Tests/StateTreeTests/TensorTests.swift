import StateTree
import Testing

@Suite("Tensors")
struct TensorTests {
  static let matrix = Tensor(knownShape: [3, 2], [1, 2, 3, 4, 5, 6] as [Float])

  @Test("a tensor is its type, shape and bytes")
  func construction() throws {
    let tensor = try Tensor(.int16, shape: [2, 1], bytes: [1, 0, 0xff, 0xff])
    #expect(try tensor.scalars() == [1, -1] as [Int16])
    #expect((tensor.count, tensor.rowCount, tensor.rowBytes) == (2, 2, 2))
    #expect(tensor.summary == "int16 [2, 1]")
    #expect(try Tensor(zeros: .float64, shape: [2, 3]).bytes == [UInt8](repeating: 0, count: 48))
    let single = try Tensor(.uint8, shape: [], bytes: [7])
    #expect((single.count, single.rowCount, single.rowBytes) == (1, 1, 1))
  }

  @Test("equality is that of type, shape and bits")
  func equality() throws {
    let zero = Tensor(vector: [0.0])
    #expect(zero != Tensor(vector: [-0.0]))
    #expect(Tensor(vector: [Double.nan]) == Tensor(vector: [Double.nan]))
    #expect(zero != Tensor(vector: [0 as Int64]))
    #expect(try zero != zero.reshaped([1, 1]))
    #expect(Set([zero, Tensor(vector: [0.0])]).count == 1)
  }

  @Test("bytes that do not fit the shape are refused", arguments: [[], [3], [2, 2], [0]])
  func mismatch(_ shape: [Int]) {
    let expected = shape.reduce(4, *)
    #expect(throws: StateTreeError.shapeMismatch(.float32, shape: shape, expectedBytes: expected, foundBytes: 8)) {
      try Tensor(.float32, shape: shape, bytes: [UInt8](repeating: 0, count: 8))
    }
  }

  @Test(
    "impossible shapes are refused without a trap",
    arguments: [
      [.max, 2], [2, .max], [.max, .max], [.max], [-1], [0, -1], [-1, -1], [.min], [.min, .min], [0, .max, 2],
      [.max, 0, .max], [Int](repeating: 1, count: 33), [Int](repeating: 2, count: 32) + [0],
    ] as [[Int]])
  func impossibleShapes(_ shape: [Int]) {
    #expect(throws: StateTreeError.invalidShape(shape)) { try Tensor.byteCount(.float32, shape: shape) }
    #expect(throws: StateTreeError.invalidShape(shape)) { try Tensor(.float32, shape: shape, bytes: []) }
    #expect(throws: StateTreeError.invalidShape(shape)) { try Tensor(zeros: .float32, shape: shape) }
    #expect(throws: StateTreeError.invalidShape(shape)) { try Self.matrix.reshaped(shape) }
  }

  @Test("shapes of many elements without bytes are counted without a trap")
  func emptyElements() throws {
    let text = try #require(DataType(name: "<U0"))
    #expect(throws: StateTreeError.invalidShape([.max, 2])) { try Tensor(text, shape: [.max, 2], bytes: []) }
    let many = try Tensor(text, shape: [.max], bytes: [])
    #expect((many.count, many.rowCount, many.rowBytes) == (.max, .max, 0))
    #expect(many.rows(5..<9).shape == [4])
    #expect(throws: StateTreeError.invalidShape([.max])) { try Tensor(concatenating: [many, many, many]) }
    let rows = try Tensor(.float64, shape: [1 << 58, 0], bytes: [])
    #expect(try Tensor(concatenating: [rows, rows]).shape == [1 << 59, 0])
  }

  @Test("rank 32 is the most")
  func rank() throws {
    let tensor = try Tensor(.uint8, shape: [Int](repeating: 1, count: 32), bytes: [9])
    #expect(tensor.count == 1)
    #expect(Tensor.maximumRank == 32)
  }

  @Test("rows are a slice of the first axis")
  func slicing() throws {
    let part = Self.matrix.rows(1..<3)
    #expect(part.shape == [2, 2])
    #expect(try part.scalars() == [3, 4, 5, 6] as [Float])
    #expect(Self.matrix.rows(0..<3) == Self.matrix)
    #expect(Self.matrix.rows(3..<3).shape == [0, 2])
    #expect(Self.matrix.rows(0..<0).bytes.isEmpty)
  }

  @Test("reshaping keeps the bytes")
  func reshaping() throws {
    let flat = try Self.matrix.reshaped([6])
    #expect(flat.bytes == Self.matrix.bytes)
    #expect(try flat.reshaped([3, 2]) == Self.matrix)
    #expect(throws: StateTreeError.shapeMismatch(.float32, shape: [5], expectedBytes: 20, foundBytes: 24)) {
      try flat.reshaped([5])
    }
  }

  @Test("concatenating slices gives the whole, wherever it was cut")
  func concatenation() throws {
    for cut in 0...3 {
      let parts = [Self.matrix.rows(0..<cut), Self.matrix.rows(cut..<3)]
      #expect(try Tensor(concatenating: parts) == Self.matrix)
    }
    #expect(try Tensor(concatenating: [Self.matrix]) == Self.matrix)
  }

  @Test("tensors of different kind are not concatenated")
  func concatenationRefused() throws {
    let other = Tensor(vector: [1 as Int32])
    let single = try Tensor(.float32, shape: [], bytes: [0, 0, 0, 0])
    #expect(throws: StateTreeError.cannotConcatenate([])) { try Tensor(concatenating: []) }
    #expect(throws: StateTreeError.cannotConcatenate(["float32 []"])) { try Tensor(concatenating: [single]) }
    #expect(throws: StateTreeError.cannotConcatenate(["float32 [3, 2]", "int32 [1]"])) {
      try Tensor(concatenating: [Self.matrix, Self.matrix, other])
    }
    #expect(throws: StateTreeError.cannotConcatenate(["float32 [3, 2]", "float32 [2, 3]"])) {
      try Tensor(concatenating: [Self.matrix, try Self.matrix.reshaped([2, 3])])
    }
    #expect(throws: StateTreeError.cannotConcatenate(["float32 [3, 2]", "float32 []"])) {
      try Tensor(concatenating: [Self.matrix, single])
    }
  }

  @Test("ten thousand parts are concatenated in one pass")
  func manyParts() throws {
    let parts = (0..<10_000).map { Tensor(vector: [Int64($0)]) }
    #expect(try Tensor(concatenating: parts).scalars() == (0..<10_000).map(Int64.init))
  }
}

extension Tensor {
  /// A tensor whose shape the test knows to be right.
  init<Scalar: TensorScalar>(knownShape shape: [Int], _ scalars: [Scalar]) {
    do { self = try Tensor(scalars, shape: shape) } catch { preconditionFailure("\(error)") }
  }
}
