internal import FileSystems
internal import MessagePack
internal import SystemPackage
public import Zstandard

/// A file that others wrote, read whole: its bytes after decompression.
struct ForeignFile {
  let path: FilePath
  /// The bytes, decompressed where the file was compressed.
  let bytes: [UInt8]
  let info: ForeignFileInfo

  /// Reads a file in memory bounded by the limits.
  init(
    _ path: FilePath, follow: FollowLinks = .userPath, on fileSystem: any FileSystem, limits: ForeignLimits
  ) throws(ForeignFormatError) {
    self.path = path
    let stored: [UInt8]
    do { stored = try fileSystem.readAll(path, follow: follow, limit: limits.fileBytes) } catch {
      throw .fileSystem(error)
    }
    guard FileSignature.isZstandard(stored) else {
      bytes = stored
      info = ForeignFileInfo(fileBytes: stored.count, contentBytes: stored.count, compression: nil)
      return
    }
    do {
      (bytes, info) = try Self.decompress(stored, limits.decompression)
    } catch {
      throw .compression(path, error)
    }
  }

  private static func decompress(
    _ stored: [UInt8], _ limits: DecompressionLimits
  ) throws(ZstandardError) -> ([UInt8], ForeignFileInfo) {
    var stream = try StreamDecompressor(limits: limits)
    var bytes: [UInt8] = []
    var position = 0
    while true {
      let before = bytes.count
      position += try stream.decompress(stored.span.extracting(position..<stored.count), appendingTo: &bytes)
      if bytes.count == before, position == stored.count { break }
    }
    try stream.finish()
    let info = ForeignFileInfo(
      fileBytes: stored.count, contentBytes: bytes.count,
      compression: .init(frameCount: stream.frameCount, isChecksummed: stream.allFramesChecksummed))
    return (bytes, info)
  }
}

/// What is known of a file of others besides its content.
public struct ForeignFileInfo: Sendable, Equatable {
  /// How a file is compressed.
  public struct Compression: Sendable, Equatable {
    /// How many zstd frames it has.
    public var frameCount: Int
    /// Whether every frame carries a checksum of its content.
    public var isChecksummed: Bool
  }

  /// The bytes of the file.
  public var fileBytes: Int
  /// The bytes of its content after decompression.
  public var contentBytes: Int
  /// How it is compressed; nil if it is not.
  public var compression: Compression?
}

/// How much of a file of others is taken into memory.
public struct ForeignLimits: Sendable {
  /// The largest file.
  /// - Units: bytes; default 64 GiB.
  public var fileBytes = 64 << 30
  /// What a compressed file may become.
  public var decompression = DecompressionLimits()
  /// What the states of one checkpoint directory may amount to after decompression.
  /// - Units: bytes; default 8 GiB.
  public var checkpointBytes = 8 << 30
  /// How many values one object may hold; nil for the default, which grows with the file.
  public var nodes: Int?
  /// How many numbers the lists of one object may hold; nil for the default, which grows with the file.
  public var numbers: Int?

  /// The defaults.
  public init() {}

  func messagePack(_ file: ForeignFileInfo) -> MessagePackLimits {
    var limits = MessagePackLimits.forFile(ofBytes: file.fileBytes)
    if let nodes { limits.nodes = nodes }
    if let numbers { limits.numbers = numbers }
    return limits
  }
}

extension MessagePackLimits {
  /// Limits for bytes that rlbuf wrote down of a dump it has read before.
  static func forOwn(_ bytes: [UInt8]) -> MessagePackLimits {
    MessagePackLimits(nodes: max(standard.nodes, bytes.count), numbers: max(standard.numbers, bytes.count))
  }
}
