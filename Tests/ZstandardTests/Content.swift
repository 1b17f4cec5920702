import Zstandard

/// Content for tests, the same in every run.
enum Content {
  /// Bytes without pattern, from SplitMix64.
  static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      word ^= word >> 31
      for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return Array(bytes.prefix(count))
  }

  /// Bytes with repetition at several distances, as columns of a rollout have.
  static func rollout(_ count: Int) -> [UInt8] {
    let row = noise(96) + [UInt8](repeating: 0, count: 32)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + row.count)
    var index = 0
    while bytes.count < count {
      bytes += row
      bytes[bytes.count - 1] = UInt8(truncatingIfNeeded: index)
      bytes[bytes.count - 60] = UInt8(truncatingIfNeeded: index &* 37)
      index += 1
    }
    return Array(bytes.prefix(count))
  }
}

/// Frames built by hand, for what no compressor writes.
enum HandMade {
  static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

  static func skippable(_ content: [UInt8], variant: UInt8 = 0) -> [UInt8] {
    let count = UInt32(content.count)
    return [0x50 + variant, 0x2A, 0x4D, 0x18] + (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + content
  }

  /// A block header.
  static func block(type: Int, size: Int, isLast: Bool) -> [UInt8] {
    let bits = size << 3 | type << 1 | (isLast ? 1 : 0)
    return (0..<3).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
  }

  /// A frame without content size or checksum, with a window of 128 KiB, of blocks of 128 KiB of zeros.
  static func zeros(blocks: Int) -> [UInt8] {
    var frame = magic + [0x00, 7 << 3]
    for index in 1...blocks { frame += block(type: 1, size: 131_072, isLast: index == blocks) + [0] }
    return frame
  }

  /// An empty frame without checksum.
  static let empty = magic + [0x20, 0x00] + block(type: 0, size: 0, isLast: true)
}

/// What came of decompressing a stream.
struct StreamResult: Equatable {
  var content: [UInt8] = []
  var error: ZstandardError?
  var frames = 0
  var skippableFrames = 0
  var skippableBytes = 0
  var consumed = 0
  var allChecksummed = true

  /// Decompresses a stream handed over in pieces, whose sizes are taken in turn.
  init(
    _ stream: [UInt8], pieces: [Int] = [.max], limits: DecompressionLimits = DecompressionLimits(),
    keepingContent: Bool = true
  ) throws {
    var decompressor = try StreamDecompressor(limits: limits)
    do {
      try run(&decompressor, stream, pieces: pieces, keepingContent: keepingContent)
    } catch {
      self.error = error
    }
    frames = decompressor.frameCount
    skippableFrames = decompressor.skippableFrameCount
    skippableBytes = decompressor.skippableBytes
    consumed = decompressor.consumedBytes
    allChecksummed = decompressor.allFramesChecksummed
  }

  private mutating func run(
    _ decompressor: inout StreamDecompressor, _ stream: [UInt8], pieces: [Int], keepingContent: Bool
  ) throws(ZstandardError) {
    var chunk: [UInt8] = []
    var (position, turn) = (0, 0)
    while position < stream.count {
      let end = position + min(pieces[turn % pieces.count], stream.count - position)
      turn += 1
      repeat {
        chunk.removeAll(keepingCapacity: true)
        position += try decompressor.decompress(stream.span.extracting(position..<end), appendingTo: &chunk)
        if keepingContent { content += chunk }
      } while !chunk.isEmpty
    }
    try decompressor.finish()
  }
}
