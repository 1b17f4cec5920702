/// What the first bytes of a file say it is.
enum FileSignature {
  /// How many bytes of a file are looked at.
  static let byteCount = 4096

  /// Whether a zstd frame, or one to be skipped, comes first.
  static func isZstandard(_ start: some Collection<UInt8>) -> Bool {
    start.starts(with: [0x28, 0xb5, 0x2f, 0xfd])
      || (start.count >= 8 && start.first.map { $0 & 0xf0 } == 0x50
        && start.dropFirst().starts(with: [0x2a, 0x4d, 0x18]))
  }

  /// A file that rlbuf has no use for, in words; nil for what may be MessagePack or zstd.
  static func unusable(_ start: some Collection<UInt8>) -> String? {
    if start.isEmpty { return "an empty file" }
    for (magic, name) in known where start.starts(with: magic) { return name }
    if start.starts(with: "version https://git-lfs".utf8) {
      return "a Git LFS pointer, not the file itself (fetch it with \"git lfs pull\")"
    }
    guard let text = text(start) else { return nil }
    let head = text.prefix(512).lowercased()
    return head.contains("<html") || head.contains("<!doctype html") ? "a web page" : "a text file"
  }

  /// Whether what `unusable` found is a kind of file in which others keep arrays and objects.
  static func isData(_ found: String) -> Bool {
    known.contains { magic, name in name == found && data.contains { magic.starts(with: $0) } }
  }

  /// Archives, compressed files, arrays, HDF5, pickles, databases.
  private static let data: [[UInt8]] = [
    [0x50, 0x4b], [0x1f, 0x8b], [0x93, 0x4e], [0x89, 0x48], [0x80], Array("SQLite".utf8),
  ]

  private static let pickle = "a Python pickle, which could run code and is never opened"

  private static let known: [(magic: [UInt8], name: String)] = [
    ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "a PNG picture"),
    ([0xff, 0xd8, 0xff], "a JPEG picture"),
    ([0x50, 0x4b, 0x03, 0x04], "a zip archive (numpy's .npz, stable-baselines3's .zip)"),
    ([0x1f, 0x8b, 0x08], "a gzip file (decompress it first)"),
    ([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], "a numpy .npy file"),
    ([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], "an HDF5 file"),
    // A map of nothing and a number behind it: no state.
    ([0x80, 0x02], pickle), ([0x80, 0x03], pickle), ([0x80, 0x04], pickle), ([0x80, 0x05], pickle),
    ([0x7f, 0x45, 0x4c, 0x46], "a program"),
    (Array("SQLite format 3".utf8), "an SQLite database"),
  ]

  /// The text that the bytes are, the last character perhaps cut; nil if they are none. MessagePack state begins with a
  /// byte that begins no character.
  private static func text(_ start: some Collection<UInt8>) -> String? {
    for cut in 0..<min(4, start.count) {
      guard let text = String(validating: start.dropLast(cut), as: UTF8.self) else { continue }
      return text.unicodeScalars.allSatisfy(isText) ? text : nil
    }
    return nil
  }

  private static func isText(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && scalar.value != 0x7f || (0x09...0x0d).contains(scalar.value)
  }
}
