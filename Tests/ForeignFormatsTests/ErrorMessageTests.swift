import BufferFiles
import FileSystems
import ForeignFormats
import MessagePack
import SystemPackage
import Testing
import Zstandard

@Suite("Errors say what, where and what to do")
struct ErrorMessageTests {
  static let messages: [(error: ForeignFormatError, text: String, isLimit: Bool)] = [
    (
      .fileSystem(FileSystemError(.open, "runs/a", code: .noSuchFileOrDirectory)),
      "cannot open runs/a: no such file or directory; check the path", false
    ),
    (
      .fileSystem(FileSystemError(.read, "runs/a", .tooLarge(found: 5, limit: 4))),
      "cannot read runs/a: 5 bytes or more found, the limit is 4; raise the limit if you trust the file", true
    ),
    (
      .notRecognized("runs/a.png", found: "a PNG picture"),
      "runs/a.png is a PNG picture; rlbuf opens its own files, MessagePack (also .zst) and RLlib's checkpoint directories",
      false
    ),
    (
      .notRecognized("runs/\u{1b}[2J\n\u{202e}a", found: "an empty file"),
      "runs/\\u{1b}[2J\\u{a}\\u{202e}a is an empty file; rlbuf opens its own files, MessagePack (also .zst) and "
        + "RLlib's checkpoint directories", false
    ),
    (
      .compression("a.zst", .truncated(frameOffset: 0, inputBytes: 7)),
      "a.zst: zstd input ends at byte 7, within the frame that begins at byte 0; copy the file again or restore another copy",
      false
    ),
    (
      .compression("a.zst", .outputTooLarge(found: 9, limit: 8, frameOffset: 0)),
      "a.zst: zstd output reaches 9 bytes in the frame at byte 0, the limit is 8; raise the limit if you trust the file",
      true
    ),
    (
      .messagePack("a", .tooManyNodes(offset: 3, limit: 2)),
      "a: more than 2 values by byte 3; raise the limit with --max-nodes if you trust the file", true
    ),
    (
      .messagePack("a", .reservedByte(offset: 3)),
      "a: byte 3 is 0xc1, which MessagePack never uses; this is not MessagePack or it is damaged", false
    ),
    (
      .invalidDump("a", reason: "_indices is no list of 3 integers each"),
      "a looks like a replay buffer of RLlib and contradicts itself: _indices is no list of 3 integers each; "
        + "look at it with --tree", false
    ),
    (
      .notCheckpoint("runs", found: "an empty directory"),
      "runs is an empty directory: it has no checkpoint.json (a checkpoint of rlbuf), no params.json, result.json or checkpoint_000001 (an experiment) and no rllib_checkpoint.json or metadata.json (a checkpoint of RLlib); name one of these, or a file", false
    ),
    (
      .bufferFile(.newerVersion("a", found: 2, supported: 1)),
      "a has format version 2 and this rlbuf reads up to 1; install a newer rlbuf", false
    ),
  ]

  @Test("word for word", arguments: messages)
  func wording(_ message: (error: ForeignFormatError, text: String, isLimit: Bool)) {
    #expect(message.error.description == message.text)
    #expect(message.error.isLimit == message.isLimit)
  }
}
