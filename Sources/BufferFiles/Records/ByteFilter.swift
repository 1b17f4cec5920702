internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// An order of the bytes of a column that lets zstd find more, at the price that only readers that know it read it.
public enum ByteFilter: String, Sendable, Hashable, CaseIterable {
  /// The first bytes of all elements, then all second bytes, and so on: signs and exponents of neighbouring numbers, and
  /// the high bytes of small integers, come together. Makes files of floats about a tenth smaller.
  /// - Source: `Format.md`, "Filters"; the same as `shuffle` of HDF5 and of Blosc.
  case shuffle

  /// Whether elements of a size are filtered at all: single bytes have no order to change.
  func applies(itemBytes: Int) -> Bool { itemBytes > 1 }

  /// The filter, or nil if the column is left as it is.
  func suiting(_ column: ColumnSchema) -> ByteFilter? { applies(itemBytes: column.dataType.itemBytes) ? self : nil }

  /// The bytes of elements in the order of the filter.
  func applied(to bytes: [UInt8], itemBytes: Int) -> [UInt8] {
    let count = bytes.count / itemBytes
    var filtered = [UInt8](repeating: 0, count: bytes.count)
    let source = bytes.span
    var target = filtered.mutableSpan
    for place in 0..<itemBytes {
      let start = place * count
      for index in 0..<count { target[start &+ index] = source[index &* itemBytes &+ place] }
    }
    return filtered
  }

  /// The bytes of elements in their own order.
  func removed(from bytes: ArraySlice<UInt8>, itemBytes: Int) -> [UInt8] {
    let count = bytes.count / itemBytes
    var plain = [UInt8](repeating: 0, count: bytes.count)
    let source = bytes.span
    var target = plain.mutableSpan
    for place in 0..<itemBytes {
      let start = place * count
      for index in 0..<count { target[index &* itemBytes &+ place] = source[start &+ index] }
    }
    return plain
  }
}

/// A filtered tensor on disk is a map that no msgpack-numpy takes for an array: whoever does not know the filter must
/// fail, not read wrong numbers.
/// - Source: `Format.md`, "Filters".
extension ByteFilter {
  static let filterKey: StateKey = "filter"

  /// The tensor that a map stands for.
  /// - Throws: `StateTreeError` for a map that stands for none.
  static func tensor(of reader: StateReader) throws(StateTreeError) -> Tensor {
    let filter = try ByteFilter(naming: reader)
    let typeName = try reader.string("type")
    guard let type = DataType(name: typeName), filter.applies(itemBytes: type.itemBytes) else {
      throw .invalidValue(
        path: "\(reader.path / "type")", found: typeName, expected: "a type whose elements have several bytes")
    }
    let shape = try reader.counts("shape")
    let expected = try Tensor.byteCount(type, shape: shape)
    guard case .bytes(let data) = try reader.value("data"), data.count == expected else {
      throw .invalidValue(
        path: "\(reader.path / "data")", found: "something else", expected: "\(expected) bytes for \(type) \(shape)")
    }
    return try Tensor(type, shape: shape, bytes: filter.removed(from: data[...], itemBytes: type.itemBytes))
  }

  /// The filter that a record names.
  init(naming reader: StateReader) throws(StateTreeError) {
    let name = try reader.string(Self.filterKey)
    guard let filter = ByteFilter(rawValue: name) else {
      throw .invalidValue(
        path: "\(reader.path / Self.filterKey)", found: name, expected: "shuffle, the only filter of version 1")
    }
    self = filter
  }
}

extension MessagePackWriter {
  /// Writes all of the map that stands for a filtered tensor but its data, which the caller appends next.
  /// - Throws: `MessagePackError.tooLongToWrite`.
  mutating func writeHead(
    ofFiltered type: DataType, _ filter: ByteFilter, shape: [Int], byteCount: Int
  ) throws(MessagePackError) {
    try writeMap(count: 4)
    try write(ByteFilter.filterKey.string)
    try write(filter.rawValue)
    try write("type")
    try write(type.name)
    try write("shape")
    try writeList(count: shape.count)
    for length in shape { write(Int64(length)) }
    try write("data")
    try writeBinaryHead(count: byteCount)
  }
}
