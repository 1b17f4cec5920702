internal import CMsgPack

/// Writes MessagePack into memory, each value in its shortest form.
///
/// Containers are written head first: `writeMap(count: 2)` wants two keys and two values next.
public struct MessagePackWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []

  /// A writer with nothing written.
  public init() {}

  /// Makes room for so many more bytes.
  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

  /// Begins anew with the memory that is there.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Writes nil. - Source: `msgpack_pack_nil`.
  public mutating func writeNil() { unsafe pack { unsafe msgpack_pack_nil($0) } }

  /// Writes a truth value. - Source: `msgpack_pack_true`, `msgpack_pack_false`.
  public mutating func write(_ value: Bool) {
    unsafe pack { unsafe value ? msgpack_pack_true($0) : msgpack_pack_false($0) }
  }

  /// Writes an integer. - Source: `msgpack_pack_int64`.
  public mutating func write(_ value: Int64) { unsafe pack { unsafe msgpack_pack_int64($0, value) } }

  /// Writes an integer. - Source: `msgpack_pack_uint64`.
  public mutating func write(_ value: UInt64) { unsafe pack { unsafe msgpack_pack_uint64($0, value) } }

  /// Writes a single-precision number. - Source: `msgpack_pack_float`.
  public mutating func write(_ value: Float) { unsafe pack { unsafe msgpack_pack_float($0, value) } }

  /// Writes a double-precision number. - Source: `msgpack_pack_double`.
  public mutating func write(_ value: Double) { unsafe pack { unsafe msgpack_pack_double($0, value) } }

  /// Writes a text as its UTF-8 bytes.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths.
  public mutating func write(_ value: String) throws(MessagePackError) { try writeText(Array(value.utf8)) }

  /// Writes a text whose bytes may be anything. - Source: `msgpack_pack_str`.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths.
  public mutating func writeText(_ body: [UInt8]) throws(MessagePackError) {
    try check(.text, body.count)
    unsafe pack { unsafe msgpack_pack_str($0, body.count) }
    bytes.append(contentsOf: body)
  }

  /// Writes a binary. - Source: `msgpack_pack_bin`.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths.
  public mutating func writeBinary(_ body: [UInt8]) throws(MessagePackError) {
    try writeBinaryHead(count: body.count)
    bytes.append(contentsOf: body)
  }

  /// Writes a binary that is handed over in pieces by `append(bodyPart:)`, `count` bytes in all.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths.
  public mutating func writeBinaryHead(count: Int) throws(MessagePackError) {
    try check(.binary, count)
    unsafe pack { unsafe msgpack_pack_bin($0, count) }
  }

  /// Appends a piece of the binary that was begun last.
  public mutating func append(bodyPart: ArraySlice<UInt8>) { bytes.append(contentsOf: bodyPart) }

  /// Begins a list. - Source: `msgpack_pack_array`.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths.
  public mutating func writeList(count: Int) throws(MessagePackError) {
    try check(.list, count)
    unsafe pack { unsafe msgpack_pack_array($0, count) }
  }

  /// Begins a map of `count` entries. - Source: `msgpack_pack_map`.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths.
  public mutating func writeMap(count: Int) throws(MessagePackError) {
    try check(.map, count)
    unsafe pack { unsafe msgpack_pack_map($0, count) }
  }

  /// Writes an extension. - Source: `msgpack_pack_ext`.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths.
  public mutating func writeExtension(type: Int8, _ body: [UInt8]) throws(MessagePackError) {
    try check(.ext, body.count)
    unsafe pack { unsafe msgpack_pack_ext($0, body.count, type) }
    bytes.append(contentsOf: body)
  }

  /// Writes a point in time in the shortest of its three forms. - Source: `msgpack_pack_timestamp`.
  public mutating func write(_ value: MessagePackValue.Timestamp) {
    precondition(value.nanoseconds < 1_000_000_000, "a timestamp's nanoseconds lie within one second")
    var time = msgpack_timestamp(tv_sec: value.seconds, tv_nsec: value.nanoseconds)
    unsafe pack { unsafe msgpack_pack_timestamp($0, &time) }
  }

  private func check(_ container: MessagePackError.Container, _ count: Int) throws(MessagePackError) {
    guard count <= Int(UInt32.max) else { throw .tooLongToWrite(container, count: count) }
  }

  /// Lets msgpack-c pack into `bytes`. The pointers live for the one call; the append cannot fail, so neither can packing.
  private mutating func pack(_ body: (UnsafeMutablePointer<msgpack_packer>) -> Int32) {
    unsafe withUnsafeMutablePointer(to: &bytes) { sink in
      var packer = unsafe msgpack_packer(data: sink, callback: appendToArray)
      _ = unsafe body(&packer)
    }
  }
}

/// msgpack-c's write callback: appends to the `[UInt8]` that the context points to.
private let appendToArray: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int) -> Int32 = {
  context, bytes, count in
  unsafe context?.assumingMemoryBound(to: [UInt8].self).pointee
    .append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}
