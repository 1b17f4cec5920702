import Foundation
import Glibc
import Testing

/// What cannot be trusted gets one clear line and the right exit code, in little time and memory, and never a trap.
@Suite("Bad input")
struct BadInputTests {
  /// What a command may take of the processor. tools/test builds for release; an unoptimized build is ten times slower.
  #if DEBUG
    private static let seconds = 10.0
  #else
    private static let seconds = 1.0
  #endif

  @Test(arguments: BadFiles.all) func `is refused by every command`(bad: BadFiles.Case) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = folder.url("bad")
    try bad.make(file)
    let output = folder.url("out").path
    for (arguments, code) in [
      (["show", file.path], 1), (["show", "--json", file.path], 1), (["convert", file.path, output], 1),
      (["diff", file.path, file.path], 2), (["verify", file.path], 2),
    ] as [([String], Int32)] {
      // Beyond this much address space an allocation fails, and the command would end by a signal.
      let outcome = try Binary.run(arguments, addressSpaceKiB: Binary.addressSpaceKiB)
      let command = arguments[0]
      #expect(outcome.signal == 0, "\(command) ended by signal \(outcome.signal)")
      // Of what is of the right kind and not sound, verify says that it is damaged, and of data of others that nothing can
      // be said: that is its result.
      let isVerdict = command == "verify" && [1, 4].contains(outcome.exitCode)
      let verdict = outcome.exitCode == 1 ? "damaged: " : "unverifiable: "
      let (said, silent) = isVerdict ? (outcome.output, outcome.errors) : (outcome.errors, outcome.output)
      #expect(isVerdict || outcome.exitCode == (bad.isLimit ? 65 : code), "\(command): \(outcome.exitCode) \(said)")
      #expect(said.hasPrefix(isVerdict ? verdict : "rlbuf: "), "\(command): \(said)")
      #expect(said.count(where: \.isNewline) == 1, "\(command): \(said)")
      #expect(said.count > 40, "\(command) says too little: \(said)")
      #expect(silent.isEmpty, "\(command): \(silent)")
      #expect(outcome.seconds < Self.seconds, "\(command) took \(outcome.seconds) s of processor time")
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }

  /// Root may read everything, so that as root a copy of the command runs as another user.
  @Test func `a file without permission is refused`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = folder.url("secret.msgpack")
    try Data([0x80]).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file.path)
    let copy = folder.url("rlbuf")
    // By another process: what this one has open for writing, children of other tests inherit, and a program that is open
    // for writing cannot be run.
    #expect(try Binary.run(command: ["/bin/cp", Binary.path, copy.path]).exitCode == 0)
    let other = geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid=65534", "--clear-groups"] : ["/usr/bin/env"]
    for (command, code) in [("show", 1), ("verify", 2)] as [(String, Int32)] {
      let outcome = try Binary.run(command: other + [copy.path, command, file.path])
      #expect(outcome.exitCode == code)
      #expect(
        outcome.errors
          == "rlbuf: cannot open \(file.path): permission denied; check owner and permissions with \"ls -ld\"\n")
    }
  }

  @Test func `a message names the file`() throws {
    let outcome = try Binary.run(["show", "/no/such/file.msgpack"])
    #expect(outcome.errors == "rlbuf: cannot open /no/such/file.msgpack: no such file or directory; check the path\n")
    #expect(outcome.exitCode == 1)
  }

  @Test func `no escape byte of a file reaches the terminal`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = folder.url("escape.msgpack")
    let key = Array("\u{1b}]0;owned\u{7}\u{1b}[31m\u{202e}".utf8)
    try Data([0x81, 0xa0 | UInt8(key.count)] + key + [0xa3, 0x1b, 0x5b, 0x41]).write(to: file)
    for arguments in [["show", file.path], ["show", "--json", file.path], ["diff", file.path, file.path]] {
      let outcome = try Binary.run(arguments)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      #expect(!(outcome.output + outcome.errors).unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0 == "\u{202e}" })
    }
  }
}
