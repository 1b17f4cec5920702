import CheckpointsTestSupport
import Foundation
import SystemPackage
import Testing

/// Cases of the command line, each a file of commands with what they print and how they end.
///
/// A line that begins with `$ rlbuf` is run; the lines up to the next one are what is expected: standard output, then
/// lines that begin with `! ` for standard error, then `= N` for the exit code. `{fixtures}` and `{tmp}` stand for
/// folders. RLBUF_REWRITE_GOLDEN=1 writes what was found instead.
@Suite("The command line does what its cases say")
struct CaseTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")

  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".case") }.sorted()

  @Test func `there are cases`() { #expect(Self.names.count >= 5) }

  @Test(arguments: names) func `a case holds`(name: String) throws {
    let file = Self.folder.appendingPathComponent(name)
    let expected = try String(contentsOf: file, encoding: .utf8)
    let (folder, links) = (try TemporaryFolder(), try TemporaryFolder())
    defer {
      folder.remove()
      links.remove()
    }
    // By a name of ours: paths that need quotes, as the repository's may, are printed with them.
    let fixtures = links.url("fixtures")
    try FileManager.default.createSymbolicLink(at: fixtures, withDestinationURL: Binary.fixtures)
    if ["run.case", "prune.case"].contains(name) { try Self.writeRuns(into: folder) }
    let found = try expected.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { $0.hasPrefix("$ ") || $0.hasPrefix("#") }
      .map { $0.hasPrefix("#") ? "\($0)\n" : try Self.run(String($0), ["{fixtures}": fixtures.path, "{tmp}": folder.root.path]) }
      .joined()
    if ProcessInfo.processInfo.environment["RLBUF_REWRITE_GOLDEN"] == "1" {
      try found.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(found == expected, "\(name) differs; RLBUF_REWRITE_GOLDEN=1 writes what was found")
    }
  }

  /// Two runs of one training and one of another seed, all written hours ago.
  private static func writeRuns(into folder: TemporaryFolder) throws {
    for (name, seed) in [("a", 7), ("b", 7), ("c", 8)] as [(String, UInt64)] {
      try RunSample.write(to: FilePath(folder.url(name).path), seed: seed, runID: "run-\(name)")
    }
    let all = try #require(FileManager.default.enumerator(at: folder.root, includingPropertiesForKeys: nil))
    for case let url as URL in all {
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -19_800)], ofItemAtPath: url.path)
    }
  }

  /// Runs one command and returns its part of the case.
  private static func run(_ line: String, _ places: [String: String]) throws -> String {
    let words = line.dropFirst(2).split(separator: " ").map { word in
      places.reduce(String(word)) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
    }
    let outcome = try Binary.run(Array(words.dropFirst()), environment: ["COLUMNS": "100"])
    var text = line + "\n" + outcome.output
    if !outcome.output.isEmpty, !outcome.output.hasSuffix("\n") { text += "\\ no line break at the end\n" }
    text += outcome.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { "! \($0)\n" }.joined()
    text += "= \(outcome.signal == 0 ? "\(outcome.exitCode)" : "signal \(outcome.signal)")\n"
    // A file's provenance names its host and its source, so that its size is not the same everywhere.
    text = text.replacing(/[0-9.]+ k?B from/, with: "{size} from")
    // So does the lock file of an experiment.
    text = text.replacing(/[0-9.]+ k?B on disk$/.anchorsMatchLineEndings(), with: "{size} on disk")
    text = text.replacing(/"modified": "[0-9TZ:-]+"/, with: "\"modified\": \"{time}\"")
    return places.reduce(text) { $0.replacingOccurrences(of: $1.value, with: $1.key) }
  }
}
