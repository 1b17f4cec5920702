/// Decompresses a stream of somebody else's making, piece by piece and within limits.
///
/// The stream may hold any number of frames, skippable ones included. The loop for each piece of input:
/// ```swift
/// repeat {
///   chunk.removeAll(keepingCapacity: true)
///   position += try decompressor.decompress(piece.span.extracting(position..<piece.count), appendingTo: &chunk)
///   use(chunk)
/// } while !chunk.isEmpty
/// ```
/// and `finish()` once the input has ended.
///
/// - Source: `ZSTD_decompressStream`; RFC 8878 section 3.1.
public struct StreamDecompressor: ~Copyable {
  /// The most bytes that one call appends.
  ///
  /// - Units: bytes (128 KiB, `ZSTD_DStreamOutSize`).
  public static let pieceBytes = 131_072

  /// What the stream may cost.
  public let limits: DecompressionLimits

  /// The bytes of output so far.
  public private(set) var producedBytes = 0

  /// The frames with content begun so far.
  public private(set) var frameCount = 0

  /// The skippable frames so far.
  public private(set) var skippableFrameCount = 0

  /// The bytes in skippable frames so far, their headers included.
  public private(set) var skippableBytes = 0

  /// Whether every frame with content so far carries a checksum; without one, damage may go unnoticed.
  public private(set) var allFramesChecksummed = true

  /// The bytes of input taken so far.
  public var consumedBytes: Int { walker.offset }

  private var context: DecompressionContext
  private var walker = FrameWalker()
  private var failure: ZstandardError?

  /// Whether libzstd may hold output for which there was no room.
  private var mayHoldOutput = false

  /// What libzstd last said: 0 at the end of a frame.
  private var hint = 0

  /// Makes a decompressor for one stream.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate its context.
  /// - Source: `ZSTD_createDCtx`, `ZSTD_d_windowLogMax`.
  public init(limits: DecompressionLimits = DecompressionLimits()) throws(ZstandardError) {
    precondition((10...31).contains(limits.windowLog), "a window limit is 2^10 to 2^31 bytes")
    precondition(limits.outputBytes >= 0, "a limit of output is not negative")
    self.limits = limits
    do { context = try DecompressionContext(windowLog: limits.windowLog) } catch { throw ZstandardError(error) }
  }

  /// Takes input and appends at most `pieceBytes` of output; hand over the input it did not take in the next call.
  ///
  /// - Returns: the bytes of input taken. All are taken, and more is needed, once a call appends nothing.
  /// - Throws: `windowTooLarge`, `outputTooLarge`, `ratioTooHigh`, `tooManyFrames`, `skippableTooLarge` for a limit;
  ///   `notZstandard`, `corrupt`, `checksumMismatch` and others for damage. After an error, every call throws it again.
  /// - Source: `ZSTD_decompressStream`.
  public mutating func decompress(
    _ input: Span<UInt8>, appendingTo output: inout [UInt8]
  ) throws(ZstandardError) -> Int {
    if let failure { throw failure }
    do {
      return try run(input, appendingTo: &output)
    } catch {
      failure = error
      throw error
    }
  }

  /// Tells that the input has ended.
  ///
  /// - Throws: `truncated` if that is in the middle of a frame, or before the first.
  /// - Source: RFC 8878 section 3.1: a stream is one or more whole frames.
  public func finish() throws(ZstandardError) {
    if let failure { throw failure }
    guard walker.isAtEndOfFrame else { throw walker.truncated }
  }

  private mutating func run(_ input: Span<UInt8>, appendingTo output: inout [UInt8]) throws(ZstandardError) -> Int {
    let end = output.count + Self.pieceBytes
    var position = 0
    while output.count < end {
      let rest = input.extracting(position..<input.count)
      switch walker.place {
      case .block(remaining: 0, let isLast) where !mayHoldOutput:
        try closeBlock(isLast: isLast)
      case .block(let remaining, _):
        guard mayHoldOutput || !rest.isEmpty else { return position }
        position += try feed(rest.extracting(first: remaining), to: &output, room: end - output.count)
      case .skippable(let remaining):
        guard !rest.isEmpty else { return position }
        walker.take(min(remaining, rest.count))
        position += min(remaining, rest.count)
      case .frameHeader, .blockHeader:
        guard !rest.isEmpty else { return position }
        position += try gather(rest, appendingTo: &output)
      }
    }
    return position
  }

