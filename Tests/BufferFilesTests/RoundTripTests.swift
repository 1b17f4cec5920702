import BufferFiles
import FileSystems
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite struct RoundTripTests {
  @Test("transitions come back as they were written")
  func transitions() throws {
    let contents = try MemoryContents.cartPole(3_000)
    let bytes = try written {
      try BufferFileWriter.write(contents, to: $0, provenance: ["host": "a"], metadata: ["b": 1])
    }
    let file = try open(bytes)
    #expect(file.header.provenance == ["host": "a"])
    #expect(file.header.metadata == ["b": 1])
    let back = try file.contents()
    #expect((back.kind, back.layout, back.schema) == ("TestBuffer", .transitions, contents.schema))
    #expect(try back.rows(0..<3_000) == contents.batch)
    #expect(try back.rows(17..<18) == contents.batch.part(17..<18))
    #expect(try back.rows(5..<5).count == 0)
    #expect(try file.state() == contents.stored)
    #expect(file.steps == 0..<3_000)
    #expect(
      try file.column("actions", as: Int64.self, rows: 100..<103) == contents.batch.part(100..<103).columns[1].scalars()
    )
    #expect(try verify(bytes).isSound)
  }

  @Test("episodes come back, their final observations without step numbers")
  func episodes() throws {
    let contents = try MemoryContents.episodes(lengths: [3, 1, 0, 12, 4])
    let bytes = try written { try BufferFileWriter.write(contents, to: $0) }
    let file = try open(bytes)
    #expect(try readAll(file).rows.flatMap(\.steps) == contents.batch.steps)
    #expect(try file.contents().rows(0..<25) == contents.batch)
    #expect(file.summary.rowCount == 25)
    #expect(file.summary.stepCount == 20)
    #expect(file.steps == 100..<120)
    #expect(try file.column("rewards", as: Double.self).count == 20)
    #expect(file.summary.episodes?.lengths.maximum == .int(12))
    #expect(file.summary.episodes?.openCount == 1)
    #expect(try verify(bytes).damages == [])
  }

  @Test("row groups of any sizes make one buffer, and ranges across them are put together")
  func unevenGroups() throws {
    let all = CartPole.transitions(1_000)
    let bytes = try written { path in
      var writer = try BufferFileWriter.create(
        at: path, header: FileHeader(content: .replayBuffer(kind: "T", layout: .transitions, schema: CartPole.schema()))
      )
      for range in [0..<1, 1..<8, 8..<500, 500..<501, 501..<1_000] { try writer.append(all.part(range)) }
      try writer.finish(state: [:])
    }
    let contents = try open(bytes).contents()
    for range in [0..<1_000, 0..<1, 7..<9, 499..<502, 990..<1_000, 1..<500] {
      #expect(try contents.rows(range) == all.part(range))
    }
    #expect(try verify(bytes).isSound)
  }

  @Test("every element type and shape comes back", arguments: 0..<8)
  func types(_ seed: UInt64) throws {
    var random = PCG64(seed: seed)
    let names = [
      "|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16", "<U3", "|S0",
    ]
    var (columns, tensors): ([ColumnSchema], [Tensor]) = ([], [])
    for (index, name) in names.enumerated() {
      let type = try #require(DataType(name: name))
      let shape = (0..<Int(random.integers(in: 0..<3))).map { _ in Int(random.integers(in: 0..<4)) }
      columns.append(ColumnSchema("c\(index)", type, shape: shape))
      let count = try Tensor.byteCount(type, shape: [9] + shape)
      let bytes = (0..<count).map { _ in
        type == .bool ? UInt8(random.next() & 1) : UInt8(truncatingIfNeeded: random.next())
      }
      tensors.append(try Tensor(type, shape: [9] + shape, bytes: bytes))
    }
    let batch = RowBatch(firstRow: 0, steps: (0..<9).map { 5 * $0 }, columns: tensors)
    let contents = MemoryContents(schema: try BufferSchema(columns), batch: batch)
    let bytes = try written { try BufferFileWriter.write(contents, to: $0) }
    let back = try open(bytes).contents().rows(0..<9)
    #expect(back == batch)
    #expect(try verify(bytes).damages == [])
  }

  @Test("a file without rows and one with state alone")
  func empty() throws {
    var contents = try MemoryContents.cartPole(4)
    contents.batch = contents.batch.part(0..<0)
    let none = try written { try BufferFileWriter.write(contents, to: $0) }
    #expect(try open(none).contents().rows(0..<0).columns.count == 6)
    #expect(try open(none).column("rewards", as: Float.self) == [])
    #expect(try verify(none).damages == [])
    let alone = try written { path in
      let writer = try BufferFileWriter.create(at: path, header: FileHeader(content: .state))
      try writer.finish(state: ["weights": .tensor(Tensor(vector: [1, 2] as [Float]))])
    }
    #expect(try open(alone).state()["weights"] == .tensor(Tensor(vector: [1, 2] as [Float])))
    #expect(failure { try open(alone).contents() } == .noRows(anyPath))
    #expect(try verify(alone).damages == [])
  }
}
