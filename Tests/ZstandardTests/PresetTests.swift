import Testing

@testable import Zstandard

@Suite struct PresetTests {
  @Test("presets go from fast to small, and the standard is the default")
  func order() {
    let levels = CompressionLevel.presets.map(\.level)
    #expect(levels == levels.sorted() && Set(levels).count == levels.count)
    #expect(CompressionLevel.presets.map(\.name) == ["fast", "standard", "small", "archive"])
    #expect(CompressionLevel.standard == .default)
    #expect(levels.allSatisfy { CompressionLevel.allowed.contains($0.value) })
  }

  @Test("a harder preset makes content no larger, and all come back")
  func sizes() throws {
    // Names of columns in a random order: something to find near and far.
    let words = ["obs", "actions", "rewards", "new_obs", "terminateds", "truncateds", "priorities", "episodes", "weights"]
    var (content, state) = ([UInt8](), UInt32(1))
    for _ in 0..<60_000 {
      state = state &* 1_664_525 &+ 1_013_904_223
      content += words[Int(state >> 16) % words.count].utf8
      content.append(UInt8(ascii: " ") + UInt8(state >> 29))
    }
    var sizes: [Int] = []
    for (_, level) in CompressionLevel.presets {
      var compressor = try FrameCompressor(level: level)
      let frame = try compressor.compress(content.span)
      var decompressor = try FrameDecompressor()
      #expect(try decompressor.decompress(frame.span, limit: content.count) == content)
      sizes.append(frame.count)
    }
    #expect(sizes[3] < sizes[2] && sizes[2] < sizes[1] && sizes[1] < sizes[0], "\(sizes)")
  }

  @Test("a name or a number is a level, anything else is none")
  func names() throws {
    #expect(try CompressionLevel(named: "archive") == .archive)
    #expect(try CompressionLevel(named: "-7")?.value == -7)
    #expect(try CompressionLevel(named: "smallest") == nil)
    #expect(throws: ZstandardError.levelOutOfRange(found: 23)) { try CompressionLevel(named: "23") }
  }
}
