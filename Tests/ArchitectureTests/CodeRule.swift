/// What no file may say, or only some files, and how long a file may be.
enum CodeRule {
  static let longestFile = 400
  private static let forbidden = ["try!", "as!", "fatalError("]

  static func check(_ source: SwiftSource, unsafeFiles: [String]) -> [Finding] {
    var findings: [Finding] = []
    for (index, line) in source.lines.enumerated() {
      for word in forbidden where contains(line.code, word) {
        findings.append(Finding(file: source.path, line: line.number, message: "says \(word)"))
      }
      if contains(line.code, "unsafe"), !unsafeFiles.contains(source.path) {
        findings.append(
          Finding(file: source.path, line: line.number, message: "says unsafe and is not listed in Architecture.md"))
      }
      if line.code.contains("@unchecked Sendable"),
        !source.lines[max(0, index - 3)...index].contains(where: \.hasComment)
      {
        findings.append(
          Finding(
            file: source.path, line: line.number, message: "@unchecked Sendable without its reason in a comment above"))
      }
    }
    if source.lines.count > longestFile {
      findings.append(
        Finding(file: source.path, line: nil, message: "has \(source.lines.count) lines, more than \(longestFile)"))
    }
    return findings
  }

  /// Files that are listed and say no `unsafe`, or are not there.
  static func needless(unsafeFiles: [String], in sources: [SwiftSource]) -> [Finding] {
    unsafeFiles.filter { path in
      !sources.contains { $0.path == path && $0.lines.contains { contains($0.code, "unsafe") } }
    }.map { Finding(file: "Architecture.md", line: nil, message: "lists \($0), which says no unsafe") }
  }

  /// Whether a word stands in code on its own: `unsafe` is not in `unsafeBytes`.
  private static func contains(_ code: String, _ word: String) -> Bool {
    var rest = code[...]
    var before: Character = " "
    while !rest.isEmpty {
      if rest.hasPrefix(word), !isPartOfName(before) {
        let after = rest.dropFirst(word.count).first
        if word.last?.isLetter != true || !isPartOfName(after ?? " ") { return true }
      }
      before = rest.removeFirst()
    }
    return false
  }

  private static func isPartOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}
