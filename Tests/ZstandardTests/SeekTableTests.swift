import Testing
import Zstandard

@Suite struct SeekTableTests {
  static func table(_ count: Int) throws -> SeekTable {
    try SeekTable(
      entries: (0..<count).map {
        SeekTable.Entry(compressedBytes: UInt32($0 + 1), contentBytes: UInt32($0 * 7), checksum: .max - UInt32($0))
      })
  }

  @Test(arguments: [0, 1, 2, 1_000])
  func `a table comes back`(count: Int) throws {
    let table = try Self.table(count)
    let bytes = table.encoded()
    #expect(bytes.count == 17 + 12 * count)
    #expect(try SeekTable(decoding: bytes) == table)
    #expect(table.frameOffsets.count == count + 1)
    #expect(table.frameOffsets.last == count * (count + 1) / 2)
    #expect(try SeekTable.Footer(decoding: Array(bytes.suffix(9))).frameCount == count)
    #expect(try SeekTable.Footer(decoding: bytes).tableBytes == bytes.count)
  }

  @Test func `the bytes of a table are fixed`() throws {
    let table = try SeekTable(entries: [.init(compressedBytes: 1, contentBytes: 0x0203, checksum: 0x0405_0607)])
    #expect(
      table.encoded() == [
        0x5E, 0x2A, 0x4D, 0x18, 21, 0, 0, 0, 1, 0, 0, 0, 3, 2, 0, 0, 7, 6, 5, 4,
        1, 0, 0, 0, 0x80, 0xB1, 0xEA, 0x92, 0x8F,
      ])
  }

  @Test func `the last entries are read from the tail of the file alone`() throws {
    let table = try Self.table(100)
    let tail = Array(table.encoded().suffix(9 + 3 * 12 + 5))
    #expect(try SeekTable.lastEntries(3, inTail: tail) == Array(table.entries.suffix(3)))
    #expect(try SeekTable.lastEntries(0, inTail: tail) == [])
    #expect(throws: ZstandardError.seekTableTooShort(found: 50, expected: 57)) {
      try SeekTable.lastEntries(4, inTail: tail)
    }
    #expect(try SeekTable.lastEntries(5, inTail: Self.table(2).encoded()) == Self.table(2).entries)
  }

  @Test func `an entry describes a frame by its last four bytes`() throws {
    var compressor = try FrameCompressor()
    let frame = try compressor.stored(Array("abc".utf8))
    let entry = try SeekTable.Entry(describing: frame)
    #expect(entry == SeekTable.Entry(compressedBytes: 16, contentBytes: 3, checksum: 0xAD77_0999))
    let refused: [([UInt8], ZstandardError)] = [
      (frame + [0], .trailingBytes(count: 1, offset: 16)),
      (HandMade.skippable([]), .skippableFrame(offset: 0)),
      (HandMade.empty, .checksumMissing(frameOffset: 0)),
      (HandMade.zeros(blocks: 1), .contentSizeMissing(frameOffset: 0)),
    ]
    for (bytes, error) in refused {
      #expect(throws: error) { try SeekTable.Entry(describing: bytes) }
    }
  }

  @Test func `every malformation has its error`() throws {
    let bytes = try Self.table(2).encoded()
    expect(.seekTableTooShort(found: 8, expected: 9), Array(bytes.suffix(8)))
    expect(.seekTableFooterMagic(found: 0x8F92_EAB0), bytes.replacing(37, by: 0xB0))
    expect(.seekTableMagic(found: 0x184D_2A5F), bytes.replacing(0, by: 0x5F))
    expect(.seekTableSizeMismatch(found: 42, expected: 41), bytes.replacing(4, by: 34))
    expect(.seekTableSizeMismatch(found: 41, expected: 53), bytes.replacing(32, by: 3))
    expect(.seekTableSizeMismatch(found: 42, expected: 41), [0] + bytes)
    expect(.seekTableReservedBits(found: 0x84), bytes.replacing(36, by: 0x84))
    expect(.seekTableWithoutChecksums(found: 0), bytes.replacing(36, by: 0))
    expect(.seekTableTooManyFrames(found: (128 << 24) + 2, limit: 1 << 20), bytes.replacing(35, by: 128))
    for count in bytes.indices {
      #expect(throws: ZstandardError.self) { try SeekTable(decoding: Array(bytes.prefix(count))) }
    }
  }

  @Test func `a table of too many frames is not made`() throws {
    let entry = SeekTable.Entry(compressedBytes: 0, contentBytes: 0, checksum: 0)
    let entries = [SeekTable.Entry](repeating: entry, count: SeekTable.maximumFrameCount + 1)
    #expect(throws: ZstandardError.seekTableTooManyFrames(found: (1 << 20) + 1, limit: 1 << 20)) {
      try SeekTable(entries: entries)
    }
  }

  private func expect(_ error: ZstandardError, _ bytes: [UInt8]) {
    #expect(throws: error) { try SeekTable(decoding: bytes) }
  }
}
