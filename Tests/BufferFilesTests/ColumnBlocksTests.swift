import FileSystemsTestSupport
import MessagePack
import ReplayBuffers
import StateTree
import Testing
import Zstandard

@testable import BufferFiles

/// How a row group lies in its record, and where the blocks of its frame begin.
@Suite struct ColumnBlocksTests {
  static let blockBytes = 131_072

  @Test(arguments: [nil, ByteFilter.shuffle])
  func `blocks begin where the data of a long column begins and ends`(filter: ByteFilter?) throws {
    let (batch, schema) = (CartPole.transitions(5_000), try CartPole.schema())
    var writer = MessagePackWriter()
    let starts = try RowRecord.encode(batch, schema: schema, layout: .transitions, filter: filter, to: &writer)
    // Six columns; the last one ends with the record.
    #expect(starts.count == 11 && starts == starts.sorted() && Set(starts).count == 11)
    let ends = starts + [writer.bytes.count]
    for (place, name) in ["obs", "actions", "rewards", "new_obs", "truncateds", "terminateds"].enumerated() {
      let tensor = batch.columns[try #require(schema.index(of: name))]
      let isFiltered = filter?.applies(itemBytes: tensor.dataType.itemBytes) == true
      let data = isFiltered ? ByteFilter.shuffle.applied(to: tensor.bytes, itemBytes: tensor.dataType.itemBytes) : tensor.bytes
      #expect(Array(writer.bytes[ends[2 * place]..<ends[2 * place + 1]]) == data, "\(name)")
    }
  }

  @Test func `short columns and rows of images have no blocks of their own`() throws {
    var writer = MessagePackWriter()
    let short = ColumnBlocks.leastData / 16 - 1
    let few = try RowRecord.encode(
      CartPole.transitions(short), schema: CartPole.schema(), layout: .transitions, filter: nil, to: &writer)
    #expect(few == [])
    let schema = try BufferSchema([ColumnSchema("obs", .uint8, shape: [84, 84, 4]), ColumnSchema("rewards", .float32)])
    let images = RowBatch(
      firstRow: 0, steps: Array(0..<2_000),
      columns: [
        try Tensor(.uint8, shape: [2_000, 84, 84, 4], bytes: [UInt8](repeating: 7, count: 2_000 * 28_224)),
        Tensor(vector: [Float](repeating: 1, count: 2_000)),
      ])
    #expect(try RowRecord.encode(images, schema: schema, layout: .transitions, filter: nil, to: &writer) == [])
  }

  @Test(arguments: [255, 2_000])
  func `the frame of a row group in a file has them`(rows: Int) throws {
    let contents = try MemoryContents.cartPole(rows)
    let bytes = try written { try BufferFileWriter.write(contents, to: $0) }
    let group = try #require(try open(bytes).entries().first { $0.kind == .rows })
    let frame = Array(bytes[group.offset..<group.offset + group.compressedBytes])
    // One block where nothing is cut: the whole record is shorter than the longest block.
    #expect(group.recordBytes < Self.blockBytes)
    let extent = try FrameExtent(scanning: frame.span)
    #expect((extent.maximumContentBytes > Self.blockBytes) == (rows == 2_000))
    #expect(try open(bytes).contents().rows(0..<rows) == contents.batch)
    #expect(try bytes == written { try BufferFileWriter.write(contents, to: $0) })
  }

  @Test func `a record says its order where it is not that of the schema, and leads back to it`() throws {
    for names in [["obs", "terminateds", "rewards", "truncateds"], ["truncateds", "terminateds"], ["terminateds"]] {
      let schema = try BufferSchema(names.map { ColumnSchema($0, .float32) })
      let batch = RowBatch(
        firstRow: 0, steps: [0], columns: names.indices.map { Tensor(vector: [Float($0)]) })
      let record = try StateValue(decoding: RowRecord.encode(batch, schema: schema, layout: .transitions))
      guard case .map(let stored)? = record["columns"] else { Issue.record("no columns"); return }
      let found = stored.keys.map { ColumnSchema($0.string, .float32) }
      #expect(ColumnOrder.schemaOrder(found, in: record) == schema.columns)
      #expect((record["order"] != nil) == (names.count == 4) && (found == schema.columns) == (names.count != 4))
      #expect(try RowRecord.decode(record, schema: schema, layout: .transitions) == batch)
    }
  }

  @Test func `columns beside images keep the order of the schema`() throws {
    let flags = ["terminateds", "truncateds"].map { ColumnSchema($0, .bool) }
    for (pixels, positions) in [(4_094, [0, 2, 1]), (4_095, [0, 1, 2])] {
      let order = ColumnOrder(of: try BufferSchema([ColumnSchema("obs", .uint8, shape: [pixels])] + flags))
      #expect(order.positions == positions && order.isChanged == (positions[1] == 2))
    }
  }

  @Test func `an order says of each column of the record its place in the schema`() {
    let columns = ["a", "b", "c"].map { ColumnSchema($0, .bool) }
    let ordered = ColumnOrder.schemaOrder(columns, in: ["order": [2, 0, 1]])
    #expect(ordered.map(\.name) == ["b", "c", "a"])
  }

  @Test(
    arguments: [
      .array([0, 0]), .array([0]), .array([0, 2]), .array([-1, 0]), .array([1, 0, 0]), .array(["a", "b"]), "b",
    ] as [StateValue])
  func `an order that is none is that of the record`(order: StateValue) {
    let columns = [ColumnSchema("a", .bool), ColumnSchema("b", .bool)]
    #expect(ColumnOrder.schemaOrder(columns, in: ["order": order]) == columns)
    #expect(ColumnOrder.schemaOrder(columns, in: ["order": [1, 0]]) == columns.reversed())
    #expect(ColumnOrder.schemaOrder(columns, in: [:]) == columns)
  }

  @Test(arguments: [["terminateds", "truncateds"], ["truncateds", "terminateds"]])
  func `a file without its header gets its columns in the order of its schema`(flags: [String]) throws {
    let schema = try BufferSchema([ColumnSchema("obs", .float32)] + flags.map { ColumnSchema($0, .bool) })
    let batch = RowBatch(
      firstRow: 0, steps: [0, 1],
      columns: [Tensor(vector: [1, 2] as [Float]), Tensor(vector: [true, false]), Tensor(vector: [false, false])])
    var bytes = try written { path in
      let header = FileHeader(content: .replayBuffer(kind: ReplayBuffer.kind, layout: .transitions, schema: schema))
      var writer = try BufferFileWriter.create(at: path, header: header)
      try writer.append(batch)
      try writer.finish(state: ["num_timesteps_added": 2])
    }
    for index in 0..<(try open(bytes).entries()[0].compressedBytes) { bytes[index] = 0 }
    let contents = try #require(try recovery(bytes).contents)
    #expect(contents.schema == schema)
    #expect(try contents.rows(0..<2).columns == batch.columns)
  }

  @Test func `rows of a segment are known by their columns when its header is lost, and else by its schema`() throws {
    let columns = [ColumnSchema("a", .float32), ColumnSchema("b", .bool)]
    let batch = RowBatch(
      firstRow: 0, steps: [0, 1], columns: [Tensor(vector: [1, 2] as [Float]), Tensor(vector: [true, false])])
    var bytes = try written { path in
      let content = FileHeader.Content.replayBuffer(
        kind: ReplayBuffer.kind, layout: .transitions, schema: try BufferSchema(columns))
      var writer = try BufferFileWriter.create(at: path, header: FileHeader(content: content))
      try writer.append(batch)
      try writer.finish(state: [:])
    }
    let header = try open(bytes).entries()[0].compressedBytes
    func salvaged(_ columns: [ColumnSchema]) throws -> [Tensor] {
      let file = try SalvagedFile(
        anyPath, BufferSchema(columns), .transitions, on: MemoryFileSystem([anyPath: bytes]))
      return try file.rows(0..<2).columns
    }
    #expect(try salvaged(columns) == batch.columns)
    #expect(throws: BufferFileError.noRows(anyPath)) { try salvaged(columns.reversed()) }
    for index in 0..<header { bytes[index] = 0 }
    #expect(try salvaged(columns.reversed()) == batch.columns.reversed())
    #expect(throws: BufferFileError.noRows(anyPath)) { try salvaged([columns[0], ColumnSchema("c", .bool)]) }
  }
}
