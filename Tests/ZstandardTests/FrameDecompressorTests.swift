import Testing
import Zstandard

@Suite struct FrameDecompressorTests {
  static let content = Content.noise(40) + Content.noise(40) + [UInt8](repeating: 3, count: 60)

  @Test(arguments: [1, 19])
  func `no changed byte goes unnoticed`(level: Int) throws {
    var compressor = try FrameCompressor(level: CompressionLevel(level))
    var decompressor = try FrameDecompressor()
    let frame = try compressor.compress(Self.content)
    for index in frame.indices {
      for mask in UInt8(1)...255 {
        var changed = frame
        changed[index] ^= mask
        let result = try? decompressor.decompress(changed, limit: 1 << 20)
        if let result, result != Self.content { Issue.record("byte \(index) xor \(mask) gives other content") }
        let streamed = try StreamResult(changed)
        if streamed.error == nil, streamed.skippableFrames == 0, streamed.content != Self.content {
          Issue.record("byte \(index) xor \(mask) gives other content in a stream")
        }
      }
    }
  }

  @Test func `a decompressor works on after an error`() throws {
    var compressor = try FrameCompressor()
    var decompressor = try FrameDecompressor()
    let frame = try compressor.compress(Self.content)
    var changed = frame
    changed[frame.count - 1] ^= 1
    let stored = changed.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    #expect(throws: ZstandardError.checksumMismatch(stored: stored, frameOffset: 0)) {
      try decompressor.decompress(changed, limit: 1_000)
    }
    #expect(try decompressor.decompress(frame, limit: 1_000) == Self.content)
  }

  @Test func `every cut is an error`() throws {
    var compressor = try FrameCompressor()
    var decompressor = try FrameDecompressor()
    for frame in [try compressor.compress(Self.content), try compressor.stored(Self.content)] {
      for count in 0..<frame.count {
        let error = ZstandardError.truncated(frameOffset: 0, inputBytes: count)
        #expect(throws: error) { try decompressor.decompress(Array(frame.prefix(count)), limit: 1_000) }
        #expect(try StreamResult(Array(frame.prefix(count))).error == error)
      }
    }
  }

  @Test func `bytes after the frame are refused`() throws {
    var compressor = try FrameCompressor()
    var decompressor = try FrameDecompressor()
    let frame = try compressor.compress(Self.content)
    #expect(throws: ZstandardError.trailingBytes(count: 9, offset: frame.count)) {
      try decompressor.decompress((frame + HandMade.skippable([1])), limit: 1_000)
    }
  }

  @Test func `a frame that announces more than the limit is refused before anything is allocated`() throws {
    let huge = HandMade.magic + [0xE4] + [UInt8](repeating: 0xFF, count: 8) + [1, 0, 0, 0, 0, 0, 0]
    let large = HandMade.magic + [0xA4, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]
    try expect(huge, .windowTooLarge(found: .max, limit: 1 << 27, frameOffset: 0))
    try expect(large, .contentTooLarge(found: 1 << 24, limit: 1 << 20, frameOffset: 0))
  }

  @Test func `a frame whose blocks cannot hold what it announces is refused`() throws {
    let header = HandMade.magic + [0xA4, 0, 0, 8, 0]
    let frame = header + HandMade.block(type: 1, size: 131_072, isLast: true) + [0, 0, 0, 0, 0]
    try expect(frame, .contentSizeMismatch(announced: 524_288, possible: 131_072, frameOffset: 0))
  }

  @Test func `what a frame must have is asked for`() throws {
    try expect(HandMade.empty, .checksumMissing(frameOffset: 0))
    try expect(HandMade.zeros(blocks: 1).replacing(4, by: 0x04) + [0, 0, 0, 0], .contentSizeMissing(frameOffset: 0))
    try expect(HandMade.skippable([]), .skippableFrame(offset: 0))
    try expect(
      HandMade.magic + [0x25, 7, 0] + HandMade.block(type: 0, size: 0, isLast: true) + [0, 0, 0, 0],
      .dictionaryRequired(id: 7, frameOffset: 0))
    try expect(
      HandMade.magic + [0x24, 0] + HandMade.block(type: 3, size: 0, isLast: true) + [0, 0, 0, 0],
      .reservedBlockType(offset: 6))
    try expect(
      HandMade.magic + [0x24, 0] + HandMade.block(type: 0, size: 131_073, isLast: true),
      .blockTooLarge(found: 131_073, limit: 131_072, offset: 6))
  }

  @Test func `a frame without checksum opens if the caller says so`() throws {
    var decompressor = try FrameDecompressor(checksums: .optional)
    #expect(try decompressor.decompress(HandMade.empty, limit: 0) == [])
  }

  private func expect(_ frame: [UInt8], _ error: ZstandardError) throws {
    var decompressor = try FrameDecompressor()
    #expect(throws: error) { try decompressor.decompress(frame, limit: 1 << 20) }
  }
}

extension [UInt8] {
  /// The same bytes but one.
  func replacing(_ index: Int, by byte: UInt8) -> [UInt8] {
    var bytes = self
    bytes[index] = byte
    return bytes
  }
}
