internal import FileSystems
internal import SystemPackage

extension FileSystem {
  /// Cuts a record that is not there whole off the end of a file; false for a file that is damaged otherwise.
  func cutTornRecord(of path: FilePath) throws(FileSystemError) -> Bool {
    let (size, end) = try withOpenFile(path) { (file) throws(FileSystemError) in
      let size = try uninterrupted { () throws(FileSystemError) in try status(of: file) }.byteCount
      return (size, try endOfRecords(file, size: size))
    }
    guard let end else { return false }
    guard end < size else { return true }
    let file = try uninterrupted { () throws(FileSystemError) in try openForAppending(path) }
    do {
      try uninterrupted { () throws(FileSystemError) in try truncate(file, to: end) }
    } catch {
      try? closeOnce(file)
      throw error
    }
    try closeOnce(file)
    return true
  }

  /// Where the last whole record ends; nil if a record before the end of the file is damaged.
  private func endOfRecords(_ file: OpenFile, size: Int64) throws(FileSystemError) -> Int64? {
    var end: Int64 = 0
    while size - end >= EventRecord.headerBytes {
      let header = try read(exactly: EventRecord.headerBytes, at: end, from: file)
      let claimed = EventRecord.length(inHeader: header[...])
      guard let length = claimed, length <= EventRecord.maximumBytes else { return nil }
      let frame = Int64(length) + Int64(EventRecord.frameBytes)
      guard frame <= size - end else { return end }
      let rest = try read(exactly: Int(length) + 4, at: end + Int64(EventRecord.headerBytes), from: file)
      guard EventRecord.isWhole(rest.dropLast(4), checksum: rest.suffix(4)) else { return nil }
      end += frame
    }
    return end
  }
}
