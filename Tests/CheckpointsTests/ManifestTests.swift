import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing

@testable import Checkpoints

@Suite("A manifest from a stranger names nothing outside its directory")
struct ManifestTests {
  private let fileSystem = POSIXFileSystem()
  private static let digest = String(repeating: "a", count: 64)

  /// A manifest with parts of its own.
  private static func manifest(
    format: String = "\"rlbuf-checkpoint\"", version: String = "1", iteration: String = "1", files: String = "[]",
    components: String = "[]", proofs: String = "{}"
  ) -> String {
    """
    {"format": \(format), "version": \(version), "run_id": "r", "iteration": \(iteration), "environment_steps": 0,
     "exact": true, "inexact_because": [], "components": \(components), "omitted": [], "proofs": \(proofs),
     "results": {}, "configuration": {}, "provenance": {}, "files": \(files)
    }
    """
  }

  private static func file(_ path: String, bytes: String = "1", sha256: String = digest) -> String {
    "{\"path\": \"\(path)\", \"bytes\": \(bytes), \"sha256\": \"\(sha256)\"}"
  }

  private static func open(_ text: String) throws -> Checkpoint {
    try withTemporaryDirectory { folder in
      let path = folder.appending("checkpoint_000001")
      try POSIXFileSystem().createDirectory(path)
      try write(text.hasSuffix("\n}") ? ManifestSeal.sealed(text) : text, to: path.appending("checkpoint.json"))
      return try Checkpoint.open(path)
    }
  }

  @Test func `a manifest without files is a checkpoint`() throws {
    #expect(try Self.open(Self.manifest()).manifest.files.isEmpty)
  }

  @Test(
    arguments: [
      ("{", "not JSON at line 1, column 2: expected a key in quotes"),
      ("{}", "format is missing"),
      ("[]", "state is array, expected a map"),
      (manifest(format: "\"other\""), "format is other, expected rlbuf-checkpoint"),
      (manifest(version: "\"1\""), "version is string, expected an integer"),
      (manifest(iteration: "-1"), "iteration is -1, expected 0 or more"),
      (
        manifest(iteration: "2"),
        "it is of iteration 2, the directory of iteration 1"
      ),
      (manifest(files: "[\(file("../out"))]"), "files/0/path is \"../out\": the name starts with \".\""),
      (manifest(files: "[\(file("/etc/passwd"))]"), "files/0/path is \"/etc/passwd\": the name is empty"),
      (manifest(files: "[\(file("a/../../b"))]"), "files/0/path is \"a/../../b\": the name starts with \".\""),
      (manifest(files: "[\(file("a/./b"))]"), "files/0/path is \"a/./b\": the name starts with \".\""),
      (manifest(files: "[\(file("a//b"))]"), "files/0/path is \"a//b\": the name is empty"),
      (manifest(files: "[\(file(".hidden"))]"), "files/0/path is \".hidden\": the name starts with \".\""),
      (
        manifest(files: "[\(file("a\\u0000b"))]"),
        "files/0/path is \"a\\u{0}b\": the name contains a NUL byte"
      ),
      (
        manifest(files: "[\(file(String(repeating: "a/", count: 16) + "a"))]"),
        "files/0/path is \"\(String(repeating: "a/", count: 16) + "a")\": more than 16 names"
      ),
      (
        manifest(files: "[\(file("a")), \(file("a"))]"), "files/1/path is \"a\", which stands there already"
      ),
      (
        manifest(files: "[\(file("checkpoint.json"))]"),
        "files/0/path is \"checkpoint.json\", which stands there already"
      ),
      (manifest(files: "[\(file("a", bytes: "-1"))]"), "files/0/bytes is -1, expected 0 or more"),
      (manifest(files: "[\(file("a", bytes: "1.0"))]"), "files/0/bytes is double, expected an integer"),
      (
        manifest(files: "[\(file("a", bytes: "9223372036854775807")), \(file("b"))]"), "files/1/bytes is 1"
      ),
      (manifest(files: "[\(file("a", sha256: "AA"))]"), "files/0/sha256 is not 64 digits of a SHA-256"),
      (
        manifest(components: "[{\"name\": \"x\", \"file\": \"y\", \"holds\": \"state\"}]"),
        "the component \"x\" needs \"y\", which is not among the files"
      ),
      (
        manifest(
          files: "[\(file("y"))]",
          components: """
            [{"name": "x", "file": "y", "holds": "buffer", "kind": "k", "steps": 1, "segments": ["../../s"]}]
            """), "the component \"x\" needs \"x/../../s\", which is not among the files"
      ),
      (
        manifest(components: "[{\"name\": \"x\", \"file\": \"y\", \"holds\": \"code\"}]"),
        "components/0/holds is code, expected state or buffer"
      ),
      (
        manifest(
          files: "[\(file("y"))]",
          components: """
            [{"name": "../x", "file": "y", "holds": "state"}]
            """), "the component \"../x\": the name starts with \".\""
      ),
      (
        manifest(
          files: "[\(file("y"))]",
          components: """
            [{"name": "x", "file": "y", "holds": "state"}, {"name": "x", "file": "y", "holds": "state"}]
            """), "the component \"x\" stands twice"
      ),
      (manifest(proofs: "{\"a\": 1}"), "proofs/a is integer, expected a string"),
      (
        "{\"format\": \"rlbuf-checkpoint\", \"format\": 1}",
        "not JSON at line 1, column 40: the key \"format\" stands twice"
      ),
    ])
  func `what cannot be is refused with its place`(text: String, reason: String) throws {
    #expect {
      try Self.open(text)
    } throws: {
      guard case .invalidManifest(_, let found)? = $0 as? CheckpointError else { return false }
      return found.replacing("\0", with: "\\u{0}") == reason
    }
  }

  @Test func `limits hold`() throws {
    let files = "[" + (0...100_000).map { Self.file("f\($0)") }.joined(separator: ", ") + "]"
    #expect(throws: CheckpointError.self) { try Self.open(Self.manifest(files: files)) }
    #expect(throws: CheckpointError.self) {
      try Self.open(Self.manifest() + String(repeating: " ", count: 16 << 20))
    }
  }

