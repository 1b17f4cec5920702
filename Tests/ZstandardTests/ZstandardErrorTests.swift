import Testing
import Zstandard

@Suite struct ZstandardErrorTests {
  private static let again = "copy the file again or restore another copy"
  private static let raise = "raise the limit if you trust the file"

  static let calls: [(ZstandardError, String)] = [
    (.levelOutOfRange(found: 23), "compression level 23 does not exist; choose one from -131072 to 22"),
    (.outOfMemory, "zstd could not allocate memory; free some, or choose a lower compression level"),
    (
      .library(code: 60, name: "Operation not authorized"),
      "zstd failed with code 60 (Operation not authorized); please report it with the input that caused it"
    ),
  ]

  static let damage: [(ZstandardError, String)] = [
    (
      .notZstandard(found: 0x0A0D, offset: 7),
      "no zstd frame at byte 7: found 00000a0d, expected fd2fb528; check that this is the right file"
    ),
    (
      .truncated(frameOffset: 3, inputBytes: 9),
      "zstd input ends at byte 9, within the frame that begins at byte 3; \(again)"
    ),
    (.trailingBytes(count: 2, offset: 30), "2 bytes too many after the zstd frame that ends at byte 30; \(again)"),
    (.reservedBit(offset: 4), "zstd frame header at byte 4 uses a reserved bit; \(again)"),
    (.reservedBlockType(offset: 6), "zstd block at byte 6 has the reserved type 3; \(again)"),
    (
      .blockTooLarge(found: 131_073, limit: 131_072, offset: 6),
      "zstd block at byte 6 has 131073 bytes, at most 131072 are allowed; \(again)"
    ),
    (
      .contentSizeMismatch(announced: 9, possible: 8, frameOffset: 1),
      "zstd frame at byte 1 announces 9 bytes, its blocks hold at most 8; \(again)"
    ),
    (.corrupt(reason: "Data corruption", frameOffset: 1), "damaged zstd frame at byte 1: Data corruption; \(again)"),
    (.corrupt(reason: "Data corruption", frameOffset: nil), "damaged zstd frame: Data corruption; \(again)"),
    (
      .checksumMismatch(stored: 0x1F3A_09C2, frameOffset: 5),
      "checksum mismatch in the zstd frame at byte 5: stored 1f3a09c2, the content has another; \(again)"
    ),
    (.checksumMismatch(stored: nil, frameOffset: nil), "checksum mismatch in the zstd frame; \(again)"),
  ]

  static let refusals: [(ZstandardError, String)] = [
    (
      .skippableFrame(offset: 0),
      "skippable zstd frame at byte 0 where one with content was expected; pass over it"
    ),
    (
      .contentSizeMissing(frameOffset: 0),
      "zstd frame at byte 0 does not announce its content size; decompress it as a stream"
    ),
    (.checksumMissing(frameOffset: 0), "zstd frame at byte 0 has no checksum; compress it again with \"zstd --check\""),
    (
      .dictionaryRequired(id: 12, frameOffset: 0),
      "zstd frame at byte 0 needs dictionary 12; compress it again without a dictionary"
    ),
  ]

  static let limits: [(ZstandardError, String)] = [
    (
      .contentTooLarge(found: 2, limit: 1, frameOffset: 0),
      "zstd frame at byte 0 announces 2 bytes, the limit is 1; \(raise)"
    ),
    (
      .windowTooLarge(found: 2, limit: 1, frameOffset: 0),
      "zstd frame at byte 0 needs a window of 2 bytes, the limit is 1; \(raise)"
    ),
    (
      .outputTooLarge(found: 2, limit: 1, frameOffset: 0),
      "zstd output reaches 2 bytes in the frame at byte 0, the limit is 1; \(raise)"
    ),
    (
      .ratioTooHigh(produced: 5, consumed: 2, limit: 1),
      "zstd output of 5 bytes from 2 exceeds the ratio limit of 1; \(raise)"
    ),
    (
      .tooManyFrames(found: 2, limit: 1, frameOffset: 9),
      "zstd frame 2 at byte 9 exceeds the limit of 1 frames; \(raise)"
    ),
    (
      .skippableTooLarge(found: 9, limit: 8, frameOffset: 0),
      "skippable zstd frames reach 9 bytes with the one at byte 0, the limit is 8; \(raise)"
    ),
    (
      .seekTableTooManyFrames(found: 2, limit: 1),
      "seek table of 2 frames, the limit is 1; put more rows into each frame, or split the file"
    ),
  ]

  static let seekTables: [(ZstandardError, String)] = [
    (
      .seekTableTooShort(found: 8, expected: 9),
      "seek table is cut short: 8 bytes, expected at least 9; \(again)"
    ),
    (.seekTableFooterMagic(found: 1), "no seek table at the end: found 00000001, expected 8f92eab1; \(again)"),
    (.seekTableMagic(found: 1), "seek table begins with 00000001, expected 184d2a5e; \(again)"),
    (
      .seekTableSizeMismatch(found: 1, expected: 17),
      "seek table has 1 bytes, its frame count asks for 17; \(again)"
    ),
    (
      .seekTableReservedBits(found: 0x84),
      "seek table descriptor 84 uses reserved bits; read the file as a plain zstd stream"
    ),
    (
      .seekTableWithoutChecksums(found: 0),
      "seek table descriptor 00 says no checksums; read the file as a plain zstd stream"
    ),
    (
      .seekTableEntryTooLarge(found: 1 << 32),
      "zstd frame of 4294967296 bytes is too large for a seek table, the limit is 4294967295; split its content"
    ),
  ]

  @Test(arguments: calls + damage + refusals + limits + seekTables)
  func `every message says what, where and what to do`(error: ZstandardError, message: String) {
    #expect(error.description == message)
    #expect(error.isLimit == Self.limits.contains { $0.0 == error })
  }
}
