import FileSystems
import StateTree
import SystemPackage
import Testing
import Zstandard

@testable import BufferFiles

@Suite struct ErrorMessageTests {
  private static let place = BufferFileError.Place(
    "runs/a.msgpack.zst", frame: 12, byte: 1_048_576, rows: 40_704..<44_096)
  private static let path: FilePath = "runs/a.msgpack.zst"
  private static let digest = "0123456789abcdef"

  static let messages: [(BufferFileError, String)] = [
    (
      .fileSystem(FileSystemError(.open, path, code: .noSuchFileOrDirectory)),
      "cannot open runs/a.msgpack.zst: no such file or directory; check the path"
    ),
    (
      .notBufferFile(path, found: "it is empty"),
      "runs/a.msgpack.zst is not a file of rlbuf: it is empty; give a dump, a checkpoint or a file that \"rlbuf convert\" wrote"
    ),
    (
      .newerVersion(path, found: 2, supported: 1),
      "runs/a.msgpack.zst has format version 2 and this rlbuf reads up to 1; install a newer rlbuf"
    ),
    (
      .noEpisodes(path),
      "runs/a.msgpack.zst has no table of episodes; its rows are transitions, ask for them by step"
    ),
    (
      .tooLargeForMemory(path, bytes: 1_000),
      "what is asked for of runs/a.msgpack.zst takes 1000 bytes, more than there is memory; ask for fewer steps"
    ),
    (
      .unfinished(path, bytes: 10),
      "runs/a.msgpack.zst does not end with a seek table after 10 bytes: it was cut short or its writer did not finish; "
        + "take another copy of it, or keep what is whole with \"rlbuf recover\""
    ),
    (
      .damagedFrame(place, .checksumMissing(frameOffset: 0)),
      "frame 12 (rows 40704-44095) of runs/a.msgpack.zst at byte 1048576 is damaged: "
        + "zstd frame at byte 0 has no checksum; compress it again with \"zstd --check\""
    ),
    (
      .digestMismatch(place, stored: "1f3a09c2aa", computed: "77b0e514bb"),
      "digest mismatch in frame 12 (rows 40704-44095) of runs/a.msgpack.zst at byte 1048576: stored 1f3a09c2, "
        + "computed 77b0e514; run \"rlbuf verify\" for all damage and \"rlbuf recover\" to keep what is whole"
    ),
    (
      .invalidRecord(.init(path, frame: 3), reason: "rows/count is 0, expected 1 to 1048576"),
      "frame 3 of runs/a.msgpack.zst does not hold what it should: rows/count is 0, expected 1 to 1048576"
    ),
    (
      .inconsistent(.init(path), reason: "its index and its summary disagree about rows or bytes"),
      "runs/a.msgpack.zst contradicts itself: its index and its summary disagree about rows or bytes; "
        + "run \"rlbuf verify\" for all damage"
    ),
    (.noRows(path), "runs/a.msgpack.zst holds state and no rows; read its state"),
    (
      .unknownColumn(path, name: "reward", known: ["obs", "rewards"]),
      "runs/a.msgpack.zst has no column \"reward\"; its columns are obs, rewards"
    ),
    (
      .wrongDataType(path, column: "rewards", expected: .float64, found: .float32),
      "the column \"rewards\" of runs/a.msgpack.zst holds float32, not float64; ask for float32, nothing is converted silently"
    ),
    (
      .outOfRange(path, asked: 0..<9, stored: 3..<7),
      "runs/a.msgpack.zst holds 3..<7 and 0..<9 was asked for; ask within what is stored"
    ),
    (
      .stateTooLarge(path: "a/b", bytes: 17, limit: 16),
      "a/b is one piece of 17 bytes, the limit is 16; put large data into tensors or bytes of a map"
    ),
    (
      .stateTooDeep(path: "metadata", limit: 31),
      "metadata nests deeper than 31 levels, the limit of a record (a tensor counts as two); flatten it"
    ),
    (
      .stateTooManyValues(path: "a/0", found: 9, limit: 8),
      "a/0 is one piece of 9 values, the limit is 8; put numbers into tensors"
    ),
    (
      .nothingToRecover(path),
      "in runs/a.msgpack.zst no row and no state is whole: there is nothing to recover; take another copy of it"
    ),
    (
      .outputIsInput(path),
      "runs/a.msgpack.zst is the damaged file itself; write to another name, so that nothing of it is lost"
    ),
    (
      .unsoundOutput(path, reason: "it has 3 rows"),
      "runs/a.msgpack.zst was not written, because it was not what was meant when it was read again: it has 3 rows; "
        + "check the disk and try again"
    ),
    (
      .tooManyFrames(path, limit: 1_048_576),
      "runs/a.msgpack.zst cannot hold more than 1048576 row groups and pieces of state; append more rows at a time"
    ),
    (.compression(.outOfMemory), "zstd could not allocate memory; free some, or choose a lower compression level"),
    (
      .wouldShrink(path, rows: 9, stored: 100),
      "runs/a.msgpack.zst holds 100 rows and is not replaced by 9; write to another name, or allow it (WritingOptions.shrinking)"
    ),
    (
      .wrongRows(reason: "row 4 comes next, expected 3"),
      "these rows do not belong into this file: row 4 comes next, expected 3"
    ),
    (.noRows("a\u{1b}[31m\nb"), "a\\u{1b}[31m\\u{a}b holds state and no rows; read its state"),
  ]

