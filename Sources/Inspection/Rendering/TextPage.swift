/// A page of text as it grows: titles, facts, tables and notes, at a width and in a style.
///
/// Every text that goes in is escaped here, so that nothing from a file reaches a terminal as it is.
struct TextPage {
  /// How many columns a line may have.
  let width: Int
  /// How titles and secondary text are set off.
  let style: TextStyle
  private var lines: [String] = []

  /// What facts, tables and notes stand behind.
  static let indent = 2

  /// An empty page.
  init(width: Int, style: TextStyle) {
    self.width = max(40, width)
    self.style = style
  }

  /// The page, with a line end behind every line.
  var text: String { lines.map { $0 + "\n" }.joined() }

  /// The name of what the page is about, never cut or wrapped, so that it can be copied.
  mutating func title(_ text: String) {
    lines.append(style.apply(.strong, to: TerminalText.escaped(text)))
  }

  /// An empty line and the name of a section, with a remark.
  mutating func heading(_ text: String, remark: String = "") {
    blank()
    let (text, remark) = (TerminalText.escaped(text), remark.isEmpty ? "" : " (\(TerminalText.escaped(remark)))")
    let fits = TerminalText.width(text) + TerminalText.width(remark) <= width
    for (number, line) in Self.wrapped(text, to: width).enumerated() {
      lines.append(style.apply(.strong, to: line) + (fits && number == 0 ? style.apply(.secondary, to: remark) : ""))
    }
    if !fits, !remark.isEmpty { paragraph(String(remark.dropFirst()), .secondary) }
  }

  /// An empty line, unless there is one.
  mutating func blank() {
    if let last = lines.last, !last.isEmpty { lines.append("") }
  }

  /// A sentence, wrapped.
  mutating func paragraph(_ text: String, _ emphasis: Emphasis = .normal, indent: Int = indent) {
    for line in Self.wrapped(TerminalText.escaped(text), to: width - indent) {
      lines.append(String(repeating: " ", count: indent) + style.apply(emphasis, to: line))
    }
  }

  /// Labels with what they stand for, the texts below each other; further lines of a text stand under its first.
  mutating func facts(_ facts: [(label: String, text: String)]) {
    let facts = facts.map { (TerminalText.shortened(TerminalText.escaped($0.label), to: width / 2), $0.text) }
    let labelWidth = facts.reduce(0) { max($0, TerminalText.width($1.0)) } + 2
    let indent = String(repeating: " ", count: Self.indent)
    for (label, text) in facts {
      let room = max(20, width - Self.indent - labelWidth)
      for (number, line) in Self.wrapped(TerminalText.escaped(text), to: room).enumerated() {
        let label = TerminalText.padded(number == 0 ? label : "", to: labelWidth)
        lines.append(indent + style.apply(.secondary, to: label) + line)
      }
    }
  }

  /// A table, with a note where columns were left out for lack of room.
  mutating func table(_ table: TextTable, omission: String = "give more width") {
    let (head, rows, omitted) = table.laidOut(width: width - Self.indent)
    let indent = String(repeating: " ", count: Self.indent)
    if !head.isEmpty { lines.append(indent + style.apply(.secondary, to: head)) }
    for row in rows { lines.append(row.isEmpty ? "" : indent + row) }
    if !omitted.isEmpty, !omission.isEmpty {
      // "More columns" would read as more columns of the buffer.
      let names = omitted.count > 6 ? NumberText.count(omitted.count, "column") : omitted.joined(separator: ", ")
      paragraph("… no room for \(names): \(omission)", .secondary)
    }
  }

  /// Text broken at spaces into lines of at most `width` columns; a longer word is broken anywhere.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    guard TerminalText.width(text) > width else { return [text] }
    var lines = [""]
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var word = String(word)
      let last = lines[lines.count - 1]
      if TerminalText.width(last) + 1 + TerminalText.width(word) <= width {
        lines[lines.count - 1] = last.isEmpty ? word : last + " " + word
        continue
      }
      if !last.isEmpty { lines.append("") }
      while TerminalText.width(word) > width {
        let part = TerminalText.fitting(word, width)
        lines[lines.count - 1] = part
        lines.append("")
        word.removeFirst(max(1, part.count))
      }
      lines[lines.count - 1] = word
    }
    return lines
  }
}
