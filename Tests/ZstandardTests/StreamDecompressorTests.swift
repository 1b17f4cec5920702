import Testing
import Zstandard

@Suite struct StreamDecompressorTests {
  /// Frames of every kind one after the other, and their content.
  static func mixed() throws -> (stream: [UInt8], content: [UInt8]) {
    let parts = [Content.rollout(300_000), [], Content.noise(1_000), [UInt8](repeating: 0, count: 262_144)]
    var compressor = try FrameCompressor()
    var streaming = try FrameStreamCompressor()
    var stream = HandMade.skippable([1, 2, 3], variant: 15)
    for part in parts {
      stream += try compressor.compress(part)
      stream += HandMade.skippable([])
      stream += try compressor.stored(Array(part.prefix(5_000)))
      try streaming.compress(part.span, appendingTo: &stream)
      try streaming.finish(appendingTo: &stream)
    }
    stream += HandMade.zeros(blocks: 3) + HandMade.empty + HandMade.skippable(Content.noise(500), variant: 14)
    let content = parts.flatMap { $0 + $0.prefix(5_000) + $0 } + [UInt8](repeating: 0, count: 3 * 131_072)
    return (stream, content)
  }

  @Test(arguments: [[.max], [1], [2], [3], [7], [18], [4_096], [131_071], [131_072], [1, 70_000, 3, 11, 9_999]])
  func `pieces of any size give the same`(pieces: [Int]) throws {
    let (stream, content) = try Self.mixed()
    let result = try StreamResult(stream, pieces: pieces)
    #expect(result.error == nil)
    #expect(result.content == content)
    #expect(result.consumed == stream.count)
    #expect(result.frames == 14)
    #expect(result.skippableFrames == 6)
    #expect(result.skippableBytes == 6 * 8 + 503)
    #expect(!result.allChecksummed)
  }

  @Test(arguments: [[1], [13], [1_000, 1], [131_072]])
  func `pieces of any size give the same error`(pieces: [Int]) throws {
    let (stream, _) = try Self.mixed()
    var limits = DecompressionLimits()
    for outputBytes in [0, 1, 131_072, 299_999, 300_000, 605_000, 1_200_000] {
      limits.outputBytes = outputBytes
      try expectSame(stream, pieces: pieces, limits: limits)
    }
    limits = DecompressionLimits()
    limits.outputBytesBeforeRatio = 400_000
    for ratio in [1, 2, 10, 100] {
      limits.ratio = ratio
      try expectSame(stream, pieces: pieces, limits: limits)
    }
    for offset in stride(from: 5, to: stream.count, by: stream.count / 20) {
      try expectSame(stream.replacing(offset, by: stream[offset] ^ 0x40), pieces: pieces, limits: DecompressionLimits())
    }
  }

  private func expectSame(_ stream: [UInt8], pieces: [Int], limits: DecompressionLimits) throws {
    let whole = try StreamResult(stream, limits: limits)
    let inPieces = try StreamResult(stream, pieces: pieces, limits: limits)
    #expect(inPieces.error == whole.error)
    #expect(inPieces.frames == whole.frames)
  }

  @Test(arguments: UInt64(1)...20)
  func `damage at random places gives the same whatever the pieces`(seed: UInt64) throws {
    var compressor = try FrameCompressor()
    let frames = [try compressor.compress(Content.rollout(700)), try compressor.stored(Content.noise(50))]
    let stream = Array(frames.joined()) + HandMade.skippable([1, 2]) + HandMade.empty + HandMade.zeros(blocks: 2)
    let dice = Content.noise(600, seed: seed)
    for turn in stride(from: 0, to: dice.count, by: 6) {
      var damaged = stream
      for pick in [turn, turn + 3] {
        damaged[(Int(dice[pick]) << 8 | Int(dice[pick + 1])) % stream.count] = dice[pick + 2]
      }
      try expectSame(damaged, pieces: [Int(dice[turn] % 19) + 1], limits: DecompressionLimits())
    }
  }

  @Test func `a stream cut between frames is whole and one cut within is not`() throws {
    var compressor = try FrameCompressor()
    let frame = try compressor.compress(Content.noise(30))
    let stream = frame + HandMade.skippable([1, 2]) + frame
    let ends = [frame.count, frame.count + 10, stream.count]
    for count in 0...stream.count {
      let error = try StreamResult(Array(stream.prefix(count))).error
      if ends.contains(count) {
        #expect(error == nil)
      } else {
        let start = ([0] + ends).last { $0 <= count } ?? 0
        #expect(error == .truncated(frameOffset: start, inputBytes: count))
      }
    }
  }

