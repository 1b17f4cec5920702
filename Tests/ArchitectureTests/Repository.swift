import Foundation

/// The files of this repository, as far as the rules look at them.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().standardizedFileURL

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The names in a folder, sorted.
  static func entries(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: path).path(percentEncoded: false)).sorted()
  }

  /// Every Swift file of every target in `Sources`.
  static func sources() throws -> [SwiftSource] {
    let folder = root.appending(path: "Sources").path(percentEncoded: false)
    let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      SwiftSource(path: path, text: try text("Sources/\(path)"))
    }
  }

  static func housePlan() throws -> HousePlan {
    try HousePlan(page: text("Sources/RLBuf/Documentation.docc/Architecture.md"))
  }
}
