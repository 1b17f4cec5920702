internal import BufferFiles
internal import FileSystems
internal import SystemPackage

extension Checkpoint {
  /// A file of at most so many bytes is read once, into memory, where its digest is computed and its content is taken
  /// from; a segment is far smaller, unless it is one very long episode. A larger file is read twice.
  private static let wholeReadBytes = 32 << 20

  /// A file of the manifest, compared with its digest.
  /// - Throws: as `verifiedPath(of:)`, `.file`.
  func open(_ file: CheckpointManifest.File) throws(CheckpointError) -> BufferFile {
    let fileSystem = fileSystem
    guard file.byteCount <= Self.wholeReadBytes else {
      let path = try verifiedPath(of: file)
      do { return try BufferFile.open(path, follow: .never, on: fileSystem) } catch { throw .file(error) }
    }
    let (path, bytes) = try verified(file) { (path) throws(FileSystemError) in
      let bytes = try fileSystem.readAll(path, limit: file.byteCount)
      return (DigestedFile(of: bytes), bytes)
    }
    do { return try BufferFile.open(path, digested: bytes) } catch { throw .file(error) }
  }

  /// Where a file lies whose bytes have just been read and are those of the manifest.
  /// - Throws: `CheckpointError.missingSegment`, `.damagedFile`, `.fileSystem`.
  func verifiedPath(of file: CheckpointManifest.File) throws(CheckpointError) -> FilePath {
    let fileSystem = fileSystem
    return try verified(file) { (path) throws(FileSystemError) in (try fileSystem.digest(of: path), ()) }.path
  }

  /// Reads a file where it lies, or in the pool if it is damaged in the checkpoint.
  private func verified<Contents>(
    _ file: CheckpointManifest.File, _ read: (FilePath) throws(FileSystemError) -> (DigestedFile, Contents)
  ) throws(CheckpointError) -> (path: FilePath, contents: Contents) {
    let (files, expected) = (files, DigestedFile(byteCount: file.byteCount, sha256: file.sha256))
    let place = try onFiles { () throws(FileSystemError) in try files.place(of: file) }
    let found = try path(of: file, at: place)
    let (digest, contents) = try onFiles { () throws(FileSystemError) in try read(found) }
    if digest == expected { return (found, contents) }
    if case .checkpoint = place, let pooled = files.pooled(file.path),
      let (digest, contents) = try? read(pooled), digest == expected
    {
      return (pooled, contents)
    }
    throw .damagedFile(found, reason: digest.mismatch(with: file))
  }

  private func path(
    of file: CheckpointManifest.File, at place: CheckpointFiles.Place
  ) throws(CheckpointError) -> FilePath {
    switch place {
    case .checkpoint(let found), .pool(let found): return found
    case .nowhere(let reason):
      if let pooled = files.pooled(file.path), reason == "it is missing" {
        throw .missingSegment(
          path, name: pooled.lastComponent?.string ?? file.path, looked: [path.appending(file.path), pooled])
      }
      throw .damagedFile(path.appending(file.path), reason: reason)
    }
  }
}

extension DigestedFile {
  /// How it differs from what the manifest says.
  func mismatch(with file: CheckpointManifest.File) -> String {
    "its SHA-256 is \(sha256.prefix(8)), the manifest says \(file.sha256.prefix(8))"
  }
}
