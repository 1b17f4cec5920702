extension FrameHeader {
  /// Parses the header of the frame that begins at the first of `bytes`.
  ///
  /// - Throws: `notZstandard` for other magic numbers; `reservedBit` if the header uses what the format has not
  ///   defined; `truncated` if the header does not end within `bytes`. Offsets in errors count from the first byte.
  /// - Source: RFC 8878 sections 3.1.1.1 and 3.1.2.
  public init(decoding bytes: Span<UInt8>) throws(ZstandardError) {
    self = try Self(decoding: bytes, frameOffset: 0)
  }

  /// The same for a frame that begins at a known offset of a stream.
  init(decoding bytes: Span<UInt8>, frameOffset: Int) throws(ZstandardError) {
    let needed = try Self.headerBytes(startingWith: bytes, frameOffset: frameOffset)
    guard bytes.count >= needed else {
      throw .truncated(frameOffset: frameOffset, inputBytes: frameOffset + bytes.count)
    }
    let magic = bytes.littleEndian32(at: 0)
    if magic == Self.dataMagic {
      self = .data(try DataFrameHeader(decoding: bytes, frameOffset: frameOffset))
    } else {
      self = .skippable(SkippableFrameHeader(magic: magic, contentBytes: bytes.littleEndian32(at: 4)))
    }
  }

  /// How many bytes the header that begins with `bytes` needs, as far as these tell: 5, then the exact number.
  ///
  /// - Source: RFC 8878 section 3.1.1.1.
  static func headerBytes(startingWith bytes: Span<UInt8>, frameOffset: Int) throws(ZstandardError) -> Int {
    guard bytes.count >= 4 else { return 5 }
    let magic = bytes.littleEndian32(at: 0)
    if skippableMagics.contains(magic) { return SkippableFrameHeader.headerBytes }
    guard magic == dataMagic else { throw .notZstandard(found: magic, offset: frameOffset) }
    guard bytes.count >= 5 else { return 5 }
    return Descriptor(bits: bytes[4]).headerBytes
  }
}

/// The byte that says which fields a header has.
///
/// - Source: RFC 8878 section 3.1.1.1.1, `Frame_Header_Descriptor`.
private struct Descriptor {
  let bits: UInt8

  var isSingleSegment: Bool { bits & 0x20 != 0 }
  var usesReservedBit: Bool { bits & 0x08 != 0 }
  var hasChecksum: Bool { bits & 0x04 != 0 }
  var windowBytes: Int { isSingleSegment ? 0 : 1 }
  var dictionaryBytes: Int { [0, 1, 2, 4][Int(bits & 3)] }
  var headerBytes: Int { 5 + windowBytes + dictionaryBytes + contentSizeBytes }

  var contentSizeBytes: Int {
    switch bits >> 6 {
    case 0: isSingleSegment ? 1 : 0
    case 1: 2
    case 2: 4
    default: 8
    }
  }
}

extension DataFrameHeader {
  /// Parses a header of which all bytes are known to be there.
  fileprivate init(decoding bytes: Span<UInt8>, frameOffset: Int) throws(ZstandardError) {
    let descriptor = Descriptor(bits: bytes[4])
    guard !descriptor.usesReservedBit else { throw .reservedBit(offset: frameOffset + 4) }
    let dictionaryOffset = 5 + descriptor.windowBytes
    let dictionary = bytes.littleEndian(at: dictionaryOffset, count: descriptor.dictionaryBytes)
    contentSize = Self.contentSize(
      in: bytes, at: dictionaryOffset + descriptor.dictionaryBytes, count: descriptor.contentSizeBytes)
    isSingleSegment = descriptor.isSingleSegment
    windowSize = isSingleSegment ? contentSize ?? 0 : Self.windowSize(descriptor: bytes[5])
    hasChecksum = descriptor.hasChecksum
    dictionaryID = dictionary == 0 ? nil : UInt32(truncatingIfNeeded: dictionary)
    headerBytes = descriptor.headerBytes
  }

  /// - Source: RFC 8878 section 3.1.1.1.4: a field of two bytes counts from 256.
  private static func contentSize(in bytes: Span<UInt8>, at offset: Int, count: Int) -> UInt64? {
    guard count > 0 else { return nil }
    return bytes.littleEndian(at: offset, count: count) + (count == 2 ? 256 : 0)
  }

  /// - Source: RFC 8878 section 3.1.1.1.2.
  private static func windowSize(descriptor: UInt8) -> UInt64 {
    let base: UInt64 = 1 << (10 + UInt64(descriptor >> 3))
    return base + base / 8 * UInt64(descriptor & 7)
  }
}
