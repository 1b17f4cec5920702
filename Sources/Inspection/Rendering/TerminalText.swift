internal import BufferFiles

/// Text from files, made fit for a terminal: nothing in it moves the cursor, changes the direction or is invisible.
/// - Source: Unicode Technical Report 36, "Unicode Security Considerations".
public enum TerminalText {
  /// How many combining marks may stand on one character; more of them reach into the lines above and below.
  private static let maximumMarks = 3

  /// The text with `\u{..}` for every character that does not show as itself. Doing it twice changes nothing.
  public static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) { return text }
    var result = ""
    var marks = maximumMarks
    for scalar in text.unicodeScalars {
      marks = isMark(scalar) ? marks + 1 : 0
      if isHidden(scalar) || marks > maximumMarks {
        result += "\\u{\(String(scalar.value, radix: 16))}"
        marks = 0
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Bytes that should be UTF-8 as a text, with `\xff` for those that are not; nothing else is changed.
  static func decoded(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var rest = bytes[...]
    while let first = rest.first {
      let length = (1...min(4, rest.count)).first { String(validating: rest.prefix($0), as: UTF8.self) != nil }
      text += length.map { String(decoding: rest.prefix($0), as: UTF8.self) } ?? "\\x" + CollectionOfOne(first).hexadecimal
      rest = rest.dropFirst(length ?? 1)
    }
    return text
  }

  /// Whether a character does not show as itself: control, format (bidirectional among them), line ends, private,
  /// unassigned, and spaces other than the one.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if (0x20...0x7e).contains(scalar.value) { return false }
    if scalar.properties.isDefaultIgnorableCodePoint { return true }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      true
    default: false
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    return switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: false
    }
  }
}

extension TerminalText {
  /// How many columns of a terminal an escaped text takes.
  static func width(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + columns($1) }
  }

  /// - Source: Unicode Standard Annex 11, `EastAsianWidth.txt`, wide and fullwidth blocks.
  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    if isMark(scalar) { return 0 }
    return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3,
    0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff,
    0x1f900...0x1f9ff, 0x20000...0x3fffd,
  ]

  /// The text filled with spaces to a width, on the right or, for numbers, on the left.
  static func padded(_ text: String, to width: Int, onTheLeft: Bool = false) -> String {
    let spaces = String(repeating: " ", count: max(0, width - self.width(text)))
    return onTheLeft ? spaces + text : text + spaces
  }

  /// The text cut to a width, with an ellipsis in its middle: names differ at either end.
  static func shortened(_ text: String, to width: Int) -> String {
    guard self.width(text) > width, width > 0 else { return text }
    let room = width - 1
    let tail = fitting(String(text.reversed()), room / 2)
    let head = fitting(text, room - self.width(tail))
    return head + "…" + String(tail.reversed())
  }

  /// As many of the first characters as fit.
  static func fitting(_ text: String, _ width: Int) -> String {
    var taken = ""
    var room = width
    for character in text {
      room -= self.width(String(character))
      if room < 0 { break }
      taken.append(character)
    }
    return taken
  }
}
