/// A JSON text as it is built: keys stay in the order in which they were set.
enum JSONValue {
  /// The absence of a value; also what NaN and infinities become.
  case null
  /// A truth value.
  case bool(Bool)
  /// A number as its digits.
  case number(String)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// A map in order; the caller keeps its keys distinct.
  case object([(key: String, value: JSONValue)])

  /// The largest integer below which a double holds every integer: 2^53.
  private static let exact: UInt64 = 1 << 53

  /// An integer, as a text where readers that take numbers for doubles would change it.
  static func integer(_ value: some BinaryInteger) -> JSONValue {
    value.magnitude <= exact ? .number("\(value)") : .string("\(value)")
  }

  /// An integer, or null.
  static func integer(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }

  /// A number in as many digits as it needs to be read back the same; null for what JSON has no number for.
  static func double(_ value: Double?) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .number("\(value)")
  }

  /// A text, or null.
  static func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }

  /// The value in JSON, two spaces a level, lists of plain values in one line.
  var text: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }

  private var isNumbers: Bool {
    switch self {
    case .null, .bool, .number, .string: true
    case .array(let elements): elements.allSatisfy(\.isNumbers)
    case .object: false
    }
  }

  private func write(to text: inout String, indent: Int) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let digits): text += digits
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      Self.write(elements, to: &text, indent: indent, isInline: isNumbers, "[", "]") { element, text in
        element.write(to: &text, indent: indent + 2)
      }
    case .object(let entries):
      Self.write(entries, to: &text, indent: indent, isInline: entries.isEmpty, "{", "}") { entry, text in
        Self.write(entry.key, to: &text)
        text += ": "
        entry.value.write(to: &text, indent: indent + 2)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], to text: inout String, indent: Int, isInline: Bool, _ open: String, _ close: String,
    _ body: (Element, inout String) -> Void
  ) {
    let lineBreak = "\n" + String(repeating: " ", count: indent)
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += isInline ? ", " : "," }
      if !isInline { text += lineBreak + "  " }
      body(element, &text)
    }
    text += isInline ? close : lineBreak + close
  }

  /// A text in quotes; what does not show as itself is escaped too, so that JSON is fit for a terminal.
  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where TerminalText.isHidden(scalar): for unit in String(scalar).utf16 { text += escaped(unit) }
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  private static func escaped(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral {
  /// A map in the order written.
  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { (key: $0.0, value: $0.1) })
  }

  /// A text.
  init(stringLiteral value: String) { self = .string(value) }
}
