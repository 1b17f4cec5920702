import Testing
import Zstandard

@Suite struct FrameHeaderTests {
  /// Descriptor, fields after it, and what they say.
  static let cases: [([UInt8], UInt64?, UInt64, UInt32?)] = [
    ([0x20, 5], 5, 5, nil),
    ([0x00, 0x00], nil, 1_024, nil),
    ([0x00, 0x0F], nil, 2_048 + 7 * 256, nil),
    ([0x40, 0x00, 0x01, 0x00], 257, 1_024, nil),
    ([0x60, 0xFF, 0xFF], 65_791, 65_791, nil),
    ([0xA0, 1, 2, 3, 4], 0x0403_0201, 0x0403_0201, nil),
    ([0xE0, 1, 0, 0, 0, 0, 0, 0, 0x80], 0x8000_0000_0000_0001, 0x8000_0000_0000_0001, nil),
    ([0x21, 9, 5], 5, 5, 9),
    ([0x22, 9, 1, 5], 5, 5, 265),
    ([0xC3, 0xFF, 1, 0, 0, 0x80, 8, 7, 6, 5, 4, 3, 2, 1], 0x0102_0304_0506_0708, 0x3C00_0000_000, 0x8000_0001),
  ]

  @Test(arguments: cases)
  func `every field of a header is read`(
    fields: [UInt8], contentSize: UInt64?, windowSize: UInt64, dictionaryID: UInt32?
  ) throws {
    for checksumBit in [UInt8(0), 4] {
      let bytes = HandMade.magic + fields.replacing(0, by: fields[0] | checksumBit)
      guard case .data(let header) = try FrameHeader(decoding: (bytes + [0xAA])) else {
        Issue.record("read as skippable")
        continue
      }
      #expect(header.contentSize == contentSize)
      #expect(header.windowSize == windowSize)
      #expect(header.dictionaryID == dictionaryID)
      #expect(header.hasChecksum == (checksumBit != 0))
      #expect(header.isSingleSegment == (fields[0] & 0x20 != 0))
      #expect(header.headerBytes == bytes.count)
      for count in 0..<bytes.count {
        #expect(throws: ZstandardError.truncated(frameOffset: 0, inputBytes: count)) {
          try FrameHeader(decoding: Array(bytes.prefix(count)))
        }
      }
    }
  }

  @Test(arguments: UInt8(0)...15)
  func `all sixteen kinds of skippable frame are read`(variant: UInt8) throws {
    let frame = HandMade.skippable([1, 2, 3], variant: variant)
    let header = try FrameHeader(decoding: frame)
    #expect(header.headerBytes == 8)
    guard case .skippable(let skippable) = header else {
      Issue.record("read as data")
      return
    }
    #expect(skippable.magic == 0x184D_2A50 + UInt32(variant))
    #expect(skippable.contentBytes == 3)
    #expect(try FrameExtent(scanning: (frame + [0])).compressedBytes == 11)
    #expect(throws: ZstandardError.truncated(frameOffset: 0, inputBytes: 10)) {
      try FrameExtent(scanning: Array(frame.prefix(10)))
    }
  }

  @Test func `other magic numbers and the reserved bit are refused`() {
    #expect(throws: ZstandardError.notZstandard(found: 0xFD2F_B527, offset: 0)) {
      try FrameHeader(decoding: [0x27, 0xB5, 0x2F, 0xFD, 0, 0])
    }
    #expect(throws: ZstandardError.notZstandard(found: 0x184D_2A60, offset: 0)) {
      try FrameHeader(decoding: [0x60, 0x2A, 0x4D, 0x18])
    }
    #expect(throws: ZstandardError.reservedBit(offset: 4)) {
      try FrameHeader(decoding: (HandMade.magic + [0x28, 0]))
    }
  }
}
