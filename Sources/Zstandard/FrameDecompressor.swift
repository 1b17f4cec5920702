/// Decompresses frames whose content size the caller can bound, reusing one context.
///
/// - Source: `ZSTD_decompressDCtx`.
public struct FrameDecompressor: ~Copyable {
  /// What to do with a frame that carries no checksum, in which nearly every damaged byte would go unnoticed.
  public enum ChecksumPolicy: Hashable, Sendable {
    /// Refuse it.
    case required
    /// Decompress it all the same.
    case optional
  }

  /// What to do with frames without a checksum.
  public let checksums: ChecksumPolicy

  private var context: DecompressionContext

  /// Makes a decompressor that opens windows of up to 128 MiB.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate its context.
  /// - Source: `ZSTD_createDCtx`.
  public init(checksums: ChecksumPolicy = .required) throws(ZstandardError) {
    self.checksums = checksums
    do {
      context = try DecompressionContext(windowLog: DecompressionLimits.defaultWindowLog)
    } catch {
      throw ZstandardError(error)
    }
  }

  /// Decompresses one frame that is all of `frame`. Offsets in errors count from its first byte.
  ///
  /// - Throws: `contentSizeMissing`, `contentTooLarge` (more than `limit`), `contentSizeMismatch` and `windowTooLarge`
  ///   before anything is allocated; `checksumMissing`, `dictionaryRequired`, `skippableFrame`, `truncated`,
  ///   `trailingBytes`; `corrupt` and `checksumMismatch` for damaged content.
  /// - Source: `ZSTD_decompressDCtx`.
  public mutating func decompress(_ frame: Span<UInt8>, limit: Int) throws(ZstandardError) -> [UInt8] {
    var content: [UInt8] = []
    try decompress(frame, limit: limit, appendingTo: &content)
    return content
  }

  /// Decompresses one frame that is all of `frame` to the end of `output`.
  ///
  /// - Throws: as `decompress(_:limit:)`; `output` is then as it was.
  /// - Source: `ZSTD_decompressDCtx`.
  public mutating func decompress(
    _ frame: Span<UInt8>, limit: Int, appendingTo output: inout [UInt8]
  ) throws(ZstandardError) {
    let extent = try FrameExtent(scanning: frame)
    guard extent.compressedBytes == frame.count else {
      throw .trailingBytes(count: frame.count - extent.compressedBytes, offset: extent.compressedBytes)
    }
    guard case .data(let header) = extent.header else { throw .skippableFrame(offset: 0) }
    try check(header)
    let bytes = try Self.contentBytes(header, evidence: extent.maximumContentBytes, limit: limit)
    let stored = header.hasChecksum ? frame.littleEndian32(at: frame.count - 4) : nil
    do {
      try context.decompress(frame, bytes: bytes, appendingTo: &output)
    } catch {
      throw ZstandardError(error, frameOffset: 0, storedChecksum: stored)
    }
  }

  private func check(_ header: DataFrameHeader) throws(ZstandardError) {
    try header.checkWindow(log: DecompressionLimits.defaultWindowLog, frameOffset: 0)
    try header.checkDictionary(frameOffset: 0)
    guard header.hasChecksum || checksums == .optional else { throw .checksumMissing(frameOffset: 0) }
  }

  /// The bytes to allocate: what the header announces, if the caller allows it and the blocks can hold it.
  private static func contentBytes(
    _ header: DataFrameHeader, evidence: Int, limit: Int
  ) throws(ZstandardError) -> Int {
    guard let announced = header.contentSize else { throw .contentSizeMissing(frameOffset: 0) }
    guard let bytes = Int(exactly: announced), bytes <= limit else {
      throw .contentTooLarge(found: announced, limit: limit, frameOffset: 0)
    }
    guard bytes <= evidence else {
      throw .contentSizeMismatch(announced: announced, possible: evidence, frameOffset: 0)
    }
    return bytes
  }
}

extension DataFrameHeader {
  /// - Source: RFC 8878 section 3.1.1.1.2: a decompressor may refuse windows that are too large for it.
  func checkWindow(log: Int, frameOffset: Int) throws(ZstandardError) {
    guard windowSize <= 1 << UInt64(log) else {
      throw .windowTooLarge(found: windowSize, limit: 1 << log, frameOffset: frameOffset)
    }
  }

  /// - Source: RFC 8878 section 3.1.1.1.3.
  func checkDictionary(frameOffset: Int) throws(ZstandardError) {
    if let dictionaryID { throw .dictionaryRequired(id: dictionaryID, frameOffset: frameOffset) }
  }
}
