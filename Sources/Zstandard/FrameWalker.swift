/// Follows a stream from frame to frame and from block to block without decompressing, whatever pieces it comes in.
///
/// It knows what libzstd's streaming interface hides: where frames begin and end, how many there are, which are
/// skippable, and whether the input stops in the middle of one.
///
/// - Source: RFC 8878 section 3.1.
struct FrameWalker {
  /// What the next bytes of the stream are.
  enum Place: Equatable {
    /// A frame header, of which `gathered` are known.
    case frameHeader
    /// A block header, of which `gathered` are known.
    case blockHeader
    /// The rest of a block, and after the last block the checksum.
    case block(remaining: Int, isLast: Bool)
    /// The rest of a skippable frame.
    case skippable(remaining: Int)
  }

  /// What gathering bytes completed.
  enum Header {
    case frame(FrameHeader)
    case block(BlockHeader)
  }

  private(set) var place = Place.frameHeader

  /// The bytes of the header at hand.
  private(set) var gathered: [UInt8] = []

  /// The bytes taken since the stream began.
  private(set) var offset = 0

  /// Where the frame at hand began.
  private(set) var frameOffset = 0

  private var hasChecksum = false

  /// Whether the stream may end here: between frames, and after at least one.
  var isAtEndOfFrame: Bool { place == .frameHeader && gathered.isEmpty && offset > 0 }

  /// The error for a stream that ends here.
  var truncated: ZstandardError { .truncated(frameOffset: frameOffset, inputBytes: offset) }

  /// Takes bytes of the header at hand.
  ///
  /// - Returns: how many bytes it took, and the header if these complete it.
  mutating func gather(_ input: Span<UInt8>) throws(ZstandardError) -> (taken: Int, header: Header?) {
    var taken = 0
    while true {
      let needed = try neededBytes()
      if gathered.count == needed { return (taken, try completeHeader()) }
      guard taken < input.count else { return (taken, nil) }
      gathered.append(input[taken])
      taken += 1
      offset += 1
    }
  }

  /// Takes bytes of the block or skippable frame at hand.
  mutating func take(_ count: Int) {
    offset += count
    switch place {
    case .block(let remaining, let isLast): place = .block(remaining: remaining - count, isLast: isLast)
    case .skippable(let remaining) where remaining > count: place = .skippable(remaining: remaining - count)
    case .skippable: beginFrame()
    case .frameHeader, .blockHeader: preconditionFailure("headers are gathered, not taken")
    }
  }

  /// Leaves a block of which all bytes are taken.
  mutating func closeBlock(isLast: Bool) {
    gathered.removeAll(keepingCapacity: true)
    if isLast { beginFrame() } else { place = .blockHeader }
  }

  private mutating func beginFrame() {
    gathered.removeAll(keepingCapacity: true)
    place = .frameHeader
    frameOffset = offset
  }

  private func neededBytes() throws(ZstandardError) -> Int {
    guard place == .frameHeader else { return BlockHeader.headerBytes }
    return try FrameHeader.headerBytes(startingWith: gathered.span, frameOffset: frameOffset)
  }

  private mutating func completeHeader() throws(ZstandardError) -> Header {
    guard place == .frameHeader else {
      let block = try BlockHeader(decoding: gathered.span, offset: offset - BlockHeader.headerBytes)
      place = .block(remaining: block.bodyBytes + (block.isLast && hasChecksum ? 4 : 0), isLast: block.isLast)
      return .block(block)
    }
    let header = try FrameHeader(decoding: gathered.span, frameOffset: frameOffset)
    switch header {
    case .data(let data):
      hasChecksum = data.hasChecksum
      place = .blockHeader
    case .skippable(let skippable):
      place = .skippable(remaining: Int(skippable.contentBytes))
      if skippable.contentBytes == 0 { beginFrame() }
    }
    return .frame(header)
  }

  /// Forgets a header that has been dealt with.
  mutating func dropGathered() {
    gathered.removeAll(keepingCapacity: true)
  }
}

/// The three bytes before each block.
///
/// - Source: RFC 8878 section 3.1.1.2, `Block_Header`.
struct BlockHeader {
  static let headerBytes = 3

  let isLast: Bool

  /// The bytes of the block in the stream.
  let bodyBytes: Int

  /// The most content the block can hold: exact for raw and repeated bytes.
  let contentBound: Int

  init(decoding bytes: Span<UInt8>, offset: Int) throws(ZstandardError) {
    let bits = Int(bytes.littleEndian(at: 0, count: 3))
    let (type, size) = (bits >> 1 & 3, bits >> 3)
    guard type != 3 else { throw .reservedBlockType(offset: offset) }
    guard size <= FrameCompressor.blockBytes else {
      throw .blockTooLarge(found: size, limit: FrameCompressor.blockBytes, offset: offset)
    }
    isLast = bits & 1 == 1
    bodyBytes = type == 1 ? 1 : size
    contentBound = type == 2 ? FrameCompressor.blockBytes : size
  }
}
