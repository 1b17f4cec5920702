public import FileSystems
internal import ReplayBuffers
public import StateTree
public import SystemPackage

extension BufferFile {
  /// Writes everything that is whole in a damaged file into a sound new one, also from what a killed writer left.
  ///
  /// Goes through the file for frames that are sound, then writes their rows and state, made good where something is
  /// missing so that the buffer can be loaded, reads the new file again whole, and only then gives it its name. The
  /// damaged file is never written to.
  /// - Parameters:
  ///   - path: The damaged file.
  ///   - output: The new one.
  ///   - provenance: What else the new file shall say of its origin.
  ///   - options: How it is written. Default: a file of that name is refused.
  ///   - progress: Called with the bytes of the damaged file that were looked through.
  /// - Throws: `BufferFileError`: `.nothingToRecover`, `.outputIsInput`, `.unsoundOutput`, `.newerVersion`, `.fileSystem`;
  ///   then no file has appeared.
  /// - Complexity: three times the reading of the file; memory for four row groups, the state, the index and, for each
  ///   episode, about 200 bytes.
  /// - Source: `Format.md`, "Recovery".
  @discardableResult
  public static func recover(
    _ path: FilePath, to output: FilePath, provenance: StateMap = [:],
    options: WritingOptions = WritingOptions(existing: .refuse), on fileSystem: any FileSystem = POSIXFileSystem(),
    progress: (_ bytes: Int) -> Void = { _ in }
  ) throws -> RecoveryReport {
    let handle = try Handle(path, .userPath, fileSystem)
    defer { withExtendedLifetime(handle) {} }
    guard try !handle.isSameFile(as: output) else { throw BufferFileError.outputIsInput(output) }
    let frames = FrameReader(file: handle.file, fileSystem: fileSystem, byteCount: handle.byteCount)
    let recovery = try Recovery(Salvage(frames, progress: progress))
    return try recovery.write(to: output, provenance: provenance, options: options, on: fileSystem)
  }
}

extension BufferFile.Handle {
  /// Whether a path names the open file.
  fileprivate func isSameFile(as path: FilePath) throws(BufferFileError) -> Bool {
    let (file, fileSystem) = (file, fileSystem)
    let own = try onFile { () throws(FileSystemError) in
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: file) }
    }
    do throws(FileSystemError) {
      let other = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: path) }
      return own.device == other.device && own.inode == other.inode
    } catch {
      guard error.code == .noSuchFileOrDirectory else { throw .fileSystem(error) }
      return false
    }
  }
}