  @Test("messages say what, where and what to do", arguments: 0..<messages.count)
  func message(_ number: Int) {
    let (error, expected) = Self.messages[number]
    #expect(error.description == expected)
  }

  @Test("limits are told apart from damage")
  func limits() {
    let limits = Self.messages.filter(\.0.isLimit).count
    #expect(limits == 4)
    #expect(BufferFileError.damagedFrame(Self.place, .contentTooLarge(found: 2, limit: 1, frameOffset: 0)).isLimit)
  }

  static let damages: [(String, String)] = [
    (
      DamageMessage.cut(at: 99, frames: 3),
      "the file ends here, at byte 99, after 3 whole frames and without index, summary and seek table; "
        + "take another copy, or the rows before, for which only zstd's checksums vouch"
    ),
    (
      DamageMessage.frame(.truncated(frameOffset: 0, inputBytes: 5)),
      "it is no sound zstd frame: zstd input ends at byte 5, within the frame that begins at byte 0; "
        + "copy the file again or restore another copy"
    ),
    (
      DamageMessage.lost(.truncated(frameOffset: 0, inputBytes: 5)),
      "it is no sound zstd frame, and nothing says where the next one begins: zstd input ends at byte 5, within the frame "
        + "that begins at byte 0; copy the file again or restore another copy"
    ),
    (DamageMessage.tooManyFrames(), "more than 1048576 frames, the limit of a file"),
    (
      DamageMessage.record(.wrongKind(expected: "rows", found: "x")),
      "its record cannot stand there: the record is of kind \"x\", expected \"rows\""
    ),
    (
      DamageMessage.digest(stored: [0x1f, 0x3a, 0x09, 0xc2, 0], computed: [0x77, 0xb0, 0xe5, 0x14, 0]),
      "its bytes are not those that were written: SHA-256 stored 1f3a09c2, computed 77b0e514"
    ),
    (DamageMessage.index("rows", stored: 0..<3, found: 0..<4), "the index says rows 0..<3, found 0..<4"),
    (
      DamageMessage.statistics("obs"),
      "the index has other bounds or another NaN count for the column \"obs\" than its rows"
    ),
    (DamageMessage.summary("rows", stored: 3, found: 4), "the summary says rows 3, found 4"),
    (
      DamageMessage.summaryStatistics("the column \"obs\""),
      "the summary has other statistics of the column \"obs\" than the frames"
    ),
    (DamageMessage.otherHeader, "the summary names another header than the one found"),
    (DamageMessage.otherIndex, "the summary names other parts of an index than those found"),
    (DamageMessage.unnamedIndex, "the summary does not name this part of the index"),
    (DamageMessage.unlisted(4), "the index lists 4 frames and not this one"),
    (DamageMessage.episodes("4 rows, there are 3"), "the table of episodes has 4 rows, there are 3"),
    (DamageMessage.noIndex, "the index is not whole, so that the digests of the frames cannot be checked"),
    (DamageMessage.noSummary, "there is no summary"),
    (DamageMessage.notCanonical, "the summary's frame is not the canonical one of its record"),
    (DamageMessage.notLast, "frames follow the summary"),
    (DamageMessage.seekTable(stored: 3, expected: 3), "it is not the one of these frames"),
    (DamageMessage.seekTable(stored: 3, expected: 4), "it has 3 bytes, the one of these frames has 4"),
    (DamageMessage.trailingBytes(5), "5 bytes follow the seek table"),
  ]

  @Test("messages of damages", arguments: 0..<damages.count)
  func damage(_ number: Int) {
    let (found, expected) = Self.damages[number]
    #expect(found == expected)
  }
}
