import ForeignFormats
import Foundation
import Inspection
import SystemPackage
import Testing

/// The folder of the repository in which this file lies.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// A file or directory that RLlib 2.60.0 wrote.
func rllib(_ name: String) -> FilePath {
  FilePath(repository.appending(components: "Fixtures", "rllib-2.60.0", name).path)
}

/// The report on a path.
func report(_ path: FilePath, _ options: ReportOptions = ReportOptions()) throws -> Report {
  try Report(of: try SavedState.open(path), options: options)
}

/// Compares with `Golden/<name>`, the repository's own path left out; `RLBUF_REWRITE_GOLDEN=1` rewrites the file.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent().appending(components: "Golden", name)
  let text = text.replacing(repository.path + "/", with: "")
  if ProcessInfo.processInfo.environment["RLBUF_REWRITE_GOLDEN"] == "1" {
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
  let expected = try String(contentsOf: file, encoding: .utf8)
  #expect(
    text == expected, "differs from \(file.path); look, then run with RLBUF_REWRITE_GOLDEN=1",
    sourceLocation: sourceLocation)
}

/// The names of the real dumps.
let dumps = [
  "dqn_cartpole_prioritized_2500_iteration_2.msgpack", "dqn_cartpole_prioritized_2500_iteration_4.msgpack",
  "dqn_cartpole_default_iteration_4.msgpack.zst",
]
