public import MessagePack

extension Tensor {
  /// The tensor that a map of msgpack-numpy's form stands for, or nil if the map has not that form at all.
  ///
  /// A numpy scalar (`nd` false) becomes a tensor without axes. Big-endian elements are swapped. An array of `V16`,
  /// which msgpack-numpy describes as a record of one field without a name, is the same as ours; other records are
  /// refused, because their field names would be lost, and so are object arrays and maps with further keys.
  /// - Throws: `StateTreeError.pickledObjects`, `.notState`, `.invalidValue`, each with the path.
  public init?(msgpackNumpy entries: [MessagePackValue.MapEntry], at path: StatePath) throws(StateTreeError) {
    guard let map = try NumpyMap(entries, at: path) else { return nil }
    let order = try map.type()
    let shape = try map.shape()
    let data = try map.data(order.type, shape)
    self.init(unchecked: order.type, shape: shape, bytes: order.swaps ? order.type.swapped(data) : data)
  }
}

/// The binary keys of msgpack-numpy's map.
enum TensorKey {
  static let nd = Array("nd".utf8)
  static let type = Array("type".utf8)
  static let kind = Array("kind".utf8)
  static let shape = Array("shape".utf8)
  static let data = Array("data".utf8)
}

/// A map as msgpack-numpy writes it, its fields not yet checked.
private struct NumpyMap {
  private let entries: [MessagePackValue.MapEntry]
  private let path: StatePath
  private let isArray: Bool

  init?(_ entries: [MessagePackValue.MapEntry], at path: StatePath) throws(StateTreeError) {
    let nd = entries.first { $0.key == .binary(TensorKey.nd) }
    guard case .bool(let isArray)? = nd?.value else { return nil }
    self.entries = entries
    self.path = path
    self.isArray = isArray
    if field(TensorKey.kind) == .binary(Array("O".utf8)) || field(TensorKey.type)?.string == "|O" {
      throw .pickledObjects(path: path.description)
    }
    try checkKeys()
  }

  private func field(_ key: [UInt8]) -> MessagePackValue? { entries.first { $0.key == .binary(key) }?.value }

  private func checkKeys() throws(StateTreeError) {
    let array = [TensorKey.nd, TensorKey.type, TensorKey.kind, TensorKey.shape, TensorKey.data]
    let known = isArray ? array : [TensorKey.nd, TensorKey.type, TensorKey.data]
    for entry in entries {
      guard case .binary(let key) = entry.key, known.contains(key) else {
        let name = if case .binary(let key) = entry.key { MessagePackValue.text(key) } else { entry.key }
        throw .notState(path: path.description, found: "a numpy array with the key \(name.shortDescription)")
      }
    }
  }

  func type() throws(StateTreeError) -> NamedType {
    let found = field(TensorKey.type)
    let name = try isRecord() ? plainVoid(found) : found?.string
    guard let name, let type = NamedType(name) else {
      throw invalid("type", found?.shortDescription, "a numpy type of numbers, texts or dates")
    }
    return type
  }

  private func isRecord() throws(StateTreeError) -> Bool {
    switch field(TensorKey.kind) {
    case nil, .binary([]): return false
    case .binary(Array("V".utf8)): return true
    case let kind?: throw invalid("kind", kind.shortDescription, "no bytes, or V for records")
    }
  }

  /// The type name of `[["", "|V16"]]`.
  private func plainVoid(_ description: MessagePackValue?) -> String? {
    guard case .array(let fields)? = description, fields.count == 1, case .array(let field) = fields[0],
      field.count == 2, field[0].string == ""
    else { return nil }
    return field[1].string
  }

  func shape() throws(StateTreeError) -> [Int] {
    guard isArray else { return [] }
    let value = field(TensorKey.shape)
    // A packed list is looked at before it is taken apart: it may be as long as the file.
    if case .packed(let list)? = value, list.count > Tensor.maximumRank { throw invalidShape(value) }
    guard let elements = value?.elements, elements.count <= Tensor.maximumRank else { throw invalidShape(value) }
    let shape = elements.compactMap(\.integer)
    guard shape.count == elements.count, shape.allSatisfy({ $0 >= 0 }) else { throw invalidShape(value) }
    return shape
  }

  private func invalidShape(_ value: MessagePackValue?) -> StateTreeError {
    invalid("shape", value?.shortDescription, "a list of at most \(Tensor.maximumRank) lengths")
  }

  func data(_ type: DataType, _ shape: [Int]) throws(StateTreeError) -> [UInt8] {
    guard case .binary(let data)? = field(TensorKey.data) else {
      throw invalid("data", field(TensorKey.data)?.shortDescription, "the bytes of the elements")
    }
    guard let expected = try? Tensor.byteCount(type, shape: shape) else {
      throw invalid("shape", "\(shape)", "lengths whose product fits 63 bits")
    }
    guard data.count == expected else {
      throw invalid("data", "\(data.count) bytes", "\(expected) bytes for \(type) \(shape)")
    }
    return data
  }

  private func invalid(_ key: StateKey, _ found: String?, _ expected: String) -> StateTreeError {
    .invalidValue(path: (path / key).description, found: found ?? "missing", expected: expected)
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

extension DataType {
  /// Elements of the other byte order; of a complex number both parts on their own.
  fileprivate func swapped(_ bytes: [UInt8]) -> [UInt8] {
    let size = kind == .complex ? itemBytes / 2 : itemBytes
    var swapped = bytes
    for start in stride(from: 0, to: bytes.count, by: size) {
      for offset in 0..<size { swapped[start + offset] = bytes[start + size - 1 - offset] }
    }
    return swapped
  }
}
