internal import Checkpoints
public import FileSystems
public import SystemPackage

extension RunListing {
  /// Lists an experiment, or those of a folder. It takes no lock, so that a run that is going on is not disturbed.
  /// - Throws: `InspectionError.checkpoint` for a path that is not there or no directory.
  public init(of path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()) throws(InspectionError) {
    // A path that is not there has an error of its own.
    do { _ = try fileSystem.status(of: path) } catch { throw .checkpoint(.fileSystem(error)) }
    let listings: [ExperimentListing]
    do { listings = try ExperimentListing.all(in: path, on: fileSystem) } catch { throw .checkpoint(error) }
    self.path = path
    runs = listings.map { listing in
      Run(
        listing: listing, isRunning: listing.path.isExperimentRunning(on: fileSystem),
        byteCount: DiskUsage(of: listing.path, on: fileSystem).byteCount)
    }
  }
}

extension FilePath {
  /// Whether somebody writes to the experiment at this path. The lock is only asked for, never taken.
  func isExperimentRunning(on fileSystem: any FileSystem) -> Bool {
    let answer = try? fileSystem.withOpenFile(ExperimentLayout(self).lock) { (file) throws(FileSystemError) in
      try fileSystem.isLocked(file)
    }
    return answer ?? false
  }
}

/// What the files below a directory take, each counted once, whatever the number of its names.
struct DiskUsage {
  /// How many files and directories are looked at; what lies beyond is not counted.
  private static let maximumEntries = 1_000_000
  /// The deepest directory that is looked into.
  private static let maximumDepth = 16

  private struct Identity: Hashable { let device, inode: UInt64 }

  /// The bytes of the files.
  private(set) var byteCount = 0
  private var seen: Set<Identity> = []
  private var room = maximumEntries
  private let fileSystem: any FileSystem

  /// Looks at every file. What vanishes meanwhile, or cannot be looked at, counts nothing.
  init(of directory: FilePath, on fileSystem: any FileSystem) {
    self.fileSystem = fileSystem
    visit(directory, depth: 0)
  }

  private mutating func visit(_ directory: FilePath, depth: Int) {
    guard depth < Self.maximumDepth,
      let entries = try? fileSystem.list(directory, follow: depth == 0 ? .userPath : .never)
    else { return }
    for entry in entries where room > 0 {
      room -= 1
      let path = directory.appending(entry.name)
      if entry.kind == .directory { visit(path, depth: depth + 1) } else { count(path) }
    }
  }

  private mutating func count(_ path: FilePath) {
    guard let status = try? fileSystem.status(of: path), status.kind == .regular,
      seen.insert(Identity(device: status.device, inode: status.inode)).inserted
    else { return }
    byteCount = byteCount.addingOrMaximum(Int(status.byteCount))
  }
}
