/// A target imports what its row of the house plan allows, and nothing points up.
enum ImportRule {
  private static let modifiers: Set = ["public", "internal", "package", "private", "fileprivate", "open"]
  private static let kinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]

  /// The modules that a file imports, with the lines.
  static func imports(in source: SwiftSource) -> [(module: String, line: Int)] {
    source.lines.flatMap { line in
      line.code.split(separator: ";").compactMap { statement in
        module(importedBy: statement).map { ($0, line.number) }
      }
    }
  }

  static func check(_ source: SwiftSource, against plan: HousePlan) -> [Finding] {
    imports(in: source).compactMap { module, line in
      guard let reason = objection(to: module, in: source.target, plan) else { return nil }
      return Finding(file: source.path, line: line, message: reason)
    }
  }

  /// What is wrong with the plan itself: rows that point up or to nothing, C modules with several importers.
  static func check(_ plan: HousePlan) -> [Finding] {
    let pointing = plan.targets.flatMap { target in
      target.imports.compactMap { name -> String? in
        guard let lower = plan.target(name) else { return "\(target.name) imports \(name), which has no row" }
        return isBelow(lower, target, in: plan) ? nil : "\(target.name) imports \(name), which is not below it"
      }
    }
    let shared = plan.targets.filter { $0.isCModule }.compactMap { module -> String? in
      let importers = plan.targets.filter { $0.imports.contains(module.name) }.map(\.name)
      return importers.count == 1 ? nil : "\(module.name) must have one importer, has \(importers)"
    }
    let unknown = plan.outsideModules.sorted { $0.key < $1.key }.flatMap { module, importers in
      importers.filter { plan.target($0) == nil }.map { "\(module) is for \($0), which has no row" }
    }
    return (pointing + shared + unknown).map { Finding(file: "Architecture.md", line: nil, message: $0) }
  }

  private static func objection(to module: String, in target: String, _ plan: HousePlan) -> String? {
    guard plan.target(target) != nil else { return "\(target) has no row in Architecture.md" }
    if module == target { return "\(target) imports itself" }
    if let importers = plan.outsideModules[module] {
      return importers.contains(target) ? nil : "\(target) may not import \(module)"
    }
    guard plan.target(module) != nil else { return "\(module) is not in Architecture.md" }
    return plan.reach(of: target).contains(module) ? nil : "\(target) may not import \(module)"
  }

  /// Whether the plan lists one target after the other. Test support is below nothing and above everything.
  private static func isBelow(_ lower: HousePlan.Target, _ upper: HousePlan.Target, in plan: HousePlan) -> Bool {
    guard !lower.isTestSupport, !upper.isTestSupport else { return !lower.isTestSupport }
    let names = plan.targets.map(\.name)
    guard let low = names.firstIndex(of: lower.name), let high = names.firstIndex(of: upper.name) else { return false }
    return low > high
  }

  private static func module(importedBy statement: Substring) -> String? {
    var words = statement.split(whereSeparator: \.isWhitespace)[...]
    while let word = words.first, word.hasPrefix("@") || modifiers.contains(String(word)) { words.removeFirst() }
    guard words.popFirst() == "import" else { return nil }
    if let word = words.first, kinds.contains(String(word)) { words.removeFirst() }
    return words.first.map { String($0.prefix { $0 != "." }) }
  }
}
