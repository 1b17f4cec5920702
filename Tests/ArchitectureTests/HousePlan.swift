import Foundation

/// The tables of `Architecture.md`.
struct HousePlan {
  struct Target {
    var name: String
    /// A number, `-` for a C module, or `support`.
    var floor: String
    var imports: [String]

    var isCModule: Bool { floor == "-" }
    var isTestSupport: Bool { floor == "support" }
  }

  struct MissingTable: Error, CustomStringConvertible {
    var heading: String
    var description: String { "Architecture.md has no table, or an empty one, under \"## \(heading)\"" }
  }

  /// Highest first.
  var targets: [Target]
  /// Module from outside to the targets that may import it.
  var outsideModules: [String: [String]]
  /// Paths below `Sources`.
  var unsafeFiles: [String]
  var topLevel: [String]

  init(page: String) throws {
    targets = try Self.rows(under: "Floors", of: page).map { row in
      Target(name: Self.names(row[1])[0], floor: row[0], imports: Self.names(row[3]))
    }
    outsideModules = try Dictionary(
      uniqueKeysWithValues: Self.rows(under: "Modules from outside", of: page).map {
        (Self.names($0[0])[0], Self.names($0[2]))
      })
    unsafeFiles = try Self.rows(under: "Files that say `unsafe`", of: page).map { Self.names($0[0])[0] }
    topLevel = try Self.rows(under: "Top level", of: page).map { Self.names($0[0])[0] }
  }

  func target(_ name: String) -> Target? {
    targets.first { $0.name == name }
  }

  /// What a target may import of the house: what its row names and what those import in turn, without their C modules.
  func reach(of name: String) -> Set<String> {
    guard let target = target(name) else { return [] }
    return target.imports.reduce(into: Set(target.imports)) { reach, lower in
      reach.formUnion(self.reach(of: lower).filter { self.target($0)?.isCModule != true })
    }
  }

  // MARK: Parsing

  /// The cells of the rows of the table under a heading, without the two rows of its head.
  private static func rows(under heading: String, of page: String) throws -> [[String]] {
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: "## \(heading)") else { throw MissingTable(heading: heading) }
    let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
    let rows = section.filter { $0.hasPrefix("|") }.dropFirst(2).map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    guard !rows.isEmpty else { throw MissingTable(heading: heading) }
    return rows
  }

  /// What stands between backticks in a cell.
  private static func names(_ cell: String) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
      String($0.element)
    }
  }
}
