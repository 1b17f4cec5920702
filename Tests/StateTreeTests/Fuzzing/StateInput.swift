import MessagePack
import StateTree

/// What a fuzzer does with bytes that may be a tree of state.
enum StateInput {
  /// What should not be so; nil if the bytes are an error with a message, or a tree that is written and read again to the
  /// same bytes, and whose tensors are as long as they say.
  static func complaint(about bytes: [UInt8]) -> String? {
    let value: StateValue
    do { value = try StateValue(decoding: bytes) } catch {
      let text = error.description
      return text.isEmpty || text.contains("\n") ? "a message of no line or several: \(text)" : nil
    }
    if let complaint = complaint(about: value) { return complaint }
    do {
      let written = try value.encoded()
      let back = try StateValue(decoding: written)
      guard back == value else { return "\(value) came back as \(back)" }
      return try back.encoded() == written ? nil : "\(value) is written in two ways"
    } catch {
      return "\(value) was read and cannot be written and read again: \(error)"
    }
  }

  private static func complaint(about value: StateValue) -> String? {
    switch value {
    case .array(let elements): elements.lazy.compactMap(complaint(about:)).first
    case .map(let map): map.lazy.compactMap { complaint(about: $0.1) }.first
    case .tensor(let tensor): complaint(about: tensor)
    case .nil, .bool, .int, .unsigned, .double, .string, .bytes: nil
    }
  }

  private static func complaint(about tensor: Tensor) -> String? {
    guard (try? Tensor.byteCount(tensor.dataType, shape: tensor.shape)) == tensor.bytes.count else {
      return "\(tensor.summary) of \(tensor.bytes.count) bytes"
    }
    guard let first = tensor.shape.first, first < 1 << 20 else { return nil }
    let (head, tail) = (tensor.rows(0..<first / 2), tensor.rows(first / 2..<first))
    return (try? Tensor(concatenating: [head, tail])) == tensor ? nil : "\(tensor.summary) is not its two halves"
  }
}
