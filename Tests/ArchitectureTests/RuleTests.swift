import Testing

/// The rules must be able to fail: each of them on small pieces that break it, and on neighbours that do not.
@Suite struct RuleTests {
  static let page = """
    ## Floors
    | floor | target | what | imports |
    | --- | --- | --- | --- |
    | 2 | `Files` | x | `States` |
    | 1 | `States` | x | `Codec` |
    | 0 | `Codec` | x | `CCodec` |
    | - | `CCodec` | x | |
    | support | `FilesTestSupport` | x | `Files` |
    ## Modules from outside
    | module | of | imported by |
    | --- | --- | --- |
    | `Crypto` | x | `Files` |
    ## Files that say `unsafe`
    | file | what for |
    | --- | --- |
    | `Codec/C.swift` | x |
    ## Top level
    | entry | what |
    | --- | --- |
    | `Sources` | x |
    """

  private func source(_ path: String, _ text: String) -> SwiftSource {
    SwiftSource(path: path, text: text)
  }

  // MARK: Imports

  @Test(arguments: [
    ("States", "import Files", "States may not import Files"),
    ("States", "public import Files", "States may not import Files"),
    ("States", "@_exported public import Files", "States may not import Files"),
    ("Files", "internal import CCodec", "Files may not import CCodec"),
    ("States", "internal import Crypto", "States may not import Crypto"),
    ("Files", "import Foundation", "Foundation is not in Architecture.md"),
    ("Files", "import struct Foundation.Data", "Foundation is not in Architecture.md"),
    ("Files", "import FilesTestSupport", "Files may not import FilesTestSupport"),
    ("Files", "import States; import Dispatch", "Dispatch is not in Architecture.md"),
    ("Other", "import Codec", "Other has no row in Architecture.md"),
  ])
  func `A forbidden import is found`(target: String, text: String, message: String) throws {
    let findings = ImportRule.check(source("\(target)/A.swift", "\n" + text), against: try HousePlan(page: Self.page))
    #expect(findings == [Finding(file: "\(target)/A.swift", line: 2, message: message)])
  }

  @Test(arguments: [
    ("Files", "public import States\ninternal import Codec"), ("Files", "internal import Crypto"),
    ("Codec", "internal import CCodec"),
    ("FilesTestSupport", "public import Files"),
    ("States", "// import Files\n/* import Files */ let text = \"import Files\""),
    ("States", "let text = \"\"\"\n  import Files\n  \"\"\""),
  ])
  func `An allowed import, or one in comments and text, is not found`(target: String, text: String) throws {
    #expect(try ImportRule.check(source("\(target)/A.swift", text), against: HousePlan(page: Self.page)).isEmpty)
  }

  @Test(arguments: [
    (
      "| 0 | `Codec` | x | `CCodec` |", "| 0 | `Codec` | x | `CCodec`, `States` |",
      "Codec imports States, which is not below it"
    ),
    (
      "| 2 | `Files` | x | `States` |", "| 2 | `Files` | x | `States`, `CCodec` |",
      "CCodec must have one importer, has [\"Files\", \"Codec\"]"
    ),
    (
      "| 1 | `States` | x | `Codec` |", "| 1 | `States` | x | `Codec`, `Nothing` |",
      "States imports Nothing, which has no row"
    ),
    (
      "| 2 | `Files` | x | `States` |", "| 2 | `Files` | x | `FilesTestSupport` |",
      "Files imports FilesTestSupport, which is not below it"
    ),
    ("| `Crypto` | x | `Files` |", "| `Crypto` | x | `File` |", "Crypto is for File, which has no row"),
  ])
  func `A plan that points up or shares a C module is found`(row: String, changed: String, message: String) throws {
    #expect(try ImportRule.check(HousePlan(page: Self.page)).isEmpty)
    let page = Self.page.split(separator: "\n").map { $0 == row ? changed : String($0) }.joined(separator: "\n")
    try #require(page != Self.page)
    #expect(ImportRule.check(try HousePlan(page: page)).map(\.message) == [message])
  }

  @Test(arguments: ["Floors", "Modules from outside", "Files that say `unsafe`", "Top level"])
  func `A page without one of its tables is refused`(heading: String) {
    let page = Self.page.split(separator: "\n").map { $0 == "## \(heading)" ? "## Else" : String($0) }.joined(
      separator: "\n")
    #expect(throws: HousePlan.MissingTable.self) { try HousePlan(page: page) }
  }

  // MARK: Documentation

  @Test(arguments: [
    ("public struct A {}", 1), ("public func a() {}", 1), ("  public static let a = 1", 1),
    ("// Not for readers.\npublic var a: Int", 2),
    ("@inlinable\npublic init() {}", 2), ("public private(set) var a = 1", 1), ("public mutating func a()", 1),
    ("/// A.\npublic enum A {\n  case one\n}", 3),
    ("/// A.\npublic enum A {\n  /// One.\n  case one\n  indirect case two(A)\n}", 5),
    ("/// A.\npublic protocol A {\n  func a()\n}", 3), ("/// A.\npublic protocol A {\n  associatedtype B\n}", 3),
    ("public extension A {\n  func a() {}\n}", 2), ("/// A.\n\npublic struct A {}", 3),
    ("/* A. */\npublic struct A {}", 2),
    ("/// A.\npublic var a: Int { 1 }\npublic var b: Int { 1 }", 3), ("let text = \"/// A.\"\npublic struct A {}", 2),
    ("/// A.\npublic struct A: Sequence\nwhere B: C {\n  public subscript(a: Int) -> Int { a }\n}", 4),
    ("open class A {}", 1),
  ])
  func `A public declaration without a doc comment is found`(text: String, line: Int) {
    #expect(DocumentationRule.check(source("A/A.swift", text)).map(\.line) == [line])
  }

