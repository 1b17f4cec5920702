public import MessagePack

/// A tensor on disk is the map that msgpack-numpy writes, so that Python reads it back as an array.
/// - Source: msgpack_numpy.py, `encode` and `decode`.
extension MessagePackWriter {
  /// Writes a tensor.
  /// - Throws: `MessagePackError.tooLongToWrite` for 4 GiB and more; split it along its first axis.
  public mutating func write(_ tensor: Tensor) throws(MessagePackError) {
    try writeHead(ofTensor: tensor.dataType, shape: tensor.shape, byteCount: tensor.bytes.count)
    append(bodyPart: tensor.bytes[...])
  }

  /// Writes all of a tensor but its bytes, which the caller appends next.
  /// - Throws: `MessagePackError.tooLongToWrite`.
  public mutating func writeHead(
    ofTensor type: DataType, shape: [Int], byteCount: Int
  ) throws(MessagePackError) {
    try writeMap(count: 5)
    try writeBinary(TensorKey.nd)
    write(true)
    try writeBinary(TensorKey.type)
    try write(type.name)
    try writeBinary(TensorKey.kind)
    try writeBinary([])
    try writeBinary(TensorKey.shape)
    try writeList(count: shape.count)
    for length in shape { write(Int64(length)) }
    try writeBinary(TensorKey.data)
    try writeBinaryHead(count: byteCount)
  }
}

/// The binary keys of msgpack-numpy's map.
private enum TensorKey {
  static let nd = Array("nd".utf8)
  static let type = Array("type".utf8)
  static let kind = Array("kind".utf8)
  static let shape = Array("shape".utf8)
  static let data = Array("data".utf8)
}

extension Tensor {
  /// The tensor that a map of msgpack-numpy's form stands for, or nil if the map has not that form at all.
  ///
  /// A numpy scalar (`nd` false) becomes a tensor without axes. Big-endian elements are swapped, object arrays refused.
  /// - Throws: `StateTreeError.pickledObjects`, `.invalidValue`, `.shapeMismatch`, `.invalidShape`.
  public init?(msgpackNumpy entries: [MessagePackValue.MapEntry], at path: StatePath) throws(StateTreeError) {
    guard case .bool(let isArray)? = Self.field(TensorKey.nd, entries) else { return nil }
    if case .binary(let kind)? = Self.field(TensorKey.kind, entries), kind == Array("O".utf8) {
      throw .pickledObjects(path: path.description)
    }
    guard let name = Self.field(TensorKey.type, entries)?.string, let order = NamedType(name) else {
      let found = Self.field(TensorKey.type, entries)?.shortDescription ?? "nothing"
      throw .invalidValue(path: "\(path)/type", found: found, expected: "a numpy type of numbers, texts or dates")
    }
    guard case .binary(let data)? = Self.field(TensorKey.data, entries) else {
      throw .invalidValue(path: "\(path)/data", found: "no bytes", expected: "the bytes of the elements")
    }
    let shape = isArray ? try Self.shape(Self.field(TensorKey.shape, entries), at: path) : []
    try self.init(order.type, shape: shape, bytes: order.swaps ? Self.swapped(data, order.type) : data)
  }

  private static func field(_ key: [UInt8], _ entries: [MessagePackValue.MapEntry]) -> MessagePackValue? {
    entries.first { $0.key == .binary(key) }?.value
  }

  private static func shape(_ value: MessagePackValue?, at path: StatePath) throws(StateTreeError) -> [Int] {
    guard let elements = value?.elements, elements.count <= maximumRank else {
      throw .invalidValue(path: "\(path)/shape", found: value?.shortDescription ?? "nothing", expected: "a short list")
    }
    let shape = elements.compactMap(\.integer)
    guard shape.count == elements.count else { throw .invalidShape(shape) }
    return shape
  }

  private static func swapped(_ bytes: [UInt8], _ type: DataType) -> [UInt8] {
    let size = type.kind == .complex ? type.itemBytes / 2 : type.itemBytes
    var swapped = bytes
    for start in stride(from: 0, to: bytes.count - bytes.count % size, by: size) {
      swapped[start..<start + size].reverse()
    }
    return swapped
  }
}

/// A numpy type name in either byte order.
private struct NamedType {
  let type: DataType
  let swaps: Bool

  init?(_ name: String) {
    if let type = DataType(name: name) {
      self.type = type
      swaps = false
    } else if name.hasPrefix(">"), let type = DataType(name: "<" + name.dropFirst()), type.kind != .opaque {
      self.type = type
      swaps = true
    } else {
      return nil
    }
  }
}
