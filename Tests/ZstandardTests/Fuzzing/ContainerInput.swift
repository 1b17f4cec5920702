import Zstandard

/// What a fuzzer does with bytes that may be zstd frames, or the end of a file with a seek table.
enum ContainerInput {
  private static let limit = 1 << 20

  /// What should not be so; nil if both ways of decompressing agree, whatever pieces the input comes in, and a seek table is
  /// written again as it was read.
  static func complaint(about bytes: [UInt8]) -> String? {
    let whole = streamed(bytes, by: bytes.count)
    for size in [1, 7] where streamed(bytes, by: size) != whole { return "in pieces of \(size) another outcome" }
    if case .failure(let error) = whole, let fault = fault(in: error) { return fault }
    return ofFrame(bytes, whole) ?? ofTable(bytes)
  }

  private static func streamed(_ bytes: [UInt8], by size: Int) -> Result<[UInt8], ZstandardError> {
    var limits = DecompressionLimits()
    (limits.outputBytes, limits.outputBytesBeforeRatio, limits.frames) = (limit, limit / 2, 64)
    (limits.skippableBytes, limits.windowLog) = (4096, 23)
    do throws(ZstandardError) {
      var stream = try StreamDecompressor(limits: limits)
      var content: [UInt8] = []
      for start in Swift.stride(from: 0, to: bytes.count, by: max(size, 1)) {
        try feed(bytes.span.extracting(start..<min(start + size, bytes.count)), to: &stream, &content)
      }
      try stream.finish()
      return .success(content)
    } catch {
      return .failure(error)
    }
  }

  private static func feed(
    _ piece: Span<UInt8>, to stream: inout StreamDecompressor, _ content: inout [UInt8]
  ) throws(ZstandardError) {
    var position = 0
    while true {
      let before = content.count
      position += try stream.decompress(piece.extracting(position..<piece.count), appendingTo: &content)
      if content.count == before { return }
    }
  }

  /// A single frame that announces its size has the content that the stream has.
  private static func ofFrame(_ bytes: [UInt8], _ whole: Result<[UInt8], ZstandardError>) -> String? {
    do throws(ZstandardError) {
      var decompressor = try FrameDecompressor(checksums: .optional)
      let content = try decompressor.decompress(bytes.span, limit: limit)
      guard whole == .success(content) || isLimit(whole) else { return "a frame of \(content.count) bytes, streamed \(whole)" }
      var compressor = try FrameCompressor()
      let stored = try compressor.stored(content.span)
      guard try compressor.isCanonical(stored.span, content: content.span) else { return "a stored frame is not canonical" }
      return try decompressor.decompress(stored.span, limit: limit) == content ? nil : "a stored frame has other content"
    } catch {
      return fault(in: error)
    }
  }

  private static func isLimit(_ outcome: Result<[UInt8], ZstandardError>) -> Bool {
    switch outcome {
    case .failure(.ratioTooHigh), .failure(.windowTooLarge), .failure(.skippableTooLarge), .failure(.tooManyFrames): true
    default: false
    }
  }

  private static func ofTable(_ bytes: [UInt8]) -> String? {
    do throws(ZstandardError) {
      let footer = try SeekTable.Footer(decoding: bytes.span)
      _ = try? SeekTable.lastEntries(3, inTail: bytes.span)
      guard footer.tableBytes <= bytes.count else { return nil }
      let table = try SeekTable(decoding: bytes.span.extracting(bytes.count - footer.tableBytes..<bytes.count))
      var found = Array(bytes[(bytes.count - footer.tableBytes)...])
      // The two unused bits of the descriptor mean nothing, and a reader has to pass over them.
      found[found.count - 5] &= ~0b11
      let isSame = table.encoded() == found && table.frameOffsets.count == footer.frameCount + 1
      return isSame ? nil : "a seek table is written otherwise"
    } catch {
      return fault(in: error)
    }
  }

  private static func fault(in error: ZstandardError) -> String? {
    let text = error.description
    return text.isEmpty || text.contains("\n") ? "a message of no line or several: \(text)" : nil
  }
}