  @Test func `a gibibyte of zeros stops at the ratio`() throws {
    let bomb = HandMade.zeros(blocks: 8_192)
    let error = try StreamResult(bomb, keepingContent: false).error
    #expect(error == .ratioTooHigh(produced: (64 << 20) + 131_072, consumed: 6 + 513 * 4, limit: 1_024))
  }

  @Test func `zeros within the limits pass`() throws {
    let result = try StreamResult(HandMade.zeros(blocks: 512), keepingContent: false)
    #expect(result.error == nil)
  }

  @Test func `output beyond the limit stops one byte later`() throws {
    var limits = DecompressionLimits()
    limits.outputBytes = 1_000_000
    let result = try StreamResult(HandMade.zeros(blocks: 8), limits: limits)
    #expect(result.error == .outputTooLarge(found: 1_000_001, limit: 1_000_000, frameOffset: 0))
    limits.outputBytes = 8 * 131_072
    #expect(try StreamResult(HandMade.zeros(blocks: 8), limits: limits).error == nil)
    limits.outputBytes = .max
    #expect(try StreamResult(HandMade.zeros(blocks: 8), limits: limits).error == nil)
  }

  @Test func `an announced size beyond the limit is refused at once`() throws {
    var limits = DecompressionLimits()
    limits.outputBytes = 100
    let frame = HandMade.magic + [0xA0, 101, 0, 0, 0]
    #expect(
      try StreamResult(HandMade.empty + frame, limits: limits).error
        == .outputTooLarge(found: 101, limit: 100, frameOffset: 9))
    let huge = HandMade.magic + [0xC0, 0x00] + [UInt8](repeating: 0xFF, count: 8)
    #expect(
      try StreamResult(huge).error == .outputTooLarge(found: .max, limit: 8 << 30, frameOffset: 0))
  }

  @Test func `a window of two gibibytes is refused`() throws {
    let frame = HandMade.magic + [0x00, 21 << 3] + HandMade.block(type: 0, size: 0, isLast: true)
    #expect(try StreamResult(frame).error == .windowTooLarge(found: 1 << 31, limit: 1 << 27, frameOffset: 0))
    #expect(try StreamResult(frame.replacing(5, by: 17 << 3)).error == nil)
  }

  @Test(.timeLimit(.minutes(10)))
  func `a hundred thousand empty frames are counted quickly`() throws {
    let stream = Array([[UInt8]](repeating: HandMade.empty, count: 100_000).joined())
    let result = try StreamResult(stream)
    #expect(result.error == nil)
    #expect(result.frames == 100_000)
    #expect(result.content.isEmpty)
    #expect(!result.allChecksummed)
  }

  @Test func `more frames than the limit are refused`() throws {
    var limits = DecompressionLimits()
    limits.frames = 10
    let stream = Array([[UInt8]](repeating: HandMade.empty + HandMade.skippable([]), count: 6).joined())
    #expect(
      try StreamResult(stream, limits: limits).error == .tooManyFrames(found: 11, limit: 10, frameOffset: 85))
  }

  @Test func `a file of skippable frames alone is whole and empty`() throws {
    let result = try StreamResult(HandMade.skippable([1, 2, 3]) + HandMade.skippable([]))
    #expect(result.error == nil)
    #expect(result.frames == 0)
    #expect(result.skippableFrames == 2)
  }

  @Test func `more skippable bytes than the limit are refused at their header`() throws {
    let header: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF]
    #expect(
      try StreamResult(header).error == .skippableTooLarge(found: 8 + 0xFFFF_FFFF, limit: 16 << 20, frameOffset: 0))
  }

  @Test func `other bytes are refused and the error stays`() throws {
    var decompressor = try StreamDecompressor()
    var output: [UInt8] = []
    let text = Array("version https://git-lfs.github.com/spec/v1".utf8)
    let error = ZstandardError.notZstandard(found: 0x7372_6576, offset: 0)
    #expect(throws: error) { try decompressor.decompress(text, appendingTo: &output) }
    #expect(throws: error) { try decompressor.decompress(HandMade.empty, appendingTo: &output) }
    #expect(throws: error) { try decompressor.finish() }
  }

  @Test func `a wrong checksum is an error of its own`() throws {
    var compressor = try FrameCompressor()
    let frame = try compressor.compress(Content.noise(30))
    let stream = HandMade.empty + frame.replacing(frame.count - 1, by: frame[frame.count - 1] ^ 1)
    #expect(try StreamResult(stream).error == .checksumMismatch(stored: nil, frameOffset: 9))
  }
}
