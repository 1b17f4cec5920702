import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ForeignFormats
import Foundation
import MessagePack
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Zstandard

/// Files that RLlib 2.60 wrote.
enum Fixtures {
  static let folder = FilePath(#filePath).removingLastComponent().appending("../../Fixtures/rllib-2.60.0")
    .lexicallyNormalized()

  /// Every dump of a single-agent buffer; what is there depends on which fixtures are checked in.
  static let dumps = all(folder).filter { !$0.hasPrefix("multi_agent") } + odd.map { "extra/" + $0 + ".msgpack" }

  /// The dumps of tools/fixtures/rllib_foreign.py.
  static let odd = all(folder.appending("extra")).map { String($0.prefix { $0 != "." }) }

  static let checkpoint = folder.appending("checkpoint_dqn_cartpole_iteration_4")

  private static func all(_ folder: FilePath) -> [String] {
    let names = (try? POSIXFileSystem().list(folder, follow: .never).map(\.name.string)) ?? []
    return names.filter { $0.hasSuffix(".msgpack") || $0.hasSuffix(".msgpack.zst") }.sorted()
  }

  static func path(_ name: String) -> FilePath { folder.pushing(FilePath(name)) }

  /// The bytes of a fixture, decompressed.
  static func bytes(_ name: String) throws -> [UInt8] {
    let stored = try POSIXFileSystem().readAll(path(name), limit: 1 << 26)
    return name.hasSuffix(".zst") ? try decompressed(stored) : stored
  }
}

func decompressed(_ stored: [UInt8]) throws -> [UInt8] {
  var stream = try StreamDecompressor()
  var bytes: [UInt8] = []
  var position = 0
  while true {
    let before = bytes.count
    position += try stream.decompress(stored.span.extracting(position..<stored.count), appendingTo: &bytes)
    if bytes.count == before { break }
  }
  try stream.finish()
  return bytes
}

func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
  var compressor = try FrameCompressor(level: .default)
  return try compressor.compress(bytes.span)
}

/// The dump that a path holds.
func openDump(_ path: FilePath) throws -> RLlibDump {
  let state = try SavedState.open(path)
  guard case .rllibDump(let dump) = state else { throw NotThat(found: "\(state)".prefix(200).description) }
  return dump
}

struct NotThat: Error { let found: String }

/// A dump made from a value.
func openDump(_ value: MessagePackValue) throws -> RLlibDump {
  try withFile(try MessagePackWriter.bytes(of: value)) { try openDump($0) }
}

/// Hands a file with these bytes to `body`.
func withFile<Result>(
  _ bytes: [UInt8], named name: String = "file", _ body: (FilePath) throws -> Result
) throws -> Result {
  try withTemporaryDirectory { directory in
    let path = directory.appending(name)
    try write(bytes, to: path)
    return try body(path)
  }
}

func write(_ bytes: [UInt8], to path: FilePath) throws {
  try Data(bytes).write(to: URL(filePath: path.string))
}

/// Makes a named pipe.
/// - Source: mkfifo(3)
func makeFIFO(_ path: FilePath) {
  // The C string lives for the call.
  let code = unsafe path.withPlatformString { unsafe mkfifo($0, 0o600) }
  #expect(code == 0)
}

/// What opening the path fails with, or nil if it succeeds.
func failure(opening path: FilePath, limits: ForeignLimits = ForeignLimits()) -> ForeignFormatError? {
  do throws(ForeignFormatError) {
    _ = try SavedState.open(path, limits: limits)
    return nil
  } catch {
    return error
  }
}

/// Converts a dump to our file and hands what the file holds to `body`.
func withConversion<Result>(_ dump: RLlibDump, _ body: (FileContents) throws -> Result) throws -> Result {
  try withTemporaryDirectory { directory in
    let path = directory.appending("converted.msgpack.zst")
    try BufferFileWriter.write(dump, to: path)
    guard case .bufferFile(let file) = try SavedState.open(path) else { throw NotThat(found: "no file of ours") }
    return try body(try file.contents())
  }
}

/// The bytes of the dump that RLlib would load from our file of it.
func bytesAfterConversion(_ dump: RLlibDump) throws -> [UInt8] {
  try withConversion(dump) { try MessagePackWriter.bytes(of: RLlibDump.value(of: $0)) }
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
