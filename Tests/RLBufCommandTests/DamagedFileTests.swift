import Foundation
import Testing

@testable import Zstandard

/// Our own files, cut and changed: `verify` always sees it, and no command ever gives wrong data out or ends by a trap.
@Suite("Damaged files of ours")
struct DamagedFileTests {
  /// A sound file of 12 kB, made once.
  private static let sound = Result { () throws -> [UInt8] in
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let output = folder.url("sound.msgpack.zst")
    let dump = Binary.fixtures.appendingPathComponent("rllib-2.60.0/uniform_cartpole.msgpack").path
    let outcome = try Binary.run(["convert", dump, output.path])
    try #require(outcome.exitCode == 0, "\(outcome.errors)")
    return Array(try Data(contentsOf: output))
  }

  private func expectDamage(_ bytes: [UInt8], _ what: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = folder.url("damaged.msgpack.zst")
    try Data(bytes).write(to: file)
    let verdict = try Binary.run(["verify", file.path], addressSpaceKiB: Binary.addressSpaceKiB)
    #expect(verdict.exitCode == 1, "\(what): \(verdict.exitCode) \(verdict.output)\(verdict.errors)")
    #expect(verdict.output.hasPrefix("damaged: ") && verdict.output.contains(file.path), "\(what): \(verdict.output)")
    for arguments in [["show", file.path], ["convert", file.path, folder.url("out.zst").path]] {
      let outcome = try Binary.run(arguments, addressSpaceKiB: Binary.addressSpaceKiB)
      #expect(outcome.signal == 0 && [0, 1].contains(outcome.exitCode), "\(what): \(arguments[0]) \(outcome.exitCode)")
      #expect(outcome.errors.count(where: \.isNewline) == (outcome.exitCode == 0 ? 0 : 1), "\(what): \(outcome.errors)")
    }
  }

  @Test func `a file cut anywhere is damaged, and says so`() throws {
    let bytes = try Self.sound.get()
    for count in stride(from: 20, to: bytes.count, by: bytes.count / 12) + [bytes.count - 1] {
      try expectDamage(Array(bytes[..<count]), "cut to \(count) of \(bytes.count) bytes")
    }
  }

  @Test func `a file with a changed byte anywhere is damaged, and says so`() throws {
    let bytes = try Self.sound.get()
    for offset in stride(from: 0, to: bytes.count, by: bytes.count / 20) + [bytes.count - 1] {
      try expectDamage(BadFiles.flipped(bytes, at: offset), "byte \(offset) of \(bytes.count) changed")
    }
  }

  @Test func `bytes behind the end are damage`() throws {
    try expectDamage(try Self.sound.get() + [0], "a byte behind the end")
  }

  @Test func `rows are not given out from a damaged row group`() throws {
    let bytes = try Self.sound.get()
    let header = try FrameExtent(scanning: bytes.span).compressedBytes
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = folder.url("rows.msgpack.zst")
    try Data(BadFiles.flipped(bytes, at: header + 100)).write(to: file)
    let outcome = try Binary.run(["show", "--head", "1", file.path])
    #expect(outcome.exitCode == 1)
    #expect(outcome.errors.hasPrefix("rlbuf: digest mismatch in frame 1 (rows 0-392) of \(file.path)"), "\(outcome.errors)")
    #expect(try Binary.run(["diff", file.path, file.path]).exitCode == 2)
  }

  @Test func `a file of a future version is named so`() throws {
    let bytes = try Self.sound.get()
    let extent = try FrameExtent(scanning: bytes.span).compressedBytes
    var decompressor = try FrameDecompressor()
    var header = try decompressor.decompress(bytes.span.extracting(0..<extent), limit: 1 << 20)
    let key = [0xa7] + Array("version".utf8)
    let place = try #require(header.indices.first { header[$0...].starts(with: key) }) + key.count
    #expect(header[place] == 1)
    header[place] = 2
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = folder.url("future.msgpack.zst")
    try Data(try BadFiles.compressed(header) + bytes[extent...]).write(to: file)
    for (command, code) in [("show", 1), ("verify", 2)] as [(String, Int32)] {
      let outcome = try Binary.run([command, file.path])
      #expect(outcome.exitCode == code)
      #expect(
        outcome.errors
          == "rlbuf: \(file.path) has format version 2 and this rlbuf reads up to 1; install a newer rlbuf\n")
    }
  }
}
