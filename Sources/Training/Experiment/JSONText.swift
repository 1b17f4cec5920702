internal import StateTree

/// JSON as Python's `json` writes and reads it, NaN and infinities included: what Tune's files hold.
enum JSONText {
  /// A value on one line: `{"a": [1, 2.0, NaN]}`.
  static func line(_ value: StateValue) -> String {
    var text = ""
    write(value, indent: nil, into: &text)
    return text
  }

  /// A value on indented lines, as people read it.
  static func pretty(_ value: StateValue) -> String {
    var text = ""
    write(value, indent: 0, into: &text)
    return text + "\n"
  }

  private static func write(_ value: StateValue, indent: Int?, into text: inout String) {
    switch value {
    case .nil: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .double(let value): text += number(value)
    case .string(let value): text += quoted(value)
    case .bytes(let bytes): text += quoted("\(bytes.count) bytes")
    case .tensor(let tensor): text += quoted(tensor.summary)
    case .array(let elements):
      // Lists of plain values stay on one line, however long: they are read as one thing.
      let isFlat = !elements.contains { if case .map = $0 { true } else { false } }
      list("[", "]", indent: isFlat ? nil : indent, elements, into: &text) { element, indent, text in
        write(element, indent: indent, into: &text)
      }
    case .map(let map):
      list("{", "}", indent: indent, map, into: &text) { entry, indent, text in
        text += quoted(entry.key.string) + ": "
        write(entry.value, indent: indent, into: &text)
      }
    }
  }

  private static func list<C: Collection>(
    _ open: String, _ close: String, indent: Int?, _ elements: C, into text: inout String,
    _ body: (C.Element, Int?, inout String) -> Void
  ) {
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += indent == nil ? ", " : "," }
      if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
      body(element, indent.map { $0 + 1 }, &text)
    }
    if let indent, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  /// A number as Python's `repr` distinguishes it: a double has a point or an exponent.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }

  /// A text in quotes with what JSON does not allow escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7f}"..<"\u{a0}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
