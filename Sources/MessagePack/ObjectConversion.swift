internal import CMsgPack

/// Unpacks bytes with msgpack-c and turns its objects into values. The only file that reads through msgpack-c's pointers:
/// they point into the zone and the input, both of which outlive the conversion.
struct ObjectConversion {
  private let lifted: [BoundsScan.Lifted]
  private var nextLifted = 0
  private var node = 0

  /// A conversion that puts `lifted` values in their places.
  init(lifted: [BoundsScan.Lifted]) {
    self.lifted = lifted
  }

  /// The one object that `bytes` hold; `offset` is where it began in the input, for messages.
  /// - Source: `msgpack_unpack_next`.
  mutating func unpack(_ bytes: Span<UInt8>, offset: Int) throws(MessagePackError) -> MessagePackValue {
    var unpacked = unsafe msgpack_unpacked()
    unsafe msgpack_unpacked_init(&unpacked)
    defer { unsafe msgpack_unpacked_destroy(&unpacked) }
    var consumed = 0
    let code = unsafe bytes.withUnsafeBytes {
      unsafe msgpack_unpack_next(&unpacked, $0.baseAddress, $0.count, &consumed)
    }
    guard code == MSGPACK_UNPACK_SUCCESS, consumed == bytes.count else {
      throw .unpackerRefused(code: Int(code.rawValue), offset: offset)
    }
    return try unsafe value(unpacked.data)
  }

  private mutating func value(_ object: msgpack_object) throws(MessagePackError) -> MessagePackValue {
    let ordinal = node
    node += 1
    if nextLifted < lifted.count, lifted[nextLifted].node == ordinal {
      nextLifted += 1
      return lifted[nextLifted - 1].value
    }
    switch unsafe object.type {
    case MSGPACK_OBJECT_NIL: return .nil
    case MSGPACK_OBJECT_BOOLEAN: return unsafe .bool(object.via.boolean)
    case MSGPACK_OBJECT_POSITIVE_INTEGER: return unsafe .integer(object.via.u64)
    case MSGPACK_OBJECT_NEGATIVE_INTEGER: return unsafe .int(object.via.i64)
    case MSGPACK_OBJECT_FLOAT32: return unsafe .float32(Float(object.via.f64))
    case MSGPACK_OBJECT_FLOAT64: return unsafe .float64(object.via.f64)
    case MSGPACK_OBJECT_STR: return unsafe .text(Self.bytes(object.via.str.ptr, object.via.str.size))
    case MSGPACK_OBJECT_BIN: return unsafe .binary(Self.bytes(object.via.bin.ptr, object.via.bin.size))
    case MSGPACK_OBJECT_ARRAY: return try unsafe array(object.via.array)
    case MSGPACK_OBJECT_MAP: return try unsafe map(object.via.map)
    default: return unsafe Self.ext(object)
    }
  }

  private static func bytes(_ start: UnsafePointer<CChar>?, _ count: UInt32) -> [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: start, count: Int(count)))
  }

  private mutating func array(_ array: msgpack_object_array) throws(MessagePackError) -> MessagePackValue {
    var elements: [MessagePackValue] = []
    unsafe elements.reserveCapacity(Int(array.size))
    for index in 0..<(unsafe Int(array.size)) { elements.append(try unsafe value(array.ptr[index])) }
    return .array(elements)
  }

  private mutating func map(_ map: msgpack_object_map) throws(MessagePackError) -> MessagePackValue {
    var entries: [MessagePackValue.MapEntry] = []
    unsafe entries.reserveCapacity(Int(map.size))
    for index in 0..<(unsafe Int(map.size)) {
      let pair = unsafe map.ptr[index]
      let key = try unsafe value(pair.key)
      entries.append(.init(key: key, value: try unsafe value(pair.val)))
    }
    if let key = firstDuplicate(entries) { throw .duplicateKey(key) }
    return .map(entries)
  }

  private func firstDuplicate(_ entries: [MessagePackValue.MapEntry]) -> MessagePackValue? {
    if entries.count <= 16 {
      for (index, entry) in entries.enumerated() where entries[..<index].contains(where: { $0.key == entry.key }) {
        return entry.key
      }
      return nil
    }
    var seen = Set<MessagePackValue>(minimumCapacity: entries.count)
    return entries.first { !seen.insert($0.key).inserted }?.key
  }

  /// - Source: `msgpack_object_to_timestamp`.
  private static func ext(_ object: msgpack_object) -> MessagePackValue {
    let body = unsafe bytes(object.via.ext.ptr, object.via.ext.size)
    var time = msgpack_timestamp()
    let isTime = unsafe withUnsafePointer(to: object) { unsafe msgpack_object_to_timestamp($0, &time) }
    guard isTime, time.tv_nsec < 1_000_000_000 else { return unsafe .ext(type: object.via.ext.type, bytes: body) }
    return .timestamp(.init(seconds: time.tv_sec, nanoseconds: time.tv_nsec))
  }
}