  @Test(arguments: [
    "/// A.\npublic struct A {}", "/** A. */\npublic struct A {}", "/**\n A.\n */\n@frozen\npublic struct A {}",
    "/// A.\n@available(*, deprecated)\n@inlinable public func a() {}", "public import A", "public extension A {}",
    "struct A { enum B { case c } }",
    "/// A.\npublic struct A {\n  enum B {\n    case c\n  }\n}",
    "/// A.\npublic enum A {\n  /// One.\n  case one, two\n  var b: Int { switch self { case .one: 1 } }\n}",
    "/// A.\npublic enum A {\n  private func a() {\n    switch b {\n    case .one: 1\n    }\n  }\n}",
    "extension A { /** A. */ public var a: Int { 1 } }",
    "let publicName = 1", "private var open = 1", "func open(a: Int) {}",
    "public extension A {\n  private func a() {}\n}",
  ])
  func `What is documented, or not public, is not found`(text: String) {
    #expect(DocumentationRule.check(source("A/A.swift", text)).isEmpty)
  }

  // MARK: Code

  @Test(arguments: [
    ("let a = try! b()", "says try!"), ("let a = b as! Int", "says as!"), ("fatalError(\"x\")", "says fatalError("),
    ("let a = unsafe b()", "says unsafe and is not listed in Architecture.md"),
    ("nonisolated(unsafe) var a = 1", "says unsafe and is not listed in Architecture.md"),
    ("final class A: @unchecked Sendable {}", "@unchecked Sendable without its reason in a comment above"),
  ])
  func `What no file may say is found`(text: String, message: String) {
    let findings = CodeRule.check(source("A/A.swift", text), unsafeFiles: ["Codec/C.swift"])
    #expect(findings == [Finding(file: "A/A.swift", line: 1, message: message)])
  }

  @Test(arguments: [
    "let a = try? b as? Int", "// try! and unsafe", "let a = \"as! unsafe\"", "a.withUnsafeBytes { unsafeBytes in }",
    "let a = #\"try! \\\"#", "/* fatalError( /* nested */ unsafe */ let a = 1",
    "// Reason: a lock.\nfinal class A: @unchecked Sendable {}",
    "let a = \"\\\"\" // unsafe", "myFatalError(1); alias!",
  ])
  func `What only looks like it is not found`(text: String) {
    #expect(CodeRule.check(source("A/A.swift", text), unsafeFiles: []).isEmpty)
  }

  @Test func `A listed file may say unsafe, and must`() {
    let listed = source("Codec/C.swift", "let a = unsafe b()")
    #expect(CodeRule.check(listed, unsafeFiles: ["Codec/C.swift"]).isEmpty)
    #expect(CodeRule.needless(unsafeFiles: ["Codec/C.swift"], in: [listed]).isEmpty)
    #expect(CodeRule.needless(unsafeFiles: ["Codec/C.swift", "Codec/D.swift"], in: [listed]).count == 1)
  }

  @Test(arguments: [(400, 0), (401, 1)])
  func `A file of more than 400 lines is found`(count: Int, findings: Int) {
    let text = String(repeating: "let a = 1\n", count: count)
    #expect(CodeRule.check(source("A/A.swift", text), unsafeFiles: []).count == findings)
  }

  // MARK: Package and top level

  @Test(
    arguments: [
      ("library(\"States\", [\"Codec\", crypto]),", []), ("tests(\"StatesTests\", [\"Files\"]),", []),
      (".systemLibrary(name: \"CCodec\"),", []),
      ("library(\"States\", [\"Files\"]),", ["States may not depend on Files"]),
      ("library(\"Files\", [\"CCodec\"]),", ["Files may not depend on CCodec"]),
      ("library(\"Else\", []),", ["Else has no row in Architecture.md"]),
      (".target(name: \"States\"),", [".target( in place of a helper function"]),
      (
        ".target(name: \"States\", swiftSettings: [.unsafeFlags([])]),",
        [
          "a target has swiftSettings: of its own", "a target has unsafeFlags of its own",
          ".target( in place of a helper function",
        ]
      ),
    ] as [(String, [String])])
  func `A target with settings or dependencies of its own is found`(line: String, messages: [String]) throws {
    let manifest = "func a() { .target(name: a, swiftSettings: settings) }\nlet package = Package(\n  \(line)\n)"
    #expect(PackageRule.check(manifest, against: try HousePlan(page: Self.page)).map(\.message) == messages)
  }

  @Test func `A helper function without the settings of all is found`() throws {
    let manifest = "func a() { .testTarget(name: a) }\nlet package = Package()"
    #expect(PackageRule.check(manifest, against: try HousePlan(page: Self.page)).map(\.line) == [1])
  }

  @Test func `A stranger at the top level is found`() {
    let findings = TopLevelRule.check([".build-tests", ".git", "Sources", "notes.txt", "runs"], allowed: ["Sources"])
    #expect(findings.map(\.file) == ["notes.txt"])
  }
}
