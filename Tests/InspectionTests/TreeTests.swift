import FileSystemsTestSupport
import ForeignFormats
import Foundation
import Inspection
import MessagePack
import StateTree
import SystemPackage
import Testing

@Suite struct TreeTests {
  private func text(_ values: [MessagePackValue], _ limits: TreeLimits = TreeLimits()) throws -> String {
    try withTemporaryDirectory { directory in
      let path = directory.appending("tree.msgpack")
      try write(values, to: path)
      var options = ReportOptions()
      options.tree = limits
      return TextRendering().text(of: try report(path, options))
    }
  }

  @Test("Every type of MessagePack has its line")
  func everyType() throws {
    let tensor = MessagePackValue.map([
      .init(key: .binary(Array("nd".utf8)), value: .bool(true)),
      .init(key: .binary(Array("type".utf8)), value: .string("<f4")),
      .init(key: .binary(Array("kind".utf8)), value: .binary([])),
      .init(key: .binary(Array("shape".utf8)), value: .packed(PackedList(shape: [2], elements: .int64([1, 2])))),
      .init(key: .binary(Array("data".utf8)), value: .binary([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])),
    ])
    let values: [(MessagePackValue, String)] = [
      (.nil, "nil"), (.bool(true), "true"), (.int(-5), "-5"), (.float64(0.1), "0.1"), (.string("hi"), "\"hi\""),
      (.binary([1, 255]), "2 bytes: 01ff"), (.ext(type: 5, bytes: [1]), "extension 5, 1 byte: 01"),
      (.timestamp(.init(seconds: 1, nanoseconds: 0)), "1970-01-01T00:00:01Z"), (tensor, "float32 [1, 2], -2 … 1"),
      (.binary([0x80, 5, 0x95, 0x2e]), "4 bytes, a Python pickle: never opened"),
      (.packed(PackedList(shape: [3], elements: .float64([1, 2, 3]))), "list of 3 float64: 1, 2, 3"),
      (
        .packed(PackedList(shape: [262_144], elements: .float64((0..<262_144).map { Double($0) }))),
        "list of 262,144 float64, 0 … 262,140"
      ),
    ]
    let entries = values.enumerated().map { MessagePackValue.MapEntry(key: .int(Int64($0)), value: $1.0) }
    let text = try text([.map(entries)])
    for (number, value) in values.enumerated() { #expect(text.contains("\n  \(number):"), "\(value)") }
    for value in values { #expect(text.contains(value.1), "\(text)") }
  }

  @Test("A numpy array of objects is flagged and not opened")
  func objects() throws {
    let array = MessagePackValue.map([
      .init(key: .binary(Array("nd".utf8)), value: .bool(true)),
      .init(key: .binary(Array("type".utf8)), value: .string("|O")),
      .init(key: .binary(Array("kind".utf8)), value: .binary(Array("O".utf8))),
      .init(key: .binary(Array("shape".utf8)), value: .packed(PackedList(shape: [1], elements: .int64([1])))),
      .init(key: .binary(Array("data".utf8)), value: .binary([0x80, 4, 0x2e])),
    ])
    #expect(try text([.map([.init(key: .string("a"), value: array)])]).contains("a Python pickle inside: never opened"))
    try withTemporaryDirectory { directory in
      try Data("{}".utf8).write(to: URL(filePath: directory.appending("metadata.json").string))
      try write([.map([.init(key: .string("w"), value: array)])], to: directory.appending("state.msgpack"))
      let report = try report(directory)
      #expect(TextRendering().text(of: report).contains("state.msgpack/w"))
      #expect(try parsed(report)["embedded_pickles"] as? [String] == ["state.msgpack/w"])
    }
  }

  @Test("Long maps, long lists and deep trees end in a count")
  func limits() throws {
    let many = MessagePackValue.map((0..<1300).map { .init(key: .int(Int64($0)), value: .nil) })
    #expect(try text([many]).contains("… 1,268 more"))
    let list = MessagePackValue.array((0..<50).map { .string("\($0)") })
    #expect(try text([.map([.init(key: .string("l"), value: list)])]).contains("… 47 more"))
    let deep = (0..<20).reduce(MessagePackValue.nil) { inner, _ in .map([.init(key: .string("k"), value: inner)]) }
    #expect(try text([deep]).contains("map of 1, not followed"))
    let nodes = try text([many], TreeLimits(nodes: 10))
    #expect(nodes.split(separator: "\n").count < 25)
  }

  @Test("Objects that follow each other are numbered")
  func several() throws {
    let text = try text([.map([]), .array([.string("x")]), .map([.init(key: .string("a"), value: .int(1))])])
    #expect(text.contains("MessagePack, 3 objects") && text.contains("object 0\n") && text.contains("object 2\n"))
  }
}
