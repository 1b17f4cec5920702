internal import StateTree

/// Writes one JSON text.
struct JSONWriter {
  let layout: StateJSON.Layout
  let nonFinite: StateJSON.NonFinite
  private(set) var text = ""
  private var level = 0

  init(layout: StateJSON.Layout, nonFinite: StateJSON.NonFinite) {
    self.layout = layout
    self.nonFinite = nonFinite
  }

  mutating func write(_ value: StateValue, at path: StatePath) throws(CheckpointError) {
    switch value {
    case .nil: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .double(let value): text += Self.number(value, nonFinite)
    case .string(let value): text += Self.quoted(value)
    case .array(let elements): try write(elements, at: path)
    case .map(let map): try write(map, at: path)
    case .bytes, .tensor: throw .notJSON(path: path.description, found: value.typeName)
    }
  }

  private mutating func write(_ elements: [StateValue], at path: StatePath) throws(CheckpointError) {
    let isFlat = layout == .line || elements.allSatisfy(\.isPlain)
    text += "["
    level += 1
    for (index, element) in elements.enumerated() {
      separate(index, isFlat: isFlat)
      try write(element, at: path / index)
    }
    level -= 1
    close("]", isEmpty: elements.isEmpty, isFlat: isFlat)
  }

  private mutating func write(_ map: StateMap, at path: StatePath) throws(CheckpointError) {
    text += "{"
    level += 1
    for (index, entry) in map.enumerated() {
      separate(index, isFlat: layout == .line)
      text += Self.quoted(entry.key.string) + ": "
      try write(entry.value, at: path / entry.key)
    }
    level -= 1
    close("}", isEmpty: map.isEmpty, isFlat: layout == .line)
  }

  private mutating func separate(_ index: Int, isFlat: Bool) {
    if index > 0 { text += isFlat ? ", " : "," }
    if !isFlat { breakLine() }
  }

  private mutating func close(_ bracket: String, isEmpty: Bool, isFlat: Bool) {
    if !isEmpty, !isFlat { breakLine() }
    text += bracket
  }

  private mutating func breakLine() { text += "\n" + String(repeating: "  ", count: level) }

  private static func number(_ value: Double, _ nonFinite: StateJSON.NonFinite) -> String {
    if value.isFinite { return value.description }
    if nonFinite == .null { return "null" }
    return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
  }

  /// A text in quotes; what does not show as itself is escaped too, so that JSON is fit for a terminal.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
          for unit in String(scalar).utf16 { quoted += escape(unit) }
        default: quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }

  private static func escape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension StateValue {
  /// Whether it is neither a list nor a map.
  fileprivate var isPlain: Bool {
    switch self {
    case .array, .map: false
    default: true
    }
  }
}
