/// A Swift file with its code told apart from comments and text.
struct SwiftSource {
  struct Line {
    var number: Int
    /// The line with comments and the content of string literals left out.
    var code: String
    /// Whether it ends or holds a documentation comment.
    var isDocumentation: Bool
    /// Whether it holds any comment.
    var hasComment: Bool
  }

  /// Below `Sources`: `MessagePack/Token.swift`.
  var path: String
  var lines: [Line]

  var target: String { String(path.prefix { $0 != "/" }) }

  init(path: String, text: String) {
    self.path = path
    var masker = Masker()
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
      masker.line($0.offset + 1, $0.element)
    }
    if lines.last?.code.isEmpty == true { lines.removeLast() }
  }
}

/// Reads a file line by line; knows whether a line begins inside a block comment or a text of several lines.
///
/// A simple reader of Swift: interpolations count as text, regular expression literals as code.
private struct Masker {
  private var commentDepth = 0
  private var inDocumentation = false
  /// The end of the string literal that is open, such as `"""` or `"#`.
  private var stringEnd: String?

  mutating func line(_ number: Int, _ text: Substring) -> SwiftSource.Line {
    var line = SwiftSource.Line(number: number, code: "", isDocumentation: false, hasComment: commentDepth > 0)
    line.isDocumentation = inDocumentation
    var rest = text
    while !rest.isEmpty {
      if commentDepth > 0 {
        readComment(&rest)
      } else if let end = stringEnd {
        readString(&rest, until: end, into: &line.code)
      } else if rest.hasPrefix("//") {
        line.hasComment = true
        line.isDocumentation = rest.hasPrefix("///")
        return line
      } else if rest.hasPrefix("/*") {
        line.hasComment = true
        commentDepth = 1
        inDocumentation = rest.hasPrefix("/**") && !rest.hasPrefix("/**/")
        line.isDocumentation = line.isDocumentation || inDocumentation
        rest.removeFirst(2)
      } else if let opening = stringOpening(rest) {
        line.code += "\""
        stringEnd = String(opening.reversed())
        rest.removeFirst(opening.count)
      } else {
        line.code.append(rest.removeFirst())
      }
    }
    if let end = stringEnd, !end.contains("\"\"\"") { stringEnd = nil }
    return line
  }

  private mutating func readComment(_ rest: inout Substring) {
    if rest.hasPrefix("*/") {
      commentDepth -= 1
      if commentDepth == 0 { inDocumentation = false }
      rest.removeFirst(2)
    } else if rest.hasPrefix("/*") {
      commentDepth += 1
      rest.removeFirst(2)
    } else {
      rest.removeFirst()
    }
  }

  private mutating func readString(_ rest: inout Substring, until end: String, into code: inout String) {
    if rest.hasPrefix(end) {
      code += "\""
      stringEnd = nil
      rest.removeFirst(end.count)
    } else {
      rest.removeFirst(rest.hasPrefix("\\") && !end.hasSuffix("#") ? min(2, rest.count) : 1)
    }
  }

  private func stringOpening(_ rest: Substring) -> String? {
    let hashes = rest.prefix { $0 == "#" }
    let quotes = rest.dropFirst(hashes.count)
    if quotes.hasPrefix("\"\"\"") { return hashes + "\"\"\"" }
    return quotes.hasPrefix("\"") ? hashes + "\"" : nil
  }
}
