import Checkpoints
import StateTree
import Testing

@Suite("State as JSON")
struct JSONTests {
  @Test(
    arguments: [
      (nil, "null"), (true, "true"), (-7, "-7"), (.unsigned(.max), "18446744073709551615"), (1.0, "1.0"),
      (0.1, "0.1"), (-0.0, "-0.0"), (.double(.leastNonzeroMagnitude), "5e-324"), (1e300, "1e+300"), ([], "[]"),
      ([:], "{}"),
      ([1, [2, nil]], "[1, [2, null]]"), (["b": 1, "a": [:]], "{\"b\": 1, \"a\": {}}"),
      (.string("a\"\\\n\u{1b}\u{202e}é\u{1F600}"), "\"a\\\"\\\\\\n\\u001b\\u202eé\u{1F600}\""),
    ] as [(StateValue, String)])
  func `a value is written and read back the same`(value: StateValue, text: String) throws {
    #expect(try StateJSON.text(of: value) == text)
    #expect(try StateJSON.value(of: Array(text.utf8)) == value)
    let indented = try StateJSON.text(of: value, layout: .indented)
    #expect(try StateJSON.value(of: Array(indented.utf8)) == value)
  }

  @Test(
    arguments: [
      ("NaN", .double(.nan)), (" [Infinity, -Infinity] ", [.double(.infinity), .double(-.infinity)]),
      ("\"\\ud83d\\ude00\\/\\b\\f\"", "\u{1F600}/\u{8}\u{c}"), ("1E2", 100.0), ("-0", -0.0),
      ("1e999", .double(.infinity)),
      ("123456789012345678901234567890", 123456789012345678901234567890.0),
    ] as [(String, StateValue)])
  func `what others write is read`(text: String, value: StateValue) throws {
    #expect(try StateJSON.value(of: Array(text.utf8)) == value)
  }

  @Test func `numbers that JSON has no word for are null, or Python's words`() throws {
    let value: StateValue = [.double(.nan), .double(.infinity), .double(-.infinity)]
    #expect(try StateJSON.text(of: value) == "[null, null, null]")
    #expect(try StateJSON.text(of: value, nonFinite: .python) == "[NaN, Infinity, -Infinity]")
  }

  @Test(
    arguments: [
      ("", 1, 1, "the text ends where a value was expected"), ("[1,\n 2", 2, 3, "expected \",\" or \"]\""),
      ("{\"a\" 1}", 1, 6, "expected \":\""), ("{\"a\": 1,}", 1, 9, "expected a key in quotes"),
      ("{\"a\": 1, \"a\": 2}", 1, 13, "the key \"a\" stands twice"), ("01", 1, 3, "not a number"),
      ("1.", 1, 3, "digits must follow the point"), ("1e+", 1, 4, "digits must follow the exponent"),
      ("-", 1, 2, "not a number"), ("nul", 1, 1, "no value begins like this"),
      ("1 2", 1, 3, "something follows the value"),
      ("\"abc", 1, 5, "the text in quotes does not end"), ("\"\\x\"", 1, 4, "an unknown escape"),
      ("\"\\ud800\"", 1, 8, "half of a surrogate pair"), ("\"\\u12g4\"", 1, 4, "four hexadecimal digits must follow"),
      ("\"\u{1}\"", 1, 3, "a control character in a text"),
      (String(repeating: "[", count: 32), 1, 32, "more than 31 levels"),
    ])
  func `what is no JSON is refused with its place`(text: String, line: Int, column: Int, reason: String) {
    #expect(throws: CheckpointError.invalidJSON(line: line, column: column, reason: reason)) {
      try StateJSON.value(of: Array(text.utf8))
    }
  }

  @Test func `bytes that are no text and texts with too many values are refused`() {
    #expect(throws: CheckpointError.invalidJSON(line: 1, column: 4, reason: "the text is not UTF-8")) {
      try StateJSON.value(of: [0x22, 0xFF, 0x22])
    }
    #expect(throws: CheckpointError.self) {
      try StateJSON.value(of: Array(("[" + String(repeating: "1,", count: 1 << 20) + "1]").utf8))
    }
  }

  @Test func `bytes and tensors are refused with their path`() {
    #expect(throws: CheckpointError.notJSON(path: "a/0", found: "bytes")) {
      try StateJSON.text(of: ["a": [.bytes([1])]])
    }
  }
}
