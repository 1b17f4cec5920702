import MessagePack
import StateTree
import Testing

/// Bytes made with Python 3.11, numpy 2.4.6, msgpack-numpy: `msgpack.packb(array, default=msgpack_numpy.encode).hex()`.
@Suite("Tensors in msgpack-numpy's form")
struct NumpyCodingTests {
  private static func opaque(_ name: String, _ shape: [Int], _ bytes: [UInt8]) -> Tensor {
    guard let type = DataType(name: name), let tensor = try? Tensor(type, shape: shape, bytes: bytes) else {
      preconditionFailure("no tensor of \(name)")
    }
    return tensor
  }

  /// What numpy calls `np.array(["ab", "héllo"])`.
  private static let texts: [UInt8] = ["ab\0\0\0", "h\u{e9}llo"].flatMap { text in
    text.unicodeScalars.flatMap { [UInt8($0.value), 0, 0, 0] }
  }

  static let written: [(Tensor, String)] = [
    (  // np.array([[1.5, -0.0], [np.inf, np.nan]], "<f4")
      Tensor(knownShape: [2, 2], [1.5, -0.0, .infinity, .nan] as [Float]),
      "85c4026e64c3c40474797065a33c6634c4046b696e64c400c4057368617065920202c40464617461c4100000c03f000000800000807f0000c07f"
    ),
    (  // np.arange(-1, 2, dtype="<i8")
      Tensor(vector: [-1, 0, 1] as [Int64]),
      "85c4026e64c3c40474797065a33c6938c4046b696e64c400c40573686170659103c40464617461c418"
        + "ffffffffffffffff00000000000000000100000000000000"
    ),
    (  // np.array([True, False, True])
      Tensor(vector: [true, false, true]),
      "85c4026e64c3c40474797065a37c6231c4046b696e64c400c40573686170659103c40464617461c403010001"
    ),
    (  // np.array(7, "<u2")
      Tensor(knownShape: [], [7 as UInt16]),
      "85c4026e64c3c40474797065a33c7532c4046b696e64c400c405736861706590c40464617461c4020700"
    ),
    (  // np.zeros((0, 4))
      Tensor(knownShape: [0, 4], [Double]()),
      "85c4026e64c3c40474797065a33c6638c4046b696e64c400c4057368617065920004c40464617461c400"
    ),
    (  // np.zeros(300, "u1")
      Tensor(vector: [UInt8](repeating: 0, count: 300)),
      "85c4026e64c3c40474797065a37c7531c4046b696e64c400c405736861706591cd012cc40464617461c5012c"
        + String(repeating: "00", count: 300)
    ),
    (  // np.array([0.5, 65504], "<f2")
      Tensor(vector: [0.5, 65504] as [Float16]),
      "85c4026e64c3c40474797065a33c6632c4046b696e64c400c40573686170659102c40464617461c4040038ff7b"
    ),
    (  // np.array([1+2j], "<c8")
      opaque("<c8", [1], Tensor(vector: [1, 2] as [Float]).bytes),
      "85c4026e64c3c40474797065a33c6338c4046b696e64c400c40573686170659101c40464617461c4080000803f00000040"
    ),
    (  // np.array(["ab", "héllo"])
      opaque("<U5", [2], texts),
      "85c4026e64c3c40474797065a33c5535c4046b696e64c400c40573686170659102c40464617461c428"
        + "610000006200000000000000000000000000000068000000e90000006c0000006c0000006f000000"
    ),
    (  // np.array([b"ab", b"hello"])
      opaque("|S5", [2], Array("ab\0\0\0hello".utf8)),
      "85c4026e64c3c40474797065a37c5335c4046b696e64c400c40573686170659102c40464617461c40a616200000068656c6c6f"
    ),
  ]

  @Test("the bytes are msgpack-numpy's, both ways", arguments: written.indices)
  func exactBytes(_ index: Int) throws {
    let (tensor, hex) = Self.written[index]
    #expect(try StateValue.tensor(tensor).encoded() == bytes(hex: hex))
    #expect(try StateValue(decoding: bytes(hex: hex)) == .tensor(tensor))
  }

  static let read: [(String, Tensor)] = [
    (  // np.array([1.5, 2.5], ">f4")
      "85c4026e64c3c40474797065a33e6634c4046b696e64c400c40573686170659102c40464617461c4083fc0000040200000",
      Tensor(vector: [1.5, 2.5] as [Float])
    ),
    (  // np.array([1+2j], ">c8")
      "85c4026e64c3c40474797065a33e6338c4046b696e64c400c40573686170659101c40464617461c4083f80000040000000",
      opaque("<c8", [1], Tensor(vector: [1, 2] as [Float]).bytes)
    ),
    (  // np.array([-2], ">i8")
      "85c4026e64c3c40474797065a33e6938c4046b696e64c400c40573686170659101c40464617461c408fffffffffffffffe",
      Tensor(vector: [-2] as [Int64])
    ),
    (  // np.zeros(1, "V4")
      "85c4026e64c3c404747970659192a0a37c5634c4046b696e64c40156c40573686170659101c40464617461c40400000000",
      opaque("|V4", [1], [0, 0, 0, 0])
    ),
    // np.float32(1.5), np.bool_(True), np.int64(-5): numpy scalars have no axes.
    ("83c4026e64c2c40474797065a33c6634c40464617461c4040000c03f", Tensor(knownShape: [], [1.5 as Float])),
    ("83c4026e64c2c40474797065a37c6231c40464617461c40101", opaque("|b1", [], [1])),
    ("83c4026e64c2c40474797065a33c6938c40464617461c408fbffffffffffffff", Tensor(knownShape: [], [-5 as Int64])),
  ]

  @Test("other forms that msgpack-numpy writes are understood", arguments: read.indices)
  func otherForms(_ index: Int) throws {
    let (hex, tensor) = Self.read[index]
    #expect(try StateValue(decoding: bytes(hex: hex)) == .tensor(tensor))
  }

  @Test("an array of Python objects is never opened")
  func pickles() throws {
    // np.array([None, {}], dtype=object), its pickle shortened.
    let hex = "81a161" + "85c4026e64c3c404747970659192a0a27c4fc4046b696e64c4014fc40573686170659102c40464617461c4028002"
    #expect(throws: StateTreeError.pickledObjects(path: "a")) { try StateValue(decoding: bytes(hex: hex)) }
    let old = NumpyRefusalTests.map(type: .string("|O"), kind: nil)
    #expect(throws: StateTreeError.pickledObjects(path: "state")) { try StateValue(old) }
  }

  @Test("Python's complex number is not state")
  func pythonComplex() {
    // 1+2j
    #expect(throws: StateTreeError.notState(path: "state", found: "a map with the key 7 bytes")) {
      try StateValue(decoding: bytes(hex: "82c407636f6d706c6578c3c40464617461a628312b326a29"))
    }
  }
}
