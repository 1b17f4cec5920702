import CheckpointsTestSupport
import Foundation
import Glibc
import SystemPackage

/// Directories that nobody should trust, each made on the spot.
extension BadFiles {
  static let directories: [Case] = [
    manifest("manifest that is a FIFO") { url in
      guard unsafe mkfifo(url.path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
    },
    manifest("manifest that is a directory") {
      try FileManager.default.createDirectory(at: $0, withIntermediateDirectories: true)
    },
    manifest("manifest that is a link") {
      try FileManager.default.createSymbolicLink(atPath: $0.path, withDestinationPath: "/etc/passwd")
    },
    manifest("manifest that is empty") { try Data().write(to: $0) },
    manifest("manifest that is no JSON") { try Data("{\"format\": ".utf8).write(to: $0) },
    manifest("manifest of 100,000 levels") { try Data(repeating: UInt8(ascii: "["), count: 100_000).write(to: $0) },
    manifest("manifest of others") { try Data("{\"format\": \"orbax\", \"version\": 1}".utf8).write(to: $0) },
    edited("manifest that names a file above it") { $0.replacing("\"env_runner/state.msgpack.zst\"", with: "\"../../../etc/passwd\"") },
    edited("manifest that names a file by its root") { $0.replacing("\"env_runner/state.msgpack.zst\"", with: "\"/etc/passwd\"") },
    edited("manifest with a size below zero") { $0.replacing(/"bytes": [0-9]+/, with: "\"bytes\": -1") },
    Case("experiment that is a file of it") { url in
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      try Data().write(to: url.appendingPathComponent("notes.txt"))
    },
  ]

  /// A directory with nothing in it but this manifest.
  private static func manifest(_ name: String, _ make: @escaping @Sendable (URL) throws -> Void) -> Case {
    Case(name) { url in
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      try make(url.appendingPathComponent("checkpoint.json"))
    }
  }

  /// A checkpoint with its manifest edited.
  private static func edited(_ name: String, _ edit: @escaping @Sendable (String) -> String) -> Case {
    Case(name) { url in
      let run = url.deletingLastPathComponent().appendingPathComponent("run")
      try RunSample.write(to: FilePath(run.path), iterations: 2)
      try FileManager.default.moveItem(at: run.appendingPathComponent("checkpoint_000002"), to: url)
      let file = url.appendingPathComponent("checkpoint.json")
      let before = try String(contentsOf: file, encoding: .utf8)
      let after = edit(before)
      guard after != before else { throw CocoaError(.fileReadCorruptFile) }
      try Data(RunSample.resealed(after).utf8).write(to: file)
    }
  }
}
