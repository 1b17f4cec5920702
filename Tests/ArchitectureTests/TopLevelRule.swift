/// At the top of the repository lies only what `Architecture.md` names.
enum TopLevelRule {
  /// What git ignores, and git itself.
  private static func isIgnored(_ entry: String) -> Bool {
    entry == ".git" || entry.hasPrefix(".build") || entry == "Package.resolved" || entry == "runs"
      || entry == ".swiftpm"
  }

  static func check(_ entries: [String], allowed: [String]) -> [Finding] {
    entries.filter { !allowed.contains($0) && !isIgnored($0) }.map { entry in
      Finding(file: entry, line: nil, message: "does not belong at the top level")
    }
  }
}
