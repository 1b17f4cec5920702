package import FileSystems
package import ReplayBuffers
internal import StateTree
package import SystemPackage

/// The rows that are whole in a damaged file, for whoever knows what belongs into it.
package struct SalvagedFile: Sendable {
  /// Which rows are whole, in order; none overlaps another.
  package let wholeRows: [Range<Int>]

  private let handle: BufferFile.Handle
  private let source: SalvagedRows

  /// Looks through a file, without writing anything.
  /// - Parameters:
  ///   - schema: The columns that its rows must have.
  ///   - layout: How they must lie.
  /// - Throws: `BufferFileError.fileSystem` if it cannot be read, `.noRows` if it holds other rows or none.
  package init(
    _ path: FilePath, _ schema: BufferSchema, _ layout: BufferLayout, on fileSystem: any FileSystem
  ) throws(BufferFileError) {
    handle = try BufferFile.Handle(path, .never, fileSystem)
    let frames = FrameReader(file: handle.file, fileSystem: fileSystem, byteCount: handle.byteCount)
    let salvage = try Salvage(frames, progress: { _ in })
    guard case .replayBuffer(_, let foundLayout, let found)? = salvage.header?.content else { throw .noRows(path) }
    // Without a header layout and order are guessed, and here they are known.
    let isMeant = salvage.hasHeader
      ? found == schema && foundLayout == layout : Set(found.columns) == Set(schema.columns)
    guard isMeant else { throw .noRows(path) }
    wholeRows = salvage.rowGroups.compactMap { $0.facts?.rows }
    source = SalvagedRows(frames, salvage.rowGroups, schema, layout)
  }

  /// Some rows, as the file numbers them.
  /// - Throws: `BufferFileError` if the file changed meanwhile.
  /// - Precondition: They are whole.
  package func rows(_ range: Range<Int>) throws -> RowBatch { try source.rows(range) }
}

extension RemainingContents {
  /// What is left of contents of which some rows cannot be read; their state is whole.
  /// - Parameter whole: The rows that can be read, in order; none overlaps another.
  /// - Throws: what reading throws, `BufferFileError.wrongRows` if the rows are not those of the state's episodes.
  package init(of contents: some BufferContents, whole: [Range<Int>]) throws {
    let state = try contents.state()
    let table = contents.layout == .episodes ? try EpisodeTable(state: StateReader(state).reader("episodes")) : nil
    var facts: [RowFacts] = []
    let count = max(1, FormatLimits.rowGroupBytes / max(1, contents.schema.rowBytes))
    for range in whole {
      for first in stride(from: range.lowerBound, to: range.upperBound, by: count) {
        let batch = try contents.rows(first..<min(first + count, range.upperBound))
        facts.append(RowFacts(batch, contents.schema, after: facts.last))
      }
    }
    if let table, !table.describes(facts) {
      throw BufferFileError.wrongRows(reason: "they are not the rows of the episodes")
    }
    guard case .map(let map) = state else { throw BufferFileError.wrongRows(reason: "their buffer has no state") }
    self.init(
      kind: contents.kind, layout: contents.layout, schema: contents.schema, facts, table: table, state: map, nil,
      areRowsLost: true, read: { try contents.rows($0) })
  }
}
