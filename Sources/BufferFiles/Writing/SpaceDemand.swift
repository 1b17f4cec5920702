package import FileSystems
internal import MessagePack
package import ReplayBuffers
package import StateTree
package import SystemPackage
package import Zstandard

/// What is about to be written, and whether the disk has room for it, asked before a byte is written.
///
/// As long as what it is without compression has room, nothing is estimated and the question costs one call. Otherwise
/// a few row groups, spread over all, are compressed in memory; state counts as it is.
package struct SpaceDemand {
  /// What is left of the disk beyond what is written.
  package static let spareBytes = 1 << 20
  /// How many row groups of each contents are compressed. Smaller stretches would mislead: what zstd finds depends on how
  /// far apart the columns lie.
  private static let sampleCount = 3
  /// How many bytes header, index and summary of a file take beside its rows and state.
  private static let fileBytes = 64 << 10

  private let level: CompressionLevel
  private var contents: [any BufferContents] = []
  private var stateBytes = 0

  /// Nothing to be written yet.
  package init(level: CompressionLevel) { self.level = level }

  /// Adds the rows of a file, and its state.
  package mutating func add(_ contents: any BufferContents, state: StateValue) {
    self.contents.append(contents)
    add(state: state)
  }

  /// Adds a file of state.
  package mutating func add(state: StateValue) {
    stateBytes = stateBytes.addingOrMaximum(state.sizeEstimate).addingOrMaximum(Self.fileBytes)
  }

  /// Refuses to begin where there is no room. Where the free space cannot be told, writing will tell.
  /// - Parameter path: What is written; the directory around it must be there.
  /// - Throws: `BufferFileError.fileSystem` with the bytes needed and free, as a full disk does; what `contents` throws.
  package func requireRoom(for path: FilePath, on fileSystem: any FileSystem) throws {
    let directory = path.removingLastComponent()
    guard let free = try? fileSystem.freeBytes(at: directory.isEmpty ? "." : directory), free < Int64(largest) else {
      return
    }
    let needed = Int64(try estimate())
    guard free < needed else { return }
    var error = FileSystemError(.allocate, path, code: .noSpace)
    (error.bytesNeeded, error.bytesFree) = (needed, free)
    throw BufferFileError.fileSystem(error)
  }

  /// What is never exceeded: a frame of zstd is at most by a 256th larger than what is in it, and each row has a number.
  private var largest: Int {
    let rows = contents.reduce(0) { sum, contents in
      let (bytes, overflow) = contents.rowCount.multipliedReportingOverflow(by: contents.schema.rowBytes + 16)
      return sum.addingOrMaximum(overflow ? .max : bytes)
    }
    let all = rows.addingOrMaximum(stateBytes)
    return all.addingOrMaximum(all / 128).addingOrMaximum(Self.spareBytes)
  }

  private func estimate() throws -> Int {
    var compressor = try FrameCompressor(level: level)
    var bytes = stateBytes.addingOrMaximum(Self.spareBytes)
    for contents in contents { bytes = bytes.addingOrMaximum(try Self.estimate(contents, &compressor)) }
    return bytes
  }

  private static func estimate(
    _ contents: some BufferContents, _ compressor: inout FrameCompressor
  ) throws -> Int {
    let size = FormatLimits.rowsPerGroup(ofRows: contents.schema.rowBytes)
    let count = min(sampleCount, (contents.rowCount + size - 1) / size)
    var (rows, bytes) = (0, 0)
    for sample in 0..<count {
      let first = count == 1 ? 0 : (contents.rowCount - size) / (count - 1) * sample
      let batch = try contents.rows(max(0, first)..<min(max(0, first) + size, contents.rowCount))
      try batch.check(contents.schema, contents.layout)
      let record = try RowRecord.encode(batch, schema: contents.schema, layout: contents.layout)
      rows += batch.count
      bytes += try compressor.compress(record.span).count
    }
    guard rows > 0 else { return 0 }
    let (product, overflow) = contents.rowCount.multipliedReportingOverflow(by: bytes)
    return overflow ? .max : product / rows
  }
}

extension Int {
  fileprivate func addingOrMaximum(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
