public import SystemPackage

/// The most that is allocated before bytes prove that a file has them. It takes memory only as they come.
private let chunkBytes = 64 << 20

extension FileSystem {
  /// Opens a file for reading, hands it to `body` and closes it.
  /// - Throws: what `open`, `body` or, last, `close` throws.
  public func withOpenFile<Result>(
    _ path: FilePath, follow: FollowLinks = .never, _ body: (OpenFile) throws(FileSystemError) -> Result
  ) throws(FileSystemError) -> Result {
    let file = try uninterrupted { () throws(FileSystemError) in try open(path, follow: follow) }
    let result: Result
    do { result = try body(file) } catch {
      try? close(file)
      throw error
    }
    try closeOnce(file)
    return result
  }

  /// Reads a whole file of at most `limit` bytes; memory follows the bytes that arrive, not the size that is claimed.
  /// - Throws: `.tooLarge` with the size found and the limit, before reading where the size is known.
  public func readAll(
    _ path: FilePath, follow: FollowLinks = .never, limit: Int
  ) throws(FileSystemError) -> [UInt8] {
    try withOpenFile(path, follow: follow) { (file) throws(FileSystemError) in
      let claimed = try uninterrupted { () throws(FileSystemError) in try status(of: file).byteCount }
      guard claimed <= limit else {
        throw FileSystemError(.read, path, .tooLarge(found: claimed, limit: limit))
      }
      var bytes: [UInt8] = []
      while true {
        // One byte more than claimed is asked for, and once more to prove the end, so that where the claim is true the
        // array is allocated once. Where it is not, as for what the kernel makes up, by steps.
        let missing = Int(claimed) - bytes.count
        let isAsClaimed = missing > 0 || missing == 0 && !bytes.isEmpty
        let room = min(isAsClaimed ? missing + 1 : 4096, max(chunkBytes, bytes.count))
        guard try readChunk(file, upTo: room, onto: &bytes) > 0 else { return bytes }
        guard bytes.count <= limit else {
          throw FileSystemError(.read, path, .tooLarge(found: Int64(bytes.count), limit: limit))
        }
      }
    }
  }

  /// Reads exactly `count` bytes from `offset`; interruptions and short reads are dealt with.
  /// - Throws: `.ended` with the offset asked for, the bytes expected and those found.
  public func read(
    exactly count: Int, at offset: Int64, from file: OpenFile
  ) throws(FileSystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let room = min(count - bytes.count, max(chunkBytes, bytes.count))
      guard try readChunk(file, at: offset, upTo: room, onto: &bytes) > 0 else {
        throw FileSystemError(.read, file.path, at: offset, .ended(expected: count, found: bytes.count))
      }
    }
    return bytes
  }

  /// Fills what room `bytes` has with the bytes from `offset` on; interruptions and short reads are dealt with.
  /// - Throws: `.ended` with the offset asked for, the bytes expected and those found.
  public func read(
    filling bytes: inout OutputSpan<UInt8>, at offset: Int64, from file: OpenFile
  ) throws(FileSystemError) {
    let before = bytes.count
    let expected = bytes.freeCapacity
    while !bytes.isFull {
      let found = bytes.count - before
      try uninterrupted { () throws(FileSystemError) in try read(file, at: offset + Int64(found), into: &bytes) }
      guard bytes.count - before > found else {
        throw FileSystemError(.read, file.path, at: offset, .ended(expected: expected, found: found))
      }
    }
  }

  /// One read onto the end of an array that holds the bytes from `start` on; returns how many arrived.
  private func readChunk(
    _ file: OpenFile, at start: Int64 = 0, upTo room: Int, onto bytes: inout [UInt8]
  ) throws(FileSystemError) -> Int {
    let before = bytes.count
    try uninterrupted { () throws(FileSystemError) in
      try bytes.append(addingCapacity: room) { (output: inout OutputSpan<UInt8>) throws(FileSystemError) in
        try read(file, at: start + Int64(before), into: &output)
      }
    }
    return bytes.count - before
  }
}
