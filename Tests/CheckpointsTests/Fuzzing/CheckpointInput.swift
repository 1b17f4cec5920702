import BufferFiles
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage

@testable import Checkpoints

/// What a fuzzer does with bytes that may be a part of a checkpoint.
///
/// The first byte says which part of the golden checkpoint the others take the place of: 0, the manifest; 1, the manifest,
/// which gets a digest that is right; 2 and above, a file of the manifest as records, which `RecordAssembly` makes a file of
/// and for which the manifest gets the right size and digest.
enum CheckpointInput {
  private static let golden = (try? GoldenCheckpoint.files()) ?? [:]
  private static let directory = FilePath(GoldenCheckpoint.name)
  private static let manifestPath = directory.appending("checkpoint.json")

  /// What should not be so; nil if all that can be read is read, or an error says on one line why not, and no manifest that was
  /// changed is believed.
  static func complaint(about input: [UInt8]) -> String? {
    guard !golden.isEmpty else { return "there is no golden checkpoint" }
    guard let mode = input.first else { return nil }
    var files = golden
    guard (try? put(Array(input.dropFirst()), mode, into: &files)) != nil else { return nil }
    do {
      let checkpoint = try Checkpoint.open(directory, on: MemoryFileSystem(files))
      if mode == 0, files[manifestPath] != golden[manifestPath] { return "a changed manifest is believed" }
      _ = try checkpoint.verify()
      for component in checkpoint.manifest.components { try read(component, of: checkpoint) }
      return nil
    } catch {
      return fault(in: error)
    }
  }

  private static func put(_ bytes: [UInt8], _ mode: UInt8, into files: inout [FilePath: [UInt8]]) throws {
    guard mode > 1 else {
      files[manifestPath] = mode == 0 ? bytes : Array(ManifestSeal.resealed(String(decoding: bytes, as: UTF8.self)).utf8)
      return
    }
    var manifest = try CheckpointManifest(text: golden[manifestPath] ?? [])
    let number = Int(mode - 2) % manifest.files.count
    let file = try RecordAssembly.file(of: bytes, [])
    let path = directory.pushing(FilePath(manifest.files[number].path))
    files[path] = file
    manifest.files[number].byteCount = file.count
    manifest.files[number].sha256 = try MemoryFileSystem([path: file]).digest(of: path).sha256
    files[manifestPath] = Array(try manifest.text().utf8)
  }

  private static func read(_ component: CheckpointManifest.Component, of checkpoint: Checkpoint) throws {
    guard component.isBuffer else {
      _ = try checkpoint.state(component.name)
      return
    }
    let buffer = try checkpoint.buffer(component.name)
    try buffer.forEachBatch(ofBytes: 512) { _ in }
    try PrioritizedEpisodeReplayBuffer(contents: buffer).checkInvariants()
  }

  private static func fault(in error: any Error) -> String? {
    guard error is CheckpointError || error is BufferFileError || error is StateTreeError || error is ReplayBufferError
    else { return "an error of another module: \(error)" }
    let text = "\(error)"
    return text.isEmpty || text.contains("\n") ? "a message of no line or several: \(text)" : nil
  }
}
