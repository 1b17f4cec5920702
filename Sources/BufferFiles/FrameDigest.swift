internal import Crypto

/// The SHA-256 of a frame's bytes as they lie in the file.
enum FrameDigest {
  static func of(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
