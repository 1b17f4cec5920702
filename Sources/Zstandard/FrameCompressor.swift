/// Compresses pieces of content, each into one zstd frame, reusing one context.
///
/// A frame carries its content size and a checksum, and its window covers the whole content (up to 128 MiB), so that
/// zstd finds a successor observation in the column that holds it one row later, however far apart the columns lie.
/// The same content and level give the same bytes with the same version of zstd.
///
/// - Source: RFC 8878 section 3.1.1; `ZSTD_compress2`.
public struct FrameCompressor: ~Copyable {
  /// How hard to work on each frame.
  public let level: CompressionLevel

  private var context: CompressionContext

  /// Makes a compressor.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate its context.
  /// - Source: `ZSTD_createCCtx`.
  public init(level: CompressionLevel = .default) throws(ZstandardError) {
    self.level = level
    do { context = try CompressionContext(level: level) } catch { throw ZstandardError(error) }
  }

  /// Compresses content into one frame.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate its tables.
  /// - Complexity: memory of about three times the content at level 1.
  /// - Source: `ZSTD_compress2`.
  public mutating func compress(_ content: Span<UInt8>) throws(ZstandardError) -> [UInt8] {
    var frame: [UInt8] = []
    try compress(content, appendingTo: &frame)
    return frame
  }

  /// Compresses content into one frame at the end of `output`.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate its tables; `output` is then as it was.
  /// - Source: `ZSTD_compress2`.
  public mutating func compress(
    _ content: Span<UInt8>, appendingTo output: inout [UInt8]
  ) throws(ZstandardError) {
    try compress(content, level: level, appendingTo: &output)
  }

  /// Compresses content into one frame in which blocks begin at the given places, too.
  ///
  /// zstd describes the bytes of a block, of at most 128 KiB, by one set of tables. Where one kind of content ends and
  /// another begins, neither spoils the tables of the other.
  /// - Parameter starts: Places inside the content, ascending. Without any the frame is that of `compress(_:appendingTo:)`.
  /// - Throws: `outOfMemory` if zstd cannot allocate its tables or a copy of the content; `output` is then as it was.
  /// - Source: `ZSTD_compressStream2` with `ZSTD_e_flush`; RFC 8878 section 3.1.1.2.
  public mutating func compress(
    _ content: Span<UInt8>, blocksAt starts: [Int], appendingTo output: inout [UInt8]
  ) throws(ZstandardError) {
    guard !starts.isEmpty else { return try compress(content, appendingTo: &output) }
    do {
      try prepare(level, contentBytes: content.count)
      try context.compress(content, blocksAt: starts, appendingTo: &output)
    } catch {
      throw ZstandardError(error)
    }
  }

  /// The checksum of a frame of this content: the low half of its XXH64.
  ///
  /// libzstd does not export XXH64, so the checksum is read from a frame made as fast as zstd can.
  ///
  /// - Source: RFC 8878 section 3.1.1, `Content_Checksum`.
  mutating func checksum(of content: Span<UInt8>) throws(ZstandardError) -> UInt32 {
    var frame: [UInt8] = []
    try compress(content, level: .fastest, appendingTo: &frame)
    return frame.span.littleEndian32(at: frame.count - 4)
  }

  private mutating func compress(
    _ content: Span<UInt8>, level: CompressionLevel, appendingTo output: inout [UInt8]
  ) throws(ZstandardError) {
    do {
      try prepare(level, contentBytes: content.count)
      try context.compress(content, appendingTo: &output)
    } catch {
      throw ZstandardError(error)
    }
  }

  private mutating func prepare(_ level: CompressionLevel, contentBytes: Int) throws(LibraryFailure) {
    try context.setLevel(level)
    try context.setWindowLog(Self.windowLog(covering: contentBytes))
  }

  /// The smallest window that covers a frame, within what zstd allows (1 KiB) and every reader opens (128 MiB).
  static func windowLog(covering bytes: Int) -> Int {
    let ceiling = bytes <= 1 ? 0 : Int.bitWidth - (bytes - 1).leadingZeroBitCount
    return min(max(ceiling, 10), DecompressionLimits.defaultWindowLog)
  }
}
