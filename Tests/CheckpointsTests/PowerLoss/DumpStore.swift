import BufferFiles
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage

/// One dump that is written anew under its name; a later version stands for all before it.
struct DumpStore: CheckpointStore {
  private static let path = ExperimentStore.folder.appending("dump.msgpack.zst")
  private static let versions = 5

  static func buffer(_ version: Int) throws -> BufferSnapshot {
    try grown(ReplayBuffer.self, times: 3 * version).snapshot()
  }

  static func write(_ version: Int, on fileSystem: any FileSystem) throws {
    try BufferFileWriter.write(buffer(version), to: path, options: WritingOptions(existing: .replace), on: fileSystem)
  }

  static func digest(of contents: some BufferContents) throws -> String {
    StateDigest.sha256(of: try everything(contents))
  }

  func offered(on fileSystem: SimulatedFileSystem) throws -> [Int: String] {
    do throws(FileSystemError) { _ = try fileSystem.status(of: Self.path) } catch { return [:] }
    let found = try Self.digest(of: BufferFile.open(Self.path, on: fileSystem).contents())
    var offered: [Int: String] = [:]
    for version in 1...Self.versions {
      offered[version] = try Self.digest(of: Self.buffer(version))
      if offered[version] == found { return offered }
    }
    return [0: found]
  }

  func newest(on fileSystem: SimulatedFileSystem) throws -> Int? { try offered(on: fileSystem).keys.max() }

  func goOn(on fileSystem: SimulatedFileSystem, with iteration: Int) throws -> String {
    // What a dead process left; here it is this very process, so that its number does not tell.
    try fileSystem.removeTemporaries(inLocked: ExperimentStore.folder) { _ in true }
    try Self.write(iteration, on: fileSystem)
    return try Self.digest(of: Self.buffer(iteration))
  }

  func litter(on fileSystem: SimulatedFileSystem) throws -> [String] {
    try fileSystem.list(ExperimentStore.folder).map(\.name.string).filter { $0 != Self.path.lastComponent?.string }
  }
}