  @Test func `a newer version asks for a newer rlbuf`() throws {
    #expect {
      try Self.open(Self.manifest(version: "2"))
    } throws: {
      guard case .newerVersion(_, found: 2, supported: 1)? = $0 as? CheckpointError else { return false }
      return true
    }
  }

  @Test func `the manifest is the text that the documentation shows`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var contents = plainContents(4)
      contents.results = ["env_runners": ["episode_return_mean": 23.5]]
      contents.configuration = ["lr": 0.0005, "grad_clip": 40.0]
      contents.provenance = ["host": "here"]
      contents.proofs = ["algorithm_state": "ab"]
      contents.omit("replay_buffer", because: "it is dumped")
      try experiment.save(contents)
      let checkpoint = try Checkpoint.open(experiment.path)
      let file = checkpoint.manifest.files[0]
      #expect(
        try text(checkpoint.path.appending("checkpoint.json")) == ManifestSeal.sealed(
          """
          {
            "format": "rlbuf-checkpoint",
            "version": 1,
            "run_id": "run",
            "iteration": 4,
            "environment_steps": 400,
            "exact": false,
            "inexact_because": [],
            "components": [
              {
                "name": "algorithm_state",
                "file": "algorithm_state.msgpack.zst",
                "holds": "state"
              }
            ],
            "omitted": [
              {
                "name": "replay_buffer",
                "because": "it is dumped"
              }
            ],
            "proofs": {
              "algorithm_state": "ab"
            },
            "results": {
              "env_runners": {
                "episode_return_mean": 23.5
              }
            },
            "configuration": {
              "lr": 0.0005,
              "grad_clip": 40.0
            },
            "provenance": {
              "host": "here"
            },
            "files": [
              {
                "path": "algorithm_state.msgpack.zst",
                "bytes": \(file.byteCount),
                "sha256": "\(file.sha256)"
              }
            ]
          }
          """))
    }
  }

  @Test func `a manifest without its own digest, or with another one, is refused`() throws {
    let sealed = ManifestSeal.sealed(Self.manifest())
    for (text, reason) in [
      (Self.manifest() + "\n", "it does not end with its own SHA-256"),
      (sealed + " ", "it does not end with its own SHA-256"),
      (sealed.replacing("\"environment_steps\": 0", with: "\"environment_steps\": 7"), nil),
    ] {
      #expect {
        try Self.open(text)
      } throws: {
        guard case .invalidManifest(_, let found)? = $0 as? CheckpointError else { return false }
        return reason.map { found == $0 } ?? (found.hasPrefix("its SHA-256 is ") && found.hasSuffix(": it was changed"))
      }
    }
  }
}
