import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import Synchronization
import SystemPackage

@testable import Checkpoints

/// Checkpoints as they are: an experiment's directory.
final class ExperimentStore: CheckpointStore {
  /// Durable from the start.
  static let folder: FilePath = "/runs"
  static let path: FilePath = "/runs/a"

  /// The buffer of the save after the crash.
  private let next: BufferSnapshot
  /// Of how many saves after a crash one is with the buffer; the others are of state alone, which is faster.
  private let period: Int
  private let count = Mutex(0)
  private let read = ReadCheckpoints()

  init(next: BufferSnapshot, period: Int = 8) {
    self.next = next
    self.period = period
  }

  func offered(on fileSystem: SimulatedFileSystem) throws -> [Int: String] {
    var offered: [Int: String] = [:]
    for directory in try directories(on: fileSystem) {
      for entry in try checkpoints(in: directory, on: fileSystem) where entry.incompleteBecause == nil {
        offered[entry.iteration] = try read.digest(ofCheckpoint: entry.path, on: fileSystem)
      }
    }
    return offered
  }

  /// The experiment, if there is one, and what was superseded.
  func directories(on fileSystem: SimulatedFileSystem) throws -> [FilePath] {
    do { return [Self.path] + (try ExperimentListing.of(Self.path, on: fileSystem).superseded) } catch CheckpointError
      .notExperiment
    { return [] }
  }

  private func checkpoints(
    in directory: FilePath, on fileSystem: SimulatedFileSystem
  ) throws -> [ExperimentListing.CheckpointEntry] {
    // A directory for what is superseded may have nothing in it yet.
    do { return try ExperimentListing.of(directory, on: fileSystem).checkpoints } catch CheckpointError.notExperiment {
      return []
    }
  }

  func newest(on fileSystem: SimulatedFileSystem) throws -> Int? {
    do { return try Checkpoint.open(Self.path, on: fileSystem).manifest.iteration } catch CheckpointError.noCheckpoint,
      CheckpointError.notExperiment
    { return nil }
  }

  func goOn(on fileSystem: SimulatedFileSystem, with iteration: Int) throws -> String {
    let number = count.withLock { count in
      count += 1
      return count
    }
    let contents = number % period == 0 ? contents(iteration, next) : plainContents(iteration)
    try Self.open(on: fileSystem).save(contents, options: smallSegments)
    return try Self.digest(of: contents)
  }

  /// Opens the experiment, or begins it if the power went before anything of it was durable.
  static func open(on fileSystem: any FileSystem) throws -> ExperimentDirectory {
    do { return try ExperimentDirectory.open(at: path, on: fileSystem) } catch CheckpointError.notExperiment {
      return try ExperimentDirectory.create(at: path, on: fileSystem)
    }
  }

  /// Hidden names, segments that no checkpoint names, and what the manifests do not know.
  func litter(on fileSystem: SimulatedFileSystem) throws -> [String] {
    var litter: [String] = []
    var used: Set<String> = []
    for directory in try directories(on: fileSystem) {
      litter += try fileSystem.list(directory).filter { $0.name.string.hasPrefix(".") }.map(\.name.string)
      for entry in try checkpoints(in: directory, on: fileSystem) {
        if let reason = entry.incompleteBecause { litter.append("\(entry.path): \(reason)") }
        guard entry.incompleteBecause == nil else { continue }
        let checkpoint = try Checkpoint.open(entry.path, on: fileSystem)
        used.formUnion(checkpoint.manifest.segmentNames)
        litter += try checkpoint.verify().unknownFiles.map { "\(entry.path): \($0)" }
      }
    }
    let pool = try fileSystem.listIfPresent(ExperimentLayout(Self.path).segments).map(\.name.string)
    return litter + pool.filter { !used.contains($0) }
  }

  /// The digest of all that contents restore.
  static func digest(of contents: CheckpointContents) throws -> String {
    var parts: StateMap = [:]
    for part in contents.parts {
      switch part.content {
      case .state(let state): parts[StateKey(part.name)] = state
      case .buffer(let snapshot): parts[StateKey(part.name)] = try everything(snapshot)
      case .omitted: break
      }
    }
    return StateDigest.sha256(of: .map(parts))
  }
}

/// What checkpoints restore, read once for each state of a checkpoint's directory and the pool, on which it depends.
private final class ReadCheckpoints: Sendable {
  private let known = Mutex<[[Int]: String]>([:])

  func digest(ofCheckpoint path: FilePath, on fileSystem: SimulatedFileSystem) throws -> String {
    let pool = try? fileSystem.digest(ofTree: ExperimentLayout(ExperimentStore.path).segments)
    let key = [try fileSystem.digest(ofTree: path), pool ?? 0]
    if let known = known.withLock({ $0[key] }) { return known }
    let checkpoint = try Checkpoint.open(path, on: fileSystem)
    var parts: StateMap = [:]
    for component in checkpoint.manifest.components {
      let key = StateKey(component.name)
      parts[key] =
        component.isBuffer
        ? try everything(checkpoint.buffer(component.name)) : try checkpoint.state(component.name)
    }
    let digest = StateDigest.sha256(of: .map(parts))
    known.withLock { $0[key] = digest }
    return digest
  }
}
