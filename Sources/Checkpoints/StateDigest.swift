internal import BufferFiles
internal import Crypto
internal import MessagePack
public import StateTree

/// One number for a whole value of state: equal digests mean equal state.
public enum StateDigest {
  /// The SHA-256, in hexadecimal, of the value's MessagePack bytes with the keys of maps in the order of their bytes.
  /// - Precondition: No text, list or map in it exceeds the 4 GiB that MessagePack can say.
  public static func sha256(of value: StateValue) -> String {
    var hasher = SHA256()
    do { try hasher.update(value) } catch { preconditionFailure("\(error)") }
    return Array(hasher.finalize()).hexadecimal
  }
}

extension SHA256 {
  /// Feeds the bytes of a value piece by piece, so that a large one is not held twice.
  fileprivate mutating func update(_ value: StateValue) throws(MessagePackError) {
    var writer = MessagePackWriter()
    switch value {
    case .array(let elements):
      try writer.writeList(count: elements.count)
      update(data: writer.bytes)
      for element in elements { try update(element) }
    case .map(let map):
      try writer.writeMap(count: map.count)
      update(data: writer.bytes)
      for (key, value) in map.sorted(by: { $0.key < $1.key }) {
        try update(.string(key.string))
        try update(value)
      }
    default:
      try writer.write(value)
      update(data: writer.bytes)
    }
  }
}
