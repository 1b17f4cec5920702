import Foundation
import Testing
import Zstandard

@Suite struct StoredFrameTests {
  static let zstd = ["/usr/bin/zstd", "/usr/local/bin/zstd"].first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test func `the bytes of a stored frame are fixed`() throws {
    var compressor = try FrameCompressor()
    let empty: [UInt8] = []
    #expect(
      try compressor.stored(empty)
        == HandMade.magic + [0x24, 0x00, 0x01, 0x00, 0x00, 0x99, 0xE9, 0xD8, 0x51])
    // XXH64("abc") is 44bc2cf5ad770999.
    #expect(
      try compressor.stored(Array("abc".utf8))
        == HandMade.magic + [0x24, 0x03, 0x19, 0x00, 0x00, 0x61, 0x62, 0x63, 0x99, 0x09, 0x77, 0xAD])
  }

  @Test(arguments: [(255, 6), (256, 7), (65_791, 7), (65_792, 9), (131_072, 9), (131_073, 9), (262_144, 9)])
  func `a stored frame has the shortest header and whole blocks`(size: Int, headerBytes: Int) throws {
    let content = Content.noise(size)
    var compressor = try FrameCompressor()
    var decompressor = try FrameDecompressor()
    let frame = try compressor.stored(content)
    let blocks = (size + 131_071) / 131_072
    #expect(frame.count == headerBytes + 3 * blocks + size + 4)
    #expect(try decompressor.decompress(frame, limit: size) == content)
    #expect(try FrameExtent(scanning: frame).maximumContentBytes == size)
    try FrameCompressorTests.expectSelfContained(frame, contentBytes: size)
  }

  @Test func `only the stored frame is canonical`() throws {
    let content = Content.rollout(1_000)
    var compressor = try FrameCompressor()
    let stored = try compressor.stored(content)
    let compressed = try compressor.compress(content)
    let cut = Array(stored.dropLast())
    #expect(try compressor.isCanonical(stored, content: content))
    #expect(try !compressor.isCanonical(compressed, content: content))
    #expect(try !compressor.isCanonical(cut, content: content))
    for index in stored.indices {
      let changed = stored.replacing(index, by: stored[index] ^ 0x10)
      #expect(try !compressor.isCanonical(changed, content: content))
    }
  }

  @Test(.enabled(if: zstd != nil, "needs the zstd command"), arguments: [0, 1, 256, 70_000, 131_073, 300_000])
  func `the zstd command opens stored and compressed frames and a seek table`(size: Int) throws {
    let content = Content.noise(size)
    var compressor = try FrameCompressor()
    let frames = [try compressor.stored(content), try compressor.compress(content)]
    let table = try SeekTable(entries: frames.map { frame throws(ZstandardError) in try .init(describing: frame) })
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("rlbuf-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appendingPathComponent("file.zst")
    try Data(frames.joined() + table.encoded()).write(to: file)
    #expect(try Self.run(["-q", "-t", file.path]).status == 0)
    let output = try Self.run(["-q", "-dc", file.path])
    #expect(output.status == 0)
    #expect(output.stdout == Data(content + content))
  }

  private static func run(_ arguments: [String]) throws -> (status: Int32, stdout: Data) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(zstd))
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data)
  }
}
