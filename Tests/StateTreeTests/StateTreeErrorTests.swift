import MessagePack
import StateTree
import Testing

@Suite("Messages of state errors")
struct StateTreeErrorTests {
  static let messages: [(StateTreeError, String)] = [
    (
      .invalidShape([-1, 2]),
      "the shape [-1, 2] is not possible: at most 32 axes, none negative, a product that fits 63 bits"
    ),
    (
      .shapeMismatch(.float32, shape: [2, 3], expectedBytes: 24, foundBytes: 20),
      "a tensor float32 [2, 3] takes 24 bytes and 20 are there; the file is damaged or was written wrongly"
    ),
    (
      .wrongDataType(expected: .float64, found: .float32),
      "the tensor holds float32, not float64; ask for float32, nothing is converted silently"
    ),
    (
      .inexactCast("300", from: .int64, to: .uint8),
      "300 of a tensor of int64 cannot be uint8; choose a type that holds every number of it"
    ),
    (
      .cannotConcatenate(["float32 [2, 3]", "int8 [1]"]),
      "tensors of different type or row shape cannot stand one behind the other: float32 [2, 3], int8 [1]"
    ),
    (
      .missingKey(path: "buffer/cursor"),
      "buffer/cursor is missing; the state was written by another version or another kind of object"
    ),
    (
      .wrongType(path: "buffer/cursor", expected: "an integer", found: "string"),
      "buffer/cursor is string, expected an integer; the state was written by another version or another kind of object"
    ),
    (
      .invalidValue(path: "buffer/cursor", found: "-1", expected: "0 or more"),
      "buffer/cursor is -1, expected 0 or more"
    ),
    (
      .notState(path: "a/3", found: "1.5"),
      "a/3 is 1.5, which rlbuf never writes; convert files of others with \"rlbuf convert\""
    ),
    (.invalidUTF8(path: "a/3"), "a/3 is a text that is not UTF-8; the file is damaged or not rlbuf's"),
    (
      .invalidUTF8(path: "a\n\u{1b}[2Jb"),
      "a\\u{a}\\u{1b}[2Jb is a text that is not UTF-8; the file is damaged or not rlbuf's"
    ),
    (
      .pickledObjects(path: "infos"),
      "infos is a numpy array of Python objects, a pickle that could run code; it is never opened"
    ),
    (
      .evenIncrement(4),
      "the PCG64 state has the even increment 4, expected an odd one; "
        + "take the state from an intact checkpoint or start from a seed"
    ),
    (
      .messagePack(.reservedByte(offset: 7)),
      "byte 7 is 0xc1, which MessagePack never uses; this is not MessagePack or it is damaged"
    ),
  ]

  @Test("each message says what was found and what to do", arguments: messages.indices)
  func message(_ index: Int) {
    let (error, text) = Self.messages[index]
    #expect(error.description == text)
  }
}
