import FileSystems
import SystemPackage

/// The checkpoint of version 1 in `Fixtures`, for tests and fuzzers.
enum GoldenCheckpoint {
  /// Where it lies.
  static let folder: FilePath = {
    // The fuzzers see this file through a link, at another depth.
    var above = FilePath(#filePath)
    while above.removeLastComponent() {
      let folder = above.appending("Fixtures/rlbuf-1")
      if (try? POSIXFileSystem().status(of: folder)) != nil { return folder }
    }
    return "Fixtures/rlbuf-1"
  }()
  /// Its name, as in any experiment.
  static let name = "checkpoint_000004"

  /// Its files by their paths below `folder`.
  static func files() throws -> [FilePath: [UInt8]] {
    var files: [FilePath: [UInt8]] = [:]
    var waiting = [FilePath(name)]
    while let directory = waiting.popLast() {
      for entry in try POSIXFileSystem().list(folder.pushing(directory)) {
        let path = directory.appending(entry.name)
        if entry.kind == .directory {
          waiting.append(path)
        } else {
          files[path] = try POSIXFileSystem().readAll(folder.pushing(path), limit: 1 << 20)
        }
      }
    }
    return files
  }
}
