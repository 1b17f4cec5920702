/// In `Package.swift`, settings are declared once, targets are made by the helper functions, and dependencies follow the house plan.
enum PackageRule {
  private static let settings = [
    "swiftSettings:", "cSettings:", "cxxSettings:", "linkerSettings:", "unsafeFlags", "plugins:",
  ]
  private static let makers = [".target(", ".testTarget(", ".executableTarget(", ".macro(", ".plugin("]

  static func check(_ manifest: String, against plan: HousePlan) -> [Finding] {
    let lines = manifest.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0.hasPrefix("let package") }) else {
      return [finding(nil, "has no line \"let package\"")]
    }
    return lines.indices.flatMap { index in
      let line = lines[index]
      return (index < start ? checkHelper(line) : checkTarget(line, plan)).map { finding(index + 1, $0) }
    }
  }

  /// The functions above the package: each gives its target the settings of all.
  private static func checkHelper(_ line: Substring) -> [String] {
    guard makers.contains(where: line.contains) else { return [] }
    return line.contains("swiftSettings: settings)") ? [] : ["a helper function does not pass swiftSettings: settings"]
  }

  private static func checkTarget(_ line: Substring, _ plan: HousePlan) -> [String] {
    let own = settings.filter(line.contains).map { "a target has \($0) of its own" }
    let made = makers.filter(line.contains).map { "\($0) in place of a helper function" }
    return own + made + checkDependencies(line, plan)
  }

  /// `library("Name", ["A", "B"])`: A and B are within the reach of Name. Test targets may depend on anything.
  private static func checkDependencies(_ line: Substring, _ plan: HousePlan) -> [String] {
    let call = line.drop(while: \.isWhitespace)
    guard let maker = call.firstIndex(of: "("), call[..<maker].allSatisfy(\.isLetter), call[..<maker] != "tests" else {
      return []
    }
    let quoted = call[maker...].prefix { $0 != "]" }.split(separator: "\"", omittingEmptySubsequences: false)
    let names = quoted.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    guard let target = names.first else { return [] }
    guard plan.target(target) != nil else { return ["\(target) has no row in Architecture.md"] }
    let reach = plan.reach(of: target)
    return names.dropFirst().filter { !reach.contains($0) }.map { "\(target) may not depend on \($0)" }
  }

  private static func finding(_ line: Int?, _ message: String) -> Finding {
    Finding(file: "Package.swift", line: line, message: message)
  }
}
