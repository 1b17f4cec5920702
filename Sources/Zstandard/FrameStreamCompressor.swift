/// Compresses a stream of unknown length into one frame, in memory bounded by the level's window.
///
/// Hand over the content in pieces, write out and empty `output` after each, and call `finish` at the end.
/// The frame has a checksum but no content size.
///
/// - Source: `ZSTD_compressStream2`.
public struct FrameStreamCompressor: ~Copyable {
  private var context: CompressionContext

  /// Makes a compressor.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate its context.
  /// - Source: `ZSTD_createCCtx`.
  public init(level: CompressionLevel = .default) throws(ZstandardError) {
    do { context = try CompressionContext(level: level) } catch { throw ZstandardError(error) }
  }

  /// Takes the next piece of content and appends what is ready of the frame.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate its tables.
  /// - Source: `ZSTD_compressStream2` with `ZSTD_e_continue`.
  public mutating func compress(
    _ piece: Span<UInt8>, appendingTo output: inout [UInt8]
  ) throws(ZstandardError) {
    var position = 0
    while position < piece.count {
      position += try step(piece.extracting(position..<piece.count), appendingTo: &output).consumed
    }
  }

  /// Ends the frame and appends the rest of it; the next piece begins a new frame.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate its tables.
  /// - Source: `ZSTD_compressStream2` with `ZSTD_e_end`.
  public mutating func finish(appendingTo output: inout [UInt8]) throws(ZstandardError) {
    let nothing: [UInt8] = []
    while try step(nothing.span, appendingTo: &output).held > 0 {}
  }

  private mutating func step(
    _ input: Span<UInt8>, appendingTo output: inout [UInt8]
  ) throws(ZstandardError) -> (consumed: Int, held: Int) {
    do {
      return try context.stream(input, appendingTo: &output, atMost: FrameCompressor.blockBytes)
    } catch {
      throw ZstandardError(error)
    }
  }
}
