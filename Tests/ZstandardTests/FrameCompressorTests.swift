import Testing
import Zstandard

@Suite struct FrameCompressorTests {
  static let sizes = [0, 1, 2, 255, 256, 257, 1_023, 65_791, 65_792, 131_071, 131_072, 131_073, 5 << 20]
  static let long = Content.rollout(5 << 20)

  @Test(arguments: [-5, 1, 3, 19])
  func `content comes back whatever its size`(level: Int) throws {
    var compressor = try FrameCompressor(level: CompressionLevel(level))
    var decompressor = try FrameDecompressor()
    for size in Self.sizes {
      let content = Array(Self.long.prefix(size))
      let frame = try compressor.compress(content)
      #expect(try decompressor.decompress(frame, limit: size) == content)
      try Self.expectSelfContained(frame, contentBytes: size)
    }
  }

  /// The frame announces its size, has a checksum, and its window covers all of it.
  static func expectSelfContained(_ frame: [UInt8], contentBytes: Int) throws {
    let extent = try FrameExtent(scanning: frame)
    #expect(extent.compressedBytes == frame.count)
    #expect(extent.maximumContentBytes >= contentBytes)
    guard case .data(let header) = extent.header else {
      Issue.record("a compressor wrote a skippable frame")
      return
    }
    #expect(header.contentSize == UInt64(contentBytes))
    #expect(header.windowSize >= UInt64(contentBytes))
    #expect(header.hasChecksum)
    #expect(header.dictionaryID == nil)
  }

  @Test func `the second of two similar halves is nearly free at level 1`() throws {
    let half = Content.noise(3 << 19)
    var successor = half
    for index in stride(from: 0, to: half.count, by: 4_096) { successor[index] ^= 1 }
    var compressor = try FrameCompressor()
    let frame = try compressor.compress((half + successor))
    #expect(frame.count < half.count + half.count / 20)
  }

  @Test func `a reused compressor writes the same frames as a fresh one`() throws {
    var reused = try FrameCompressor()
    for size in [70_000, 0, 200_000, 1, 70_000] {
      let content = Content.rollout(size)
      var fresh = try FrameCompressor()
      let frame = try fresh.compress(content)
      #expect(try reused.compress(content) == frame)
      #expect(try reused.stored(content) == fresh.stored(content))
      #expect(try reused.compress(content) == frame)
    }
  }

  @Test(arguments: [-5, 1, 3, 19])
  func `blocks begin where they are told to, and the content comes back`(level: Int) throws {
    var compressor = try FrameCompressor(level: CompressionLevel(level))
    var decompressor = try FrameDecompressor()
    for (size, starts) in [
      (2, [1]), (300, [100, 101, 299]), (131_072, [1, 131_071]), (5 << 20, [7, 200_000, 200_001, 3 << 20]), (5 << 20, []),
    ] {
      let content = Array(Self.long.prefix(size))
      var frame: [UInt8] = [1, 2]
      try compressor.compress(content.span, blocksAt: starts, appendingTo: &frame)
      #expect(frame.prefix(2) == [1, 2])
      frame.removeFirst(2)
      #expect(try decompressor.decompress(frame, limit: size) == content)
      try Self.expectSelfContained(frame, contentBytes: size)
      // Between two starts blocks are of 128 KiB, as in a frame without any.
      let pieces = zip([0] + starts, starts + [size]).map { $1 - $0 }
      let blocks = pieces.reduce(0) { $0 + ($1 + 131_071) / 131_072 }
      let count = try blockCount(of: frame)
      // Strong levels divide blocks further where it pays.
      #expect(level > 12 ? count >= blocks : count == blocks, "\(size) \(starts)")
      #expect(try starts.isEmpty == (frame == compressor.compress(content)))
      var fresh = try FrameCompressor(level: CompressionLevel(level))
      var again: [UInt8] = []
      try fresh.compress(content.span, blocksAt: starts, appendingTo: &again)
      #expect(again == frame)
    }
  }

  @Test func `columns of other kinds do not spoil each other's blocks`() throws {
    let numbers = Content.noise(60_000)
    let content = numbers + Content.noise(60_000, seed: 2).map { $0 & 3 }
    var compressor = try FrameCompressor()
    var frame: [UInt8] = []
    try compressor.compress(content.span, blocksAt: [60_000], appendingTo: &frame)
    #expect(try frame.count < compressor.compress(content).count - 3_000)
  }

  @Test func `frames are appended to what is there`() throws {
    var compressor = try FrameCompressor()
    var decompressor = try FrameDecompressor()
    var output: [UInt8] = [1, 2, 3]
    try compressor.compress([9].span, appendingTo: &output)
    #expect(output.prefix(3) == [1, 2, 3])
    var content: [UInt8] = [7]
    try decompressor.decompress(Array(output.dropFirst(3)).span, limit: 1, appendingTo: &content)
    #expect(content == [7, 9])
  }

  @Test func `a stream in pieces becomes one frame with a checksum`() throws {
    let content = Self.long.prefix(700_000)
    var compressor = try FrameStreamCompressor()
    for _ in 1...2 {
      var frame: [UInt8] = []
      for start in stride(from: 0, to: content.count, by: 99_991) {
        try compressor.compress(Array(content[start..<min(start + 99_991, content.count)]).span, appendingTo: &frame)
      }
      try compressor.finish(appendingTo: &frame)
      let result = try StreamResult(frame)
      #expect(result.content == Array(content))
      #expect(result.error == nil)
      #expect(result.frames == 1)
      #expect(result.allChecksummed)
    }
  }

  @Test(arguments: [-131_073, 23, .max])
  func `a level zstd does not have is refused`(level: Int) {
    #expect(throws: ZstandardError.levelOutOfRange(found: level)) { try CompressionLevel(level) }
  }

  @Test func `levels are ordered by strength`() throws {
    #expect(try CompressionLevel(-131_072) < CompressionLevel(22))
    #expect(CompressionLevel.default.value == 1)
  }
}

/// How many blocks a frame has.
/// - Source: RFC 8878 section 3.1.1.2, `Block_Header`.
private func blockCount(of frame: [UInt8]) throws -> Int {
  guard case .data(let header) = try FrameExtent(scanning: frame).header else { return 0 }
  var (offset, count, isLast) = (header.headerBytes, 0, false)
  while !isLast {
    let word = Int(frame[offset]) | Int(frame[offset + 1]) << 8 | Int(frame[offset + 2]) << 16
    isLast = word & 1 == 1
    offset += 3 + (word >> 1 & 3 == 1 ? 1 : word >> 3)
    count += 1
  }
  return count
}
