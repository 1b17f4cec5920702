/// Every public declaration has a doc comment; cases of public enums and requirements of public protocols count as public.
struct DocumentationRule {
  private enum Scope {
    case publicEnum, publicProtocol, publicExtension, other
  }

  private static let declaring: Set = [
    "func", "var", "let", "init", "struct", "enum", "protocol", "typealias", "subscript", "class", "actor",
    "associatedtype", "macro",
  ]
  private static let hidden: Set = ["private", "fileprivate", "internal", "package"]

  private var scopes: [Scope] = []
  /// What the next `{` opens.
  private var next = Scope.other

  static func check(_ source: SwiftSource) -> [Finding] {
    var rule = DocumentationRule()
    return source.lines.indices.compactMap { index in
      let line = source.lines[index]
      let words = Self.words(of: line.code)
      let isPublic = rule.isPublicDeclaration(words)
      rule.follow(line.code, words)
      guard isPublic, !isDocumented(index, in: source.lines) else { return nil }
      return Finding(
        file: source.path, line: line.number,
        message: "public, without a doc comment: \(words.prefix(6).joined(separator: " "))")
    }
  }

  private func isPublicDeclaration(_ words: [Substring]) -> Bool {
    let isDeclaration = words.contains { Self.declaring.contains(String($0)) }
    if Self.isMarkedPublic(words) {
      return isDeclaration && !words.contains("extension") && !words.contains("import")
    }
    switch scopes.last {
    case .publicEnum: return words.first == "case" || words.starts(with: ["indirect", "case"])
    case .publicProtocol: return isDeclaration
    case .publicExtension: return isDeclaration && !words.contains { Self.hidden.contains(String($0)) }
    case .other, nil: return false
    }
  }

  /// Keeps the scopes in step with the braces of a line.
  private mutating func follow(_ code: String, _ words: [Substring]) {
    if words.contains(where: { Self.declaring.contains(String($0)) || $0 == "extension" }) {
      next = Self.scope(declaredBy: words)
    }
    for character in code {
      if character == "{" {
        scopes.append(next)
        next = .other
      } else if character == "}" {
        _ = scopes.popLast()
      }
    }
  }

  private static func scope(declaredBy words: [Substring]) -> Scope {
    guard isMarkedPublic(words) else { return .other }
    if words.contains("enum") { return .publicEnum }
    if words.contains("protocol") { return .publicProtocol }
    return words.contains("extension") ? .publicExtension : .other
  }

  /// Whether `public` or `open` stands before what is declared: a variable may be called `open`.
  private static func isMarkedPublic(_ words: [Substring]) -> Bool {
    words.prefix { !declaring.contains(String($0)) }.contains { $0 == "public" || $0 == "open" }
  }

  /// The words before a body, a value or parameters: `public var path: String { get }` gives public, var, path.
  private static func words(of code: String) -> [Substring] {
    let head = code.prefix { $0 != "=" && $0 != ":" }
    return head.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "@" }
  }

  /// Whether the line itself or the nearest line above, attributes left out, is a doc comment.
  private static func isDocumented(_ index: Int, in lines: [SwiftSource.Line]) -> Bool {
    if lines[index].isDocumentation { return true }
    let above = lines[..<index].reversed().first { !$0.code.drop(while: \.isWhitespace).hasPrefix("@") }
    guard let above else { return false }
    return above.isDocumentation && above.code.allSatisfy(\.isWhitespace)
  }
}
