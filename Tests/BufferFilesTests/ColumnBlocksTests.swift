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

  @Test func `the order of a record leads back to that of the schema, also of files that kept the schema's own`() throws {
    let names = ["obs", "terminateds", "rewards", "truncateds"]
    let schema = try BufferSchema(names.map { ColumnSchema($0, .float32) })
    let inRecord = ColumnOrder.inRecord(of: schema).map { schema.columns[$0] }
    #expect(inRecord.map(\.name) == ["obs", "truncateds", "rewards", "terminateds"])
    let found = try BufferSchema(inRecord)
    #expect(ColumnOrder.inSchema(ofRecord: found).map { found.columns[$0] } == schema.columns)
    #expect(ColumnOrder.inSchema(ofRecord: schema) == [0, 1, 2, 3])
    let only = try BufferSchema([ColumnSchema("terminateds", .bool)])
    #expect(ColumnOrder.inRecord(of: only) == [0])
  }
}
