import MessagePack
import Testing

@Suite("Error messages")
struct ErrorMessageTests {
  @Test(
    "Each error says what, where and what to do",
    arguments: [
      (
        MessagePackError.truncated(offset: 12, needed: 9, available: 3),
        "the MessagePack data ends early: byte 12 begins a value of 9 bytes and 3 remain; "
          + "the file was cut short or is not MessagePack, fetch it again", false
      ),
      (
        .announcesTooMuch(.map, count: 65535, offset: 3, available: 20),
        "the map at byte 3 announces 65535 elements and 20 bytes remain for everything still open; "
          + "the file was cut short or is not MessagePack, fetch it again", false
      ),
      (
        .tooDeep(offset: 32, limit: 32),
        "lists and maps nest deeper than 32 at byte 32; no state of a trainer does, this file is not one", true
      ),
      (
        .tooManyNodes(offset: 99, limit: 10),
        "more than 10 values by byte 99; raise the limit with --max-nodes if you trust the file", true
      ),
      (
        .tooManyNumbers(offset: 99, limit: 10),
        "more than 10 numbers in lists by byte 99; raise the limit with --max-numbers if you trust the file", true
      ),
      (
        .bodyTooLong(offset: 1, length: 70000, limit: 4096),
        "the body at byte 1 has 70000 bytes, the limit is 4096; raise it if you trust the file", true
      ),
      (
        .reservedByte(offset: 7),
        "byte 7 is 0xc1, which MessagePack never uses; this is not MessagePack or it is damaged", false
      ),
      (
        .duplicateKey(.string("obs")),
        "a map holds the key \"obs\" twice, so its meaning is unclear; ask who wrote the file", false
      ),
      (
        .trailingBytes(offset: 5, count: 2),
        "the object ends at byte 5 and 2 more bytes follow; read it as a stream of objects", false
      ),
      (
        .unpackerRefused(code: -2, offset: 0),
        "msgpack-c refused the object at byte 0 with code -2; please report this file as a bug of rlbuf", false
      ),
      (
        .tooLongToWrite(.ext, count: 4_294_967_296),
        "the extension of 4294967296 elements exceeds the 4,294,967,295 that MessagePack can hold; split it", false
      ),
    ])
  func messages(error: MessagePackError, message: String, isLimit: Bool) {
    #expect("\(error)" == message)
    #expect(error.isLimit == isLimit)
  }

  @Test(
    "Every kind of value has a short description",
    arguments: [
      (MessagePackValue.nil, "nil"), (.bool(true), "true"), (.int(-5), "-5"), (.unsigned(.max), "18446744073709551615"),
      (.float32(0.5), "0.5"), (.float64(-0.0), "-0.0"), (.string("obs"), "\"obs\""), (.binary([1, 2]), "2 bytes"),
      (.array([.nil]), "list of 1"),
      (.packed(PackedList(shape: [2, 1], elements: .bool([true, true]))), "list of 2 x 1"),
      (
        .packed(PackedList(shape: Array(repeating: 1, count: 9), elements: .int64([1]))), "list of 1 x 1 x 1 x 1 x ..."
      ),
      (.map([]), "map of 0"), (.ext(type: -3, bytes: [1]), "extension -3 of 1 bytes"),
      (.timestamp(.init(seconds: -1, nanoseconds: 5)), "timestamp -1"),
      (.string(String(repeating: "a", count: 40)), "\"\(String(repeating: "a", count: 40))\""),
      (.string(String(repeating: "a", count: 41)), "\"\(String(repeating: "a", count: 40))...\""),
      (.string("a\u{1b}[31m\u{202e}\n\u{2028}"), "\"a\\u{1b}[31m\\u{202e}\\u{a}\\u{2028}\""),
      (.text([0xff, 0x61]), "\"\u{fffd}a\""),
    ])
  func shortDescriptions(value: MessagePackValue, description: String) {
    #expect(value.shortDescription == description)
  }

  @Test("A key of control characters does not make a message long")
  func hostileKey() {
    let key = MessagePackValue.text(Array(repeating: 0x0a, count: 40))
    #expect(key.shortDescription == "\"" + String(repeating: "\\u{a}", count: 8) + "...\"")
  }
}
