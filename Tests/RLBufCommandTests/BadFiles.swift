import Foundation
import Testing

@testable import Zstandard

/// Files that nobody should trust, each made on the spot.
enum BadFiles {
  /// A file by name, and whether a documented limit is what refuses it.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    var isLimit = false
    let make: @Sendable (URL) throws -> Void
    var testDescription: String { name }

    init(_ name: String, isLimit: Bool = false, bytes: @escaping @Sendable () throws -> [UInt8]) {
      self.init(name, isLimit: isLimit) { try Data(try bytes()).write(to: $0) }
    }

    init(_ name: String, isLimit: Bool = false, make: @escaping @Sendable (URL) throws -> Void) {
      (self.name, self.isLimit, self.make) = (name, isLimit, make)
    }
  }

  static let all: [Case] = notState + cut + bombs + special + directories

  private static let notState: [Case] = [
    Case("empty") { [] },
    Case("text") { Array("step,reward\n1,2\n".utf8) },
    Case("json") { Array("{\"a\": 1}".utf8) },
    Case("html") { Array("<!doctype html><html><body>404</body></html>".utf8) },
    Case("LFS pointer") { Array("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n".utf8) },
    Case("PNG") { [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13] },
    Case("zip") { [0x50, 0x4b, 3, 4, 20, 0] },
    Case("gzip") { [0x1f, 0x8b, 8, 0, 0, 0] },
    Case("pickle") { [0x80, 4, 0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x4e, 0x2e] },
    Case("numpy array") { Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }) + [1, 0] },
    Case("random bytes") { (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) } },
    Case("text in zstd") { try compressed(Array("hello, hello, hello\n".utf8)) },
    Case("two zstd layers") { try compressed(try compressed([0x81, 0xa1, 0x61, 1])) },
  ]

  private static let cut: [Case] = [
    Case("dump cut in the middle") { Array(try dump().prefix(20_000)) },
    Case("dump cut by a byte") { Array(try dump().dropLast()) },
    Case("compressed dump cut") { Array(try compressed(try dump()).dropLast(9)) },
    Case("compressed dump with a flipped byte") { flipped(try compressed(try dump()), at: 3_000) },
    Case("rows behind a dump") { try dump() + [0xc1] },
  ]

  private static let bombs: [Case] = [
    Case("list of 2^32-1") { [0xdd, 0xff, 0xff, 0xff, 0xff] },
    Case("list of 2^32-1 with an element") { [0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0] },
    Case("map of 2^32-1") { [0xdf, 0xff, 0xff, 0xff, 0xff] },
    Case("text of 2^32-1") { [0x91, 0xdb, 0xff, 0xff, 0xff, 0xff] },
    Case("binary of 2^32-1") { [0x91, 0xc6, 0xff, 0xff, 0xff, 0xff] },
    Case("extension of 2^32-1") { [0x91, 0xc9, 0xff, 0xff, 0xff, 0xff, 1] },
    Case("nested lists of 65,535") { (0..<30_000).flatMap { _ in [0xdc, 0xff, 0xff] as [UInt8] } },
    Case("a million deep", isLimit: true) { [UInt8](repeating: 0x91, count: 1_000_000) },
    Case("maps a million deep", isLimit: true) { [UInt8](repeating: 0x81, count: 1_000_000) },
    Case("four million values", isLimit: true) {
      [0xdd, 0, 0x40, 0, 0] + (0..<4_194_304).map { $0 % 2 == 0 ? 0xc0 : 0xc3 }
    },
    Case("duplicate keys") { [0x82, 0xa1, 0x61, 1, 0xa1, 0x61, 2] },
    Case("reserved byte") { [0x91, 0xc1] },
    Case("a GiB of zeros", isLimit: true) { try repeated([UInt8](repeating: 0, count: 1 << 20), times: 1024) },
    Case("60 million numbers in two kilobytes", isLimit: true) {
      let count = 60 << 20
      return try repeated([UInt8](repeating: 1, count: 1 << 20), times: 60, behind: [0xdd] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) })
    },
    Case("12 million numbers in a kilobyte that are no list", isLimit: true) {
      try repeated([0x91, 1], times: 6 << 20, behind: [0xdd, 0, 0x60, 0, 1])
    },
    Case("a window of 2^31", isLimit: true) { [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00] },
    Case("100,000 empty frames") { try (0..<100_000).flatMap { _ in try emptyFrame } },
    Case("skippable frames only") { (0..<1000).flatMap { _ in [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4] as [UInt8] } },
  ]

  private static let special: [Case] = [
    Case("missing") { (_: URL) in },
    Case("empty directory") { try FileManager.default.createDirectory(at: $0, withIntermediateDirectories: true) },
    Case("directory of others") {
      try FileManager.default.createDirectory(at: $0, withIntermediateDirectories: true)
      try Data("x".utf8).write(to: $0.appendingPathComponent("notes.txt"))
    },
    Case("FIFO") { url in guard unsafe mkfifo(url.path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) } },
    Case("link to nothing") {
      try FileManager.default.createSymbolicLink(atPath: $0.path, withDestinationPath: "/nowhere/at/all")
    },
    Case("link to itself") {
      try FileManager.default.createSymbolicLink(atPath: $0.path, withDestinationPath: $0.lastPathComponent)
    },
  ]

  /// A real dump of 37 kB.
  static func dump() throws -> [UInt8] {
    Array(try Data(contentsOf: Binary.fixtures.appendingPathComponent("rllib-2.60.0/uniform_cartpole.msgpack")))
  }

  static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
    var compressor = try FrameCompressor()
    return try compressor.compress(bytes.span)
  }

  static func flipped(_ bytes: [UInt8], at offset: Int) -> [UInt8] {
    var bytes = bytes
    bytes[offset] ^= 0x10
    return bytes
  }

  private static var emptyFrame: [UInt8] { get throws { try compressed([]) } }

  private static func repeated(_ block: [UInt8], times: Int, behind head: [UInt8] = []) throws -> [UInt8] {
    var stream = try FrameStreamCompressor()
    var bytes: [UInt8] = []
    try stream.compress(head.span, appendingTo: &bytes)
    for _ in 0..<times { try stream.compress(block.span, appendingTo: &bytes) }
    try stream.finish(appendingTo: &bytes)
    return bytes
  }
}
