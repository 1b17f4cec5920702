/// How far a frame reaches, found by stepping over its blocks without decompressing them.
///
/// - Source: RFC 8878 section 3.1.1; what `ZSTD_findFrameCompressedSize` computes.
public struct FrameExtent: Hashable, Sendable {
  /// The frame's header.
  public let header: FrameHeader

  /// The length of the whole frame, from its magic number to its checksum.
  public let compressedBytes: Int

  /// The most content its blocks can hold, which is evidence against a header that announces more.
  public let maximumContentBytes: Int

  /// Steps over the frame that begins at the first of `bytes`; bytes after the frame are not looked at.
  ///
  /// - Throws: what `FrameHeader.init(decoding:)` throws; `reservedBlockType` and `blockTooLarge` for what no block can
  ///   be; `truncated` if the frame does not end within `bytes`.
  /// - Complexity: one step for each block, of 128 KiB of content at most.
  /// - Source: RFC 8878 section 3.1.1.2.
  public init(scanning bytes: Span<UInt8>) throws(ZstandardError) {
    var walker = FrameWalker()
    guard case .frame(let header) = try walker.gather(bytes).header else { throw walker.truncated }
    self.header = header
    var bound = 0
    if case .skippable(let skippable) = header {
      guard bytes.count - walker.offset >= Int(skippable.contentBytes) else {
        throw .truncated(frameOffset: 0, inputBytes: bytes.count)
      }
      compressedBytes = walker.offset + Int(skippable.contentBytes)
    } else {
      var isLast = false
      while !isLast { isLast = try Self.passBlock(of: &walker, in: bytes, addingBoundTo: &bound) }
      compressedBytes = walker.offset
    }
    maximumContentBytes = bound
  }

  /// Steps over one block, and after the last one over the checksum.
  private static func passBlock(
    of walker: inout FrameWalker, in bytes: Span<UInt8>, addingBoundTo bound: inout Int
  ) throws(ZstandardError) -> Bool {
    walker.dropGathered()
    let rest = bytes.extracting(walker.offset..<bytes.count)
    guard case .block(let block) = try walker.gather(rest).header,
      case .block(let remaining, let isLast) = walker.place,
      remaining <= bytes.count - walker.offset
    else { throw .truncated(frameOffset: 0, inputBytes: bytes.count) }
    bound += block.contentBound
    walker.take(remaining)
    walker.closeBlock(isLast: isLast)
    return isLast
  }
}
