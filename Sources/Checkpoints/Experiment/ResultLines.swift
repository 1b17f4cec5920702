package import FileSystems
package import StateTree
package import SystemPackage

/// The lines of a `result.json`, each the result of one iteration, parsed when they are asked for.
package struct ResultLines {
  /// The most bytes that are read of one file.
  package static let maximumBytes = 1 << 30

  /// The file.
  package let path: FilePath
  /// Whether earlier lines were left out.
  package let isTail: Bool
  private let bytes: [UInt8]
  private let ranges: [Range<Int>]

  /// Reads the last lines that fit into so many bytes; none if there is no file.
  /// - Throws: what reading the file throws.
  package init(
    _ path: FilePath, lastBytes limit: Int = maximumBytes, on fileSystem: any FileSystem
  ) throws(FileSystemError) {
    self.path = path
    let (bytes, isTail) = try Self.read(path, limit, fileSystem)
    (self.bytes, self.isTail) = (bytes, isTail)
    var ranges: [Range<Int>] = []
    // A tail begins somewhere in a line.
    var start = isTail ? (bytes.firstIndex(of: 0x0a) ?? bytes.count) + 1 : 0
    while start < bytes.count {
      // What has no line end yet is still being written.
      guard let end = bytes[start...].firstIndex(of: 0x0a) else { break }
      if end > start { ranges.append(start..<end) }
      start = end + 1
    }
    self.ranges = ranges
  }

  private static func read(
    _ path: FilePath, _ limit: Int, _ fileSystem: any FileSystem
  ) throws(FileSystemError) -> ([UInt8], isTail: Bool) {
    do {
      return try fileSystem.withOpenFile(path) { (file) throws(FileSystemError) in
        let size = try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.status(of: file).byteCount
        }
        let count = min(size, Int64(limit))
        return (try fileSystem.read(exactly: Int(count), at: size - count, from: file), count < size)
      }
    } catch {
      if case .system(.noSuchFileOrDirectory) = error.reason { return ([], false) }
      throw error
    }
  }

  /// How many lines there are.
  package var count: Int { ranges.count }

  /// The result in a line.
  /// - Throws: `CheckpointError.invalidResults` with the number of the line.
  package func result(_ index: Int) throws(CheckpointError) -> StateMap {
    let value: StateValue
    do { value = try StateJSON.value(of: Array(bytes[ranges[index]])) } catch {
      throw .invalidResults(path, reason: "line \(index + 1): \(error)")
    }
    guard case .map(let map) = value else {
      throw .invalidResults(path, reason: "line \(index + 1) is no JSON object")
    }
    return map
  }
}
