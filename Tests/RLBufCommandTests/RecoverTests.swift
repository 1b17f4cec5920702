import Foundation
import Testing
import Zstandard

/// `rlbuf recover` as a user runs it, on a conversion of RLlib's own dump.
@Suite struct `rlbuf recover` {
  /// A conversion of RLlib's dump with 376 steps in 17 episodes.
  private func sound(_ folder: TemporaryFolder) throws -> [UInt8] {
    let dump = Binary.fixtures.appendingPathComponent("rllib-2.60.0/uniform_cartpole.msgpack").path
    let outcome = try Binary.run(["convert", dump, folder.url("sound.msgpack.zst").path])
    try #require(outcome.exitCode == 0, "\(outcome.errors)")
    return Array(try Data(contentsOf: folder.url("sound.msgpack.zst")))
  }

  @Test func `a sound file comes back whole`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    _ = try sound(folder)
    let (input, output) = (folder.url("sound.msgpack.zst").path, folder.url("out.msgpack.zst").path)
    let outcome = try Binary.run(["recover", input, "-o", output])
    #expect(outcome.exitCode == 0 && outcome.output.hasSuffix("complete: nothing is lost\n"), "\(outcome.output)\(outcome.errors)")
    #expect(try Binary.run(["diff", input, output]).exitCode == 0)
    #expect(try Binary.run(["verify", output]).exitCode == 0)
    let again = try Binary.run(["recover", input, "-o", output])
    #expect(again.exitCode == 1 && again.errors.hasSuffix("exists already; choose another name, or give --force to replace it\n"))
    #expect(try Binary.run(["recover", input, "-o", output, "--force", "--quiet"]).output.isEmpty)
    #expect(try Binary.run(["recover", input, "-o", input, "--force"]).exitCode == 1)
  }

  @Test func `a cut file gives back its rows, and verify says how`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let bytes = try sound(folder)
    let (input, output) = (folder.url("cut.msgpack.zst"), folder.url("out.msgpack.zst").path)
    // Behind the header and the one row group.
    let header = try FrameExtent(scanning: bytes.span).compressedBytes
    let rows = try FrameExtent(scanning: bytes.span.extracting(header..<bytes.count)).compressedBytes
    try Data(bytes.prefix(header + rows + 10)).write(to: input)
    let verdict = try Binary.run(["verify", input.path])
    #expect(verdict.exitCode == 1 && verdict.output.contains("  to keep what is whole: rlbuf recover \(input.path) -o "))
    let outcome = try Binary.run(["recover", input.path, "-o", output])
    #expect(outcome.exitCode == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("  vouched for by zstd's checksums alone\n"))
    #expect(outcome.output.hasSuffix("not complete: \(input.path) had more\n"))
    #expect(try Binary.run(["verify", output]).exitCode == 0)
    #expect(try Binary.run(["show", output]).exitCode == 0)
    let json = try Binary.run(["recover", input.path, "-o", output, "--force", "--json"])
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["schema"] as? String == "rlbuf.recover/1" && object["complete"] as? Bool == false)
    #expect((object["rows"] as? Int ?? 0) > 300 && object["end_known"] as? Bool == false)
  }

  @Test(arguments: ["nothing.msgpack.zst", "empty"]) func `of nothing comes nothing`(name: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    if name == "empty" { try Data().write(to: folder.url(name)) }
    let outcome = try Binary.run(["recover", folder.url(name).path, "-o", folder.url("out").path])
    #expect(outcome.exitCode == 1 && outcome.errors.hasPrefix("rlbuf: ") && outcome.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))
  }
}
