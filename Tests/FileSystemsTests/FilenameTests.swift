import FileSystems
import SystemPackage
import Testing

@Suite struct FilenameTests {
  @Test(arguments: ["a", "a..b", "0-4095-1f3a.msgpack.zst", "é", "a b", String(repeating: "x", count: 255)])
  func `a plain name is accepted`(_ name: String) throws {
    #expect(try Filename(validating: name).component.string == name)
  }

  @Test(arguments: [
    ("", Filename.Fault.empty), ("/", .separator), ("a/b", .separator), ("../a", .separator), ("a/", .separator),
    ("a\0b", .nul), (".", .leadingDot), ("..", .leadingDot), (".a", .leadingDot),
    (String(repeating: "x", count: 256), .tooLong), (String(repeating: "é", count: 128), .tooLong),
  ])
  func `a name that is not one plain component is refused`(_ name: String, _ fault: Filename.Fault) {
    #expect(failure { () throws(FileSystemError) in try Filename(validating: name) }?.reason == .invalidName(fault))
  }

  @Test func `composed and decomposed accents are two names`() throws {
    #expect(try Filename(validating: "\u{E9}") != Filename(validating: "e\u{301}"))
  }
}
