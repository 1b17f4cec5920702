/// What the first bytes of a file say it is.
enum FileSignature {
  /// A file that rlbuf has no use for, in words; nil for what may be MessagePack or zstd.
  static func unusable(_ start: some Collection<UInt8>) -> String? {
    if start.isEmpty { return "an empty file" }
    for (magic, name) in known where start.starts(with: magic) { return name }
    if start.starts(with: Array("version https://git-lfs".utf8)) {
      return "a Git LFS pointer, not the file itself (fetch it with \"git lfs pull\")"
    }
    if start.allSatisfy(isText) { return isMarkup(start) ? "a web page" : "a text file" }
    return nil
  }

  private static let known: [(magic: [UInt8], name: String)] = [
    ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "a PNG picture"),
    ([0xff, 0xd8, 0xff], "a JPEG picture"),
    ([0x50, 0x4b, 0x03, 0x04], "a zip archive (numpy's .npz, stable-baselines3's .zip)"),
    ([0x1f, 0x8b, 0x08], "a gzip file (decompress it first)"),
    ([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], "a numpy .npy file"),
    ([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], "an HDF5 file"),
    ([0x80, 0x02], "a Python pickle, which could run code and is never opened"),
    ([0x80, 0x03], "a Python pickle, which could run code and is never opened"),
    ([0x80, 0x04, 0x95], "a Python pickle, which could run code and is never opened"),
    ([0x80, 0x05, 0x95], "a Python pickle, which could run code and is never opened"),
    ([0x7f, 0x45, 0x4c, 0x46], "a program"),
    (Array("SQLite format 3".utf8), "an SQLite database"),
  ]

  private static func isText(_ byte: UInt8) -> Bool { (0x20...0x7e).contains(byte) || (0x09...0x0d).contains(byte) }

  private static func isMarkup(_ start: some Collection<UInt8>) -> Bool {
    String(decoding: start.prefix(256), as: UTF8.self).lowercased().contains("<html")
  }
}
