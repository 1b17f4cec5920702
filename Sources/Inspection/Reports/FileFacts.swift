internal import BufferFiles
internal import ForeignFormats
public import StateTree
public import SystemPackage

/// What there is to say of a file as a file.
public struct FileFacts: Sendable, Equatable {
  /// In which form the file is.
  public enum Format: Sendable, Equatable {
    /// A file of ours, of this format version.
    case bufferFile(version: Int)
    /// MessagePack as RLlib's documentation has people dump buffers, arrays as nested lists.
    case rllibDump
    /// Part of a checkpoint of ours: a state and segments of rows.
    case checkpoint
    /// Any other MessagePack.
    case messagePack
  }

  /// What guards the bytes of the file.
  public enum Integrity: String, Sendable {
    /// Every frame has a SHA-256 in the file's index, besides its checksum.
    case digests = "sha256"
    /// Every zstd frame has a checksum of its content.
    case checksums = "xxh64"
    /// Damage shows only where it makes nonsense.
    case none
  }

  /// The path the file was opened by.
  public var path: FilePath
  /// Its form.
  public var format: Format
  /// The bytes on disk.
  public var fileBytes: Int
  /// The bytes of its records after decompression.
  public var contentBytes: Int
  /// How many zstd frames it has, without those that other tools skip; nil if it is not compressed.
  public var frameCount: Int?
  /// What guards it.
  public var integrity: Integrity
  /// Who wrote it, when and from what, as far as the file says.
  public var provenance: StateMap
  /// What the user wanted to be known about it.
  public var metadata: StateMap
}

extension FileFacts {
  init(_ file: BufferFile) {
    self.init(
      path: file.path, format: .bufferFile(version: FormatLimits.version), fileBytes: file.byteCount,
      contentBytes: file.summary.recordBytes,
      frameCount: file.summary.frameCount.addingOrMaximum(file.summary.index.count + 1),
      integrity: .digests, provenance: file.header.provenance, metadata: file.header.metadata)
  }

  init(_ path: FilePath, _ format: Format, _ info: ForeignFileInfo) {
    let isChecksummed = info.compression?.isChecksummed ?? false
    self.init(
      path: path, format: format, fileBytes: info.fileBytes, contentBytes: info.contentBytes,
      frameCount: info.compression?.frameCount, integrity: isChecksummed ? .checksums : .none, provenance: [:],
      metadata: [:])
  }
}
