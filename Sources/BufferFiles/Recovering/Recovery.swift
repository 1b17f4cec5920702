internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// What is left of a damaged file, made into a whole one.
struct Recovery {
  /// The rows that are left, with their state; nil for state alone.
  let contents: RemainingContents?
  /// The state that is left.
  let state: StateValue
  /// What is lost.
  private(set) var report: RecoveryReport
  private let header: FileHeader

  /// - Throws: `BufferFileError.nothingToRecover`, and what reading the file again throws.
  init(_ salvage: Salvage) throws(BufferFileError) {
    let path = salvage.frames.path
    guard let header = salvage.header else { throw .nothingToRecover(path) }
    let losses = try Losses(salvage)
    guard !salvage.rowGroups.isEmpty || !salvage.state.isEmpty || losses.isNothing else {
      throw .nothingToRecover(path)
    }
    self.header = header
    report = RecoveryReport(path: path, byteCount: salvage.frames.byteCount, output: path)
    contents = losses.contents(header.content)
    state = contents?.state() ?? losses.state
    report.take(salvage, losses)
    if let contents {
      (report.rowCount, report.stepCount) = (contents.rowCount, contents.stepCount)
      report.tornStepCount = contents.tornStepCount
      report.episodeCount = contents.remains.episodes?.count ?? losses.table?.episodes.count
      report.repairs = Array(contents.repairs.prefix(RecoveryReport.maximumEntries))
    }
  }

  /// Writes the new file, reads it again whole, and gives it its name.
  func write(
    to output: FilePath, provenance more: StateMap, options: WritingOptions, on fileSystem: any FileSystem
  ) throws -> RecoveryReport {
    var report = report
    report.output = output
    let provenance = header.provenance.merging(report.provenance).merging(more)
    var bytes = 0
    let check: (FilePath) throws(BufferFileError) -> Void = { (path) throws(BufferFileError) in
      let found = try BufferFile.verify(path, on: fileSystem)
      guard found.isSound, found.wholeRowCount == report.rowCount else {
        throw .unsoundOutput(output, reason: found.damages.first?.message ?? "it has \(found.wholeRowCount) rows")
      }
      bytes = found.byteCount
    }
    if let contents {
      try BufferFileWriter.write(
        contents, to: output, provenance: provenance, metadata: header.metadata, options: options, on: fileSystem,
        checking: check, progress: { _ in })
    } else {
      let header = FileHeader(content: .state, provenance: provenance, metadata: header.metadata)
      let writer = try BufferFileWriter.create(at: output, header: header, options: options, on: fileSystem)
      try writer.finish(state: state, checking: check)
    }
    report.outputByteCount = bytes
    return report
  }
}

extension RecoveryReport {
  /// The most lines of the new file's provenance that say what is missing.
  private static let provenanceLines = 64

  /// What the new file says of the one that it was made of.
  fileprivate var provenance: StateMap {
    var missing = isHeaderLost ? ["the header"] : []
    missing += lostRows.map { "rows \($0.rows.lowerBound)-\($0.rows.upperBound - 1)" }
    if tornStepCount > 0 { missing.append("\(tornStepCount) steps with the ends of their episodes") }
    if !isEndKnown { missing.append("whatever came behind what was found") }
    missing += lostState.map { "state: \($0)" } + repairs.map(\.description)
    var lines = missing.prefix(Self.provenanceLines).map { StateValue.string(String($0.prefix(512))) }
    if missing.count > lines.count { lines.append(.string("... \(missing.count - lines.count) more")) }
    return [
      "recovered_from": .string(String(path.string.prefix(4096))), "recovered_bytes": .integer(byteCount),
      "missing": .array(lines),
    ]
  }

  fileprivate mutating func take(_ salvage: Salvage, _ losses: Losses) {
    evidence = salvage.index?.isComplete == true ? .digests : .checksums
    (lostRows, lostState, isEndKnown) = (losses.rows, losses.statePaths, losses.isEndKnown)
    isHeaderLost = !salvage.hasHeader
    damage = salvage.damage.prefix(Self.maximumEntries).map { Damage(bytes: $0.bytes, reason: $0.reason) }
  }
}
