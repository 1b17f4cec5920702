public import Checkpoints
public import FileSystems
public import SystemPackage

/// An experiment of ours: what lies in it, and its newest complete checkpoint, which stands for it where one is asked for.
public struct SavedExperiment: Sendable {
  /// Its checkpoints and dumps.
  public let listing: ExperimentListing
  /// Its newest complete checkpoint, which says which newer ones were passed over; nil if there is none.
  public let newest: Checkpoint?
  /// Why there is no newest checkpoint; nil if there is one.
  public let newestProblem: CheckpointError?
  /// What it is read with.
  public let fileSystem: any FileSystem

  /// The experiment's directory.
  public var path: FilePath { listing.path }

  init(_ path: FilePath, on fileSystem: any FileSystem) throws(ForeignFormatError) {
    self.fileSystem = fileSystem
    do { listing = try ExperimentListing.of(path, on: fileSystem) } catch { throw .checkpoint(error) }
    do {
      newest = try Checkpoint.open(path, fallback: .allowOlder, on: fileSystem)
      newestProblem = nil
    } catch {
      newest = nil
      newestProblem = error
    }
  }

  /// The newest complete checkpoint.
  /// - Throws: `ForeignFormatError.checkpoint` with the reason why there is none.
  public func checkpoint() throws(ForeignFormatError) -> Checkpoint {
    if let newest { return newest }
    throw .checkpoint(newestProblem ?? .noCheckpoint(path, skipped: []))
  }
}
