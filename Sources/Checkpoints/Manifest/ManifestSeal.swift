internal import BufferFiles
internal import Crypto

/// The last key of a manifest, by which a changed byte anywhere in its text is found.
///
/// Nothing else vouches for it: what it says of settings, results and counters stands in no other file.
/// - Source: `Checkpoints.md`, "The manifest".
package enum ManifestSeal {
  private static let before = Array(",\n  \"sha256\": \"".utf8)
  private static let after = Array("\"\n}\n".utf8)
  private static let digits = 64
  /// How many bytes at the end of a manifest are its seal.
  static let byteCount = before.count + digits + after.count

  /// A text that is laid out in lines, with its digest as one more key.
  package static func sealed(_ text: String) -> String {
    let head = Array(text.utf8.dropLast("\n}".utf8.count))
    return String(decoding: head + before + Array(digest(of: head).utf8) + after, as: UTF8.self)
  }

  /// A text that was edited, with the digest that it now has.
  package static func resealed(_ text: String) -> String {
    sealed(String(decoding: text.utf8.dropLast(byteCount), as: UTF8.self) + "\n}")
  }

  /// What is wrong with the end of a text; nil if it is the digest of all before it.
  static func fault(in text: [UInt8]) -> String? {
    let tail = text.suffix(byteCount)
    guard tail.starts(with: before), tail.suffix(after.count).elementsEqual(after) else {
      return "it does not end with its own SHA-256"
    }
    let stored = String(decoding: tail.dropFirst(before.count).prefix(digits), as: UTF8.self)
    let computed = digest(of: Array(text.dropLast(tail.count)))
    guard stored.utf8.elementsEqual(computed.utf8) else {
      return "its SHA-256 is \(computed.prefix(8)), it says \(stored.prefix(8)): it was changed"
    }
    return nil
  }

  private static func digest(of bytes: [UInt8]) -> String { Array(SHA256.hash(data: bytes)).hexadecimal }
}