  /// Gives a part of a block to libzstd.
  private mutating func feed(
    _ input: Span<UInt8>, to output: inout [UInt8], room: Int
  ) throws(ZstandardError) -> Int {
    // One byte above the limit is enough to know that the stream goes beyond it.
    let allowed = min(room - 1, limits.outputBytes - producedBytes) + 1
    let progress = try step(input, appendingTo: &output, room: allowed)
    walker.take(progress.consumed)
    // A hint of 0 says that all is handed out; another call would begin the next frame.
    mayHoldOutput = progress.produced == allowed && progress.hint != 0
    guard producedBytes <= limits.outputBytes else {
      throw .outputTooLarge(found: UInt64(producedBytes), limit: limits.outputBytes, frameOffset: walker.frameOffset)
    }
    return progress.consumed
  }

  private mutating func step(
    _ input: Span<UInt8>, appendingTo output: inout [UInt8], room: Int
  ) throws(ZstandardError) -> DecompressionContext.Progress {
    do {
      let progress = try context.stream(input, appendingTo: &output, atMost: room)
      producedBytes += progress.produced
      hint = progress.hint
      return progress
    } catch {
      throw ZstandardError(error, frameOffset: walker.frameOffset)
    }
  }

  /// Takes bytes of a header, and once it is whole, judges it and gives it to libzstd.
  private mutating func gather(
    _ input: Span<UInt8>, appendingTo output: inout [UInt8]
  ) throws(ZstandardError) -> Int {
    let frameOffset = walker.frameOffset
    let (taken, header) = try walker.gather(input)
    switch header {
    case .frame(.data(let header)): try admit(header, frameOffset: frameOffset)
    case .frame(.skippable(let header)):
      try admit(header, frameOffset: frameOffset)
      walker.dropGathered()
      return taken
    case .block: break
    case nil: return taken
    }
    try feedHeader(appendingTo: &output)
    return taken
  }

  /// Gives the gathered header to libzstd, for which it yields no output.
  private mutating func feedHeader(appendingTo output: inout [UInt8]) throws(ZstandardError) {
    let bytes = walker.gathered
    walker.dropGathered()
    let progress = try step(bytes.span, appendingTo: &output, room: 1)
    guard progress.consumed == bytes.count, progress.produced == 0 else { throw disagreement }
  }

  /// Ends a block of which libzstd has handed out all content.
  ///
  /// The ratio is looked at only here, so that the verdict does not depend on the pieces the input came in.
  private mutating func closeBlock(isLast: Bool) throws(ZstandardError) {
    guard (hint == 0) == isLast else { throw disagreement }
    let (allowed, overflow) = consumedBytes.multipliedReportingOverflow(by: limits.ratio)
    if producedBytes > limits.outputBytesBeforeRatio, !overflow, producedBytes > allowed {
      throw .ratioTooHigh(produced: producedBytes, consumed: consumedBytes, limit: limits.ratio)
    }
    walker.closeBlock(isLast: isLast)
  }

  /// The error for a block structure that libzstd reads otherwise than `FrameWalker`; no input is known that causes it.
  private var disagreement: ZstandardError {
    .corrupt(reason: "Blocks and content end at different places", frameOffset: walker.frameOffset)
  }
}

extension StreamDecompressor {
  /// Judges a frame by what it announces, before libzstd sees it.
  private mutating func admit(_ header: DataFrameHeader, frameOffset: Int) throws(ZstandardError) {
    frameCount += 1
    try checkFrameCount(frameOffset: frameOffset)
    try header.checkDictionary(frameOffset: frameOffset)
    try header.checkWindow(log: limits.windowLog, frameOffset: frameOffset)
    allFramesChecksummed = allFramesChecksummed && header.hasChecksum
    let (total, overflow) = UInt64(producedBytes).addingReportingOverflow(header.contentSize ?? 0)
    guard !overflow, total <= UInt64(limits.outputBytes) else {
      throw .outputTooLarge(found: overflow ? .max : total, limit: limits.outputBytes, frameOffset: frameOffset)
    }
  }

  private mutating func admit(_ header: SkippableFrameHeader, frameOffset: Int) throws(ZstandardError) {
    skippableFrameCount += 1
    try checkFrameCount(frameOffset: frameOffset)
    skippableBytes += SkippableFrameHeader.headerBytes + Int(header.contentBytes)
    guard skippableBytes <= limits.skippableBytes else {
      throw .skippableTooLarge(found: skippableBytes, limit: limits.skippableBytes, frameOffset: frameOffset)
    }
  }

  private func checkFrameCount(frameOffset: Int) throws(ZstandardError) {
    let found = frameCount + skippableFrameCount
    guard found <= limits.frames else {
      throw .tooManyFrames(found: found, limit: limits.frames, frameOffset: frameOffset)
    }
  }
}
