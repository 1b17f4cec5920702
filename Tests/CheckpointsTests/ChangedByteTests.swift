import BufferFiles
import FileSystemsTestSupport
import Glibc
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import Checkpoints

/// The checkpoint of version 1 with every byte of every file changed, cut everywhere, and with files exchanged: `verify`
/// finds it, nothing traps, and no component comes out otherwise than it was saved.
@Suite struct ChangedByteTests {
  private static let directory = FilePath(GoldenCheckpoint.name)
  private static let manifest = directory.appending("checkpoint.json")

  /// The files of the checkpoint and what is in them.
  private struct Intact {
    let files: [FilePath: [UInt8]]
    let manifest: CheckpointManifest
    let components: [String: StateValue]

    init() throws {
      files = try GoldenCheckpoint.files()
      let checkpoint = try Checkpoint.open(directory, on: MemoryFileSystem(files))
      manifest = checkpoint.manifest
      var components: [String: StateValue] = [:]
      for name in manifest.componentNames { components[name] = try Self.component(name, of: checkpoint) }
      self.components = components
    }

    private static func component(_ name: String, of checkpoint: Checkpoint) throws -> StateValue {
      if name == "replay_buffer" { return try everything(checkpoint.buffer(name)) }
      return try checkpoint.state(name)
    }

    /// What is wrong with how damage to one file is dealt with; nil if nothing is.
    func complaint(about bytes: [UInt8]?, at path: FilePath) -> String? {
      var changed = files
      changed[path] = bytes
      let fileSystem = MemoryFileSystem(changed)
      do {
        if try Checkpoint.verify(directory, on: fileSystem).isVerified { return "verify finds nothing" }
        let checkpoint = try Checkpoint.open(directory, on: fileSystem)
        guard checkpoint.manifest == manifest else { return "another manifest" }
        return wrongComponent(of: checkpoint)
      } catch {
        return "\(error)".contains("\n") ? "a message of several lines" : nil
      }
    }

    private func wrongComponent(of checkpoint: Checkpoint) -> String? {
      for (name, value) in components {
        do {
          if try Self.component(name, of: checkpoint) != value { return "another \(name)" }
        } catch {
          if !(error is CheckpointError) { return "an error of another module: \(error)" }
        }
      }
      return nil
    }
  }

  private func expectFound(_ bytes: [UInt8]?, at path: FilePath, in intact: Intact, _ what: @autoclosure () -> String) {
    if let complaint = intact.complaint(about: bytes, at: path) { Issue.record("\(path), \(what()): \(complaint)") }
  }

  /// Two values of each byte of the manifest, which vouches for the rest, and of every eighth other byte; all 255 of every
  /// byte with `RLBUF_EXHAUSTIVE=1`, of every byte of the manifest with `RLBUF_EXHAUSTIVE=manifest`.
  @Test func `every changed byte is found`() throws {
    let intact = try Intact()
    let asked = unsafe getenv("RLBUF_EXHAUSTIVE").map { unsafe String(cString: $0) }
    var count = 0
    for (path, bytes) in intact.files.sorted(by: { $0.key.string < $1.key.string }) {
      let isManifest = path == Self.manifest
      let isExhaustive = asked == "1" || isManifest && asked == "manifest"
      for offset in stride(from: 0, to: bytes.count, by: isManifest || isExhaustive ? 1 : 8) {
        let sample: [UInt8] = [1 << UInt8(offset % 8), UInt8(offset * 37 % 255 + 1)]
        for mask in isExhaustive ? Array(1...255) : sample {
          var changed = bytes
          changed[offset] ^= mask
          expectFound(changed, at: path, in: intact, "byte \(offset) changed by \(mask)")
          count += 1
        }
      }
    }
    if asked != nil { print("checkpoint: \(count) changed bytes") }
  }

  @Test func `every cut, what was added, removed, zeroed, and other things than files are found`() throws {
    let intact = try Intact()
    let others = ["", "version https://git-lfs.github.com/spec/v1\n", "<!DOCTYPE html>\n"].map { Array($0.utf8) }
    for (path, bytes) in intact.files {
      expectFound(nil, at: path, in: intact, "missing")
      for other in others { expectFound(other, at: path, in: intact, "\(other.count) bytes of something else") }
      for count in stride(from: 0, to: bytes.count, by: path == Self.manifest ? 1 : 13) {
        expectFound(Array(bytes[..<count]), at: path, in: intact, "cut to \(count) bytes")
        let head = Array(bytes[..<count])
        expectFound(head + bytes[(count + 1)...], at: path, in: intact, "byte \(count) removed")
        expectFound(head + [0] + bytes[count...], at: path, in: intact, "a zero at \(count)")
      }
      for count in [1, 2, 17, 64] { expectFound(bytes + bytes.prefix(count), at: path, in: intact, "\(count) bytes more") }
      expectFound([UInt8](repeating: 0, count: bytes.count), at: path, in: intact, "zeros")
    }
  }

  @Test func `a file of another component, and a segment of another checkpoint, are found`() throws {
    let intact = try Intact()
    for (path, bytes) in intact.files {
      for (other, others) in intact.files where other != path {
        expectFound(others, at: path, in: intact, "that of \(other)")
        // Of the same length, so that its size does not give it away.
        let fitting = Array((others + bytes.dropFirst(others.count)).prefix(bytes.count))
        expectFound(fitting, at: path, in: intact, "that of \(other), fitted")
      }
    }
  }
}
