import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing

@testable import Training

@Suite struct PNGImageTests {
  /// - Source: Python's `zlib`, level 0, and `zlib.crc32`.
  @Test func `a picture of two pixels is the PNG that zlib makes without compression`() throws {
    let image = try PNGImage(width: 2, height: 1, colors: .rgb, pixels: [255, 0, 0, 0, 0, 255])
    let header = "89504e470d0a1a0a0000000d4948445200000002000000010802000000" + "7b40e8dd"
    let data = "00000012" + "49444154" + "7801" + "01" + "0700" + "f8ff" + "00ff00000000ff" + "070001ff" + "5536bac7"
    #expect(hexadecimal(image.encoded()) == header + data + "0000000049454e44ae426082")
  }

  /// - Source: the check values of the catalogue of parametrised CRC algorithms; Python's `zlib.adler32`.
  @Test func `the checksums are those of others`() {
    let digits = Array("123456789".utf8)
    #expect(CyclicRedundancyCheck.crc32.checksum(digits) == 0xCBF4_3926)
    #expect(CyclicRedundancyCheck.crc32c.checksum(digits) == 0xE306_9283)
    #expect(PNGImage.adler32(digits) == 0x091E_01DE)
    #expect(PNGImage.adler32([UInt8](repeating: 255, count: 100_000)) == 0x149A_302C)
  }

  @Test func `a stream longer than a block is stored in several`() {
    let stream = PNGImage.stored([UInt8](repeating: 7, count: 0xFFFF + 2))
    #expect(Array(stream[2..<7]) == [0, 0xFF, 0xFF, 0, 0])
    #expect(Array(stream[(7 + 0xFFFF)..<(12 + 0xFFFF)]) == [1, 2, 0, 0xFD, 0xFF])
    #expect(stream.count == 2 + 2 * 5 + 0xFFFF + 2 + 4)
    #expect(Array(PNGImage.stored([]).prefix(7)) == [0x78, 1, 1, 0, 0, 0xFF, 0xFF])
  }

  @Test func `a picture with the wrong bytes or sides is refused in words`() {
    let few = #expect(throws: ImageError.self) { try PNGImage(width: 2, height: 2, colors: .rgb, pixels: [1]) }
    #expect(
      few?.description
        == "the pixels of a picture take 12 bytes and 1 are there; give one byte for each channel of a pixel")
    for (width, height) in [(0, 1), (1, -1), (16_385, 1), (.max, .max)] {
      let error = #expect(throws: ImageError.self) {
        try PNGImage(width: width, height: height, colors: .grey, pixels: [])
      }
      #expect(
        error?.description
          == "a picture of \(width) times \(height) pixels is not possible, each side must be from 1 to 16384")
    }
  }

  @Test func `a picture goes through a metric and back`() throws {
    let image = try PNGImage(width: 3, height: 2, colors: .grey, pixels: [1, 2, 3, 4, 5, 6])
    var logger = MetricsLogger()
    try logger.log(image, at: "i", reduce: .item)
    guard case .tensor(let tensor) = try logger.peek("i") else { throw StateTreeError.missingKey(path: "i") }
    #expect(tensor.shape == [2, 3, 1] && PNGImage(tensor) == image)
    #expect(PNGImage(try tensor.reshaped([2, 3])) == image)
    #expect(PNGImage(try tensor.reshaped([3, 2, 1]))?.width == 2)
    for shape in [[6], [3, 1, 2], [1, 2, 3, 1]] { #expect(PNGImage(try tensor.reshaped(shape)) == nil) }
    #expect(PNGImage(try Tensor([1.0, 2], shape: [1, 2])) == nil)
  }

  @Test func `a picture is written whole, in the place of another`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("a.png")
      for value in [1, 2] as [UInt8] {
        let image = try PNGImage(width: 1, height: 1, colors: .grey, pixels: [value])
        try image.write(to: path)
        #expect(try POSIXFileSystem().readAll(path, limit: 1000) == image.encoded())
      }
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
