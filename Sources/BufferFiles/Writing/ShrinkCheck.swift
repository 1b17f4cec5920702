internal import FileSystems
internal import SystemPackage

extension WritingOptions {
  /// How many times as many rows a file has that is not replaced silently.
  private static let shrinkFactor = 10

  /// Refuses to replace a file by one with less than a tenth of its rows; what is no file of rows may be replaced.
  /// - Throws: `BufferFileError.wouldShrink`, `.fileSystem`.
  func requireNoLoss(at path: FilePath, rows: Int, on fileSystem: any FileSystem) throws(BufferFileError) {
    guard existing == .replace, shrinking == .refuse else { return }
    do {
      let status = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: path) }
      guard status.kind == .regular else { return }
    } catch {
      guard error.code == .noSuchFileOrDirectory else { throw .fileSystem(error) }
      return
    }
    guard let stored = try? BufferFile.open(path, follow: .never, on: fileSystem).summary.rowCount else { return }
    let tenth = stored / Self.shrinkFactor + (stored.isMultiple(of: Self.shrinkFactor) ? 0 : 1)
    if rows < tenth { throw .wouldShrink(path, rows: rows, stored: stored) }
  }
}
