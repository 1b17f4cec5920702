import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage

@testable import Checkpoints

/// An experiment that is taken back to its first iteration: whatever it held lies in it or in what was superseded.
struct RewindingStore: CheckpointStore {
  static let results = (1...3).map { "{\"training_iteration\": \($0)}\n" }.joined()
  static let table = "training_iteration\n1\n2\n3\n"
  /// What they are once they are cut.
  private static let cut = ["{\"training_iteration\": 1}\n", "training_iteration\n1\n"]

  private static let (dumps, texts) = (100, 1000)
  private let experiment: ExperimentStore

  init() throws { experiment = ExperimentStore(next: try grown(ReplayBuffer.self, times: 4).snapshot(), period: 1) }

  /// Checkpoints by their iteration, dumps and results by other numbers.
  func offered(on fileSystem: SimulatedFileSystem) throws -> [Int: String] {
    try experiment.offered(on: fileSystem).merging(files(on: fileSystem)) { first, _ in first }
  }

  /// Dumps and results, wherever they lie.
  func files(on fileSystem: SimulatedFileSystem) throws -> [Int: String] {
    var found: [Int: String] = [:]
    for directory in try experiment.directories(on: fileSystem) {
      let layout = ExperimentLayout(directory)
      for entry in try fileSystem.listIfPresent(layout.dumps) {
        guard let iteration = ExperimentLayout.iteration(ofDump: entry.name.string) else { continue }
        found[Self.dumps + iteration] = try digest(layout.dumps.appending(entry.name), fileSystem)
      }
      for (index, path) in [layout.results, layout.progress].enumerated() where try fileSystem.exists(path) {
        let text = String(decoding: try fileSystem.readAll(path, limit: 1 << 20), as: UTF8.self)
        // Cut results are no loss: the whole ones lie elsewhere, or they are missed.
        if directory == ExperimentStore.path, text == Self.cut[index] { continue }
        found[Self.texts + index] = try digest(path, fileSystem)
      }
    }
    return found
  }

  private func digest(_ path: FilePath, _ fileSystem: SimulatedFileSystem) throws -> String {
    StateDigest.sha256(of: .bytes(try fileSystem.readAll(path, limit: 1 << 20)))
  }

  /// The newest of all there is: of the experiment alone it may be any, the last ones being moved first.
  func newest(on fileSystem: SimulatedFileSystem) throws -> Int? {
    _ = try experiment.newest(on: fileSystem)
    return try offered(on: fileSystem).keys.max()
  }

  /// Goes back again, which does the rest, and saves.
  func goOn(on fileSystem: SimulatedFileSystem, with iteration: Int) throws -> String {
    let opened = try ExperimentDirectory.open(at: ExperimentStore.path, on: fileSystem)
    try opened.rewind(to: 1)
    for (path, text) in zip([opened.layout.results, opened.layout.progress], Self.cut) {
      guard try fileSystem.readAll(path, limit: 1 << 20) == Array(text.utf8) else { throw NotCut(path: path) }
    }
    guard try Checkpoint.open(ExperimentStore.path, on: fileSystem).manifest.iteration == 1 else {
      throw NotCut(path: ExperimentStore.path)
    }
    let contents = plainContents(iteration)
    try opened.save(contents)
    return try ExperimentStore.digest(of: contents)
  }

  func litter(on fileSystem: SimulatedFileSystem) throws -> [String] {
    try experiment.litter(on: fileSystem)
  }

  private struct NotCut: Error { var path: FilePath }
}
