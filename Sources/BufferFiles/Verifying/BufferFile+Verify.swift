public import FileSystems
public import SystemPackage

extension BufferFile {
  /// Checks every byte of a file and names everything that is wrong with it.
  ///
  /// Goes through the file once, holding one frame and the sizes and digests of all. Nothing is taken on trust: rows are
  /// decoded, and index, statistics, summary and seek table are computed again and compared.
  /// - Parameter progress: called after each frame with the bytes checked so far.
  /// - Throws: `BufferFileError.fileSystem` if the file cannot be read, `.notBufferFile` and `.newerVersion` if it
  ///   cannot be judged. Damage is not thrown but reported.
  /// - Complexity: time in the size of the rows; memory for one row group, the index, and the table of episodes.
  public static func verify(
    _ path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem(), progress: (_ bytes: Int) -> Void = { _ in }
  ) throws(BufferFileError) -> VerificationReport {
    let handle = try Handle(path, .userPath, fileSystem)
    defer { withExtendedLifetime(handle) {} }
    let frames = FrameReader(file: handle.file, fileSystem: fileSystem, byteCount: handle.byteCount)
    return try Verifier(frames).verify(progress)
  }
}
