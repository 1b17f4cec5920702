import FileSystems
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

/// The page of the documentation that shows a file byte by byte.
@Suite struct WorkedFileTests {
  private static let page = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("Sources/RLBuf/Documentation.docc/FormatExample.md")

  /// Two rows of one column and one number of state, every frame stored.
  private func bytes() throws -> [UInt8] {
    try GoldenFiles.bytes("rlbuf-1/worked.msgpack.zst") {
      var forge = try Forge()
      let schema = try BufferSchema([ColumnSchema("rewards", .uint8)])
      forge.header = FileHeader(content: .replayBuffer(kind: "Example", layout: .transitions, schema: schema)).record
      forge.rows = [RowBatch(firstRow: 0, steps: [7, 8], columns: [Tensor(vector: [1, 3] as [UInt8])])]
      forge.state = [StateRecord(path: [], value: ["capacity": 2]).record]
      forge.isStored = true
      return try forge.bytes()
    }
  }

  @Test func `the page shows the bytes of the file, and they are a file`() throws {
    let bytes = try bytes()
    #expect(try verify(bytes).damages == [])
    let file = try open(bytes)
    #expect(try file.column("rewards", as: UInt8.self) == [1, 3])
    #expect(file.steps == 7..<9)
    #expect(try file.state() == ["capacity": 2])
    let text = try String(decoding: POSIXFileSystem().readAll(Self.page, limit: 1 << 20), as: UTF8.self)
    let parts = text.split(separator: "```\n", omittingEmptySubsequences: false)
    try #require(parts.count == 3)
    let dump = try AnnotatedDump(bytes).text
    if GoldenFiles.makesMissing {
      try POSIXFileSystem().commit(Array("\(parts[0])```\n\(dump)```\n\(parts[2])".utf8).span, to: Self.page)
    } else {
      #expect(parts[1] == dump)
    }
  }
}
