import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ForeignFormats
import Foundation
import MessagePack
import StateTree
import SystemPackage
import Testing

@testable import Inspection

/// What no terminal should be given: colors, a title, reversed text, a bell, line ends, C1 codes, invisible characters.
let hostile = [
  "\u{1b}[31mred\u{1b}[0m", "\u{1b}]0;title\u{7}", "abc\u{202e}fed", "a\nb\r\tc", "\u{9b}31m", "zero\u{200b}width",
  "line\u{2028}end", "tag\u{e0041}", "bom\u{feff}", "z" + String(repeating: "\u{301}", count: 40), "\u{0}", "\u{7f}",
]

/// Whether text holds nothing but characters that show as themselves, and line ends.
func isSafe(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { $0 == "\n" || !TerminalText.isHidden($0) }
}

/// Writes MessagePack objects into a file.
func write(_ values: [MessagePackValue], to path: FilePath) throws {
  var bytes: [UInt8] = []
  for value in values { bytes += try MessagePackWriter.bytes(of: value) }
  try Data(bytes).write(to: URL(filePath: path.string))
}

@Suite struct SafetyTests {
  @Test("A hostile text is escaped, once and for all", arguments: hostile)
  func escaping(text: String) {
    let escaped = TerminalText.escaped(text)
    #expect(isSafe(escaped) && escaped != text)
    #expect(TerminalText.escaped(escaped) == escaped)
  }

  @Test("What shows as itself stays as it is", arguments: ["plain", "Größe", "観測", "Ωμέγα", "emoji 🎮", "back\\slash"])
  func harmless(text: String) {
    #expect(TerminalText.escaped(text) == text)
  }

  @Test("Bytes that are not UTF-8 are shown as such")
  func invalidUTF8() {
    #expect(TerminalText.decoded([0x61, 0xff, 0xc3, 0xa4, 0xe2, 0x82, 0x62]) == "a\\xffä\\xe2\\x82b")
  }

  @Test("No escape of a MessagePack file reaches text or JSON", arguments: [TextStyle.plain, .colored])
  func document(style: TextStyle) throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("hostile.msgpack")
      let entries = hostile.map { MessagePackValue.MapEntry(key: .string($0), value: .array([.string($0), .nil])) }
      let others = hostile.map {
        MessagePackValue.MapEntry(key: .binary(Array($0.utf8)), value: .text(Array($0.utf8) + [0xff]))
      }
      try write([.map(entries), .map(others)], to: path)
      let report = try report(path)
      check(report, style: style)
      let json = try parsed(report)
      let first = try #require((json["objects"] as? [[String: Any]])?.first?["entries"] as? [[String: Any]])
      #expect(first.compactMap { $0["key"] as? String } == hostile)
    }
  }

  @Test("No escape of a file of ours reaches text or JSON")
  func bufferFile() throws {
    try withTemporaryDirectory { directory in
      let columns = hostile.map { ($0, Tensor(vector: [1.0, 2.0])) }
      let saved = StateMap(hostile.map { (StateKey($0), StateValue.string($0)) })
      let path = try file(try Contents(columns, saved: .map(saved)), in: directory, provenance: saved)
      var options = ReportOptions()
      options.head = 2
      let report = try report(path, options)
      check(report, style: .plain)
      check(report, style: .colored)
      let json = try parsed(report)
      #expect((json["columns"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == hostile)
    }
  }

  @Test("No escape of a directory's names or parameters reaches text or JSON")
  func checkpoint() throws {
    try withTemporaryDirectory { directory in
      let root = URL(filePath: directory.string)
      try Data("{\"ray_version\": \"\\u001b[31m\"}".utf8).write(to: root.appending(component: "metadata.json"))
      let state = MessagePackValue.map([.init(key: .string(hostile[0]), value: .int(1))])
      try write([state], to: directory.appending("module_state.msgpack"))
      try Data([0xc1]).write(to: root.appending(component: "a\u{1b}[2Jb.msgpack"))
      let report = try report(directory)
      check(report, style: .plain)
      #expect(!report.isComplete && report.problems.count == 1)
      #expect(try parsed(report)["complete"] as? Bool == false)
    }
  }

  private func check(_ report: Report, style: TextStyle) {
    var text = TextRendering(style: style, detail: .complete).text(of: report)
    if style == .colored {
      #expect(text.contains("\u{1b}[1m"))
      for sequence in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[33m"] {
        text = text.replacing(sequence, with: "")
      }
    }
    #expect(isSafe(text))
    #expect(isSafe(JSONRendering().text(of: report)))
  }
}
