internal import BufferFiles
internal import FileSystems
internal import ReplayBuffers
internal import Synchronization
internal import SystemPackage

/// Reads rows of segments, of which it keeps the two that were used last open: the sealed one that is gone through, and
/// the tail with the episodes that lie between.
final class SegmentReader: Sendable {
  private struct Opened: Sendable {
    var segment: Int
    var contents: FileContents
  }

  private static let openLimit = 2

  private let checkpoint: Checkpoint
  private let list: SegmentList
  private let files: [CheckpointManifest.File]
  private let opened = Mutex<[Opened]>([])
  /// What is left of segments that are damaged.
  private let salvaged = Mutex<[Int: SalvagedFile]>([:])

  init(
    _ component: CheckpointManifest.Component, _ list: SegmentList, in checkpoint: Checkpoint
  ) throws(CheckpointError) {
    self.checkpoint = checkpoint
    self.list = list
    let byPath = Dictionary(
      checkpoint.manifest.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    var files: [CheckpointManifest.File] = []
    for segment in list.segments {
      guard let file = byPath[ComponentPath.segment(segment.name, of: component.name)] else {
        throw .incomplete(checkpoint.path, reason: "\(segment.name): it is not in the manifest")
      }
      files.append(file)
    }
    self.files = files
  }

  /// Some rows of a segment.
  func rows(_ range: Range<Int>, ofSegment segment: Int) throws -> RowBatch {
    if let rest = salvaged.withLock({ $0[segment] }) { return try rest.rows(range) }
    return try contents(of: segment).rows(range)
  }

  /// Whether a segment is damaged, so that only what is left of it can be read.
  func isSalvaged(_ segment: Int) -> Bool { salvaged.withLock { $0[segment] != nil } }

  /// The name of a segment.
  func name(ofSegment segment: Int) -> String { list.segments[segment].name }

  /// How many rows a segment has when it is whole.
  func rowCount(ofSegment segment: Int) -> Int { list.segments[segment].rowCount }

  private static let damaged = "it is damaged"

  /// Which rows of a segment are whole, and what is wrong with it; from then on `rows` gives those.
  /// - Throws: `CheckpointError.fileSystem` if its files cannot be read at all.
  func wholeRows(ofSegment segment: Int) throws(CheckpointError) -> (rows: [Range<Int>], reason: String?) {
    let rowCount = list.segments[segment].rowCount
    if let rest = salvaged.withLock({ $0[segment] }) { return (rest.wholeRows, Self.damaged) }
    do throws(CheckpointError) {
      _ = try checkpoint.verifiedPath(of: files[segment])
      return ([0..<rowCount], nil)
    } catch {
      guard error.isSegmentDamage else { throw error }
      let rest = salvage(segment)
      salvaged.withLock { $0[segment] = rest }
      if case .damagedFile(_, let reason) = error { return (rest?.wholeRows ?? [], reason) }
      return (rest?.wholeRows ?? [], rest == nil ? "it is missing" : Self.damaged)
    }
  }

  /// What is left of a segment that is not what was saved: in the checkpoint, or else in the pool.
  private func salvage(_ segment: Int) -> SalvagedFile? {
    let saved = list.segments[segment]
    for path in checkpoint.files.damagedPaths(of: files[segment]) {
      guard let rest = try? SalvagedFile(path, list.schema, list.layout, on: checkpoint.fileSystem),
        rest.wholeRows.last.map({ $0.upperBound <= saved.rowCount }) ?? false, isMeant(saved, rest)
      else { continue }
      return rest
    }
    return nil
  }

  /// Whether what is left of a file can be of this segment and of no other: by its step numbers, and, if it is sealed, by
  /// the digests of the blocks that are whole.
  private func isMeant(_ saved: Segment, _ rest: SalvagedFile) -> Bool {
    let steps = SegmentName.steps(saved.name) ?? 0..<Int.max
    for rows in rest.wholeRows {
      guard let batch = try? rest.rows(rows) else { return false }
      guard batch.steps.allSatisfy({ $0 < 0 || steps.contains(Int($0)) }) else { return false }
    }
    return saved.samples.allSatisfy { sample in
      guard rest.wholeRows.covers(sample.rows) else { return true }
      return (try? rest.rows(sample.rows)).map { SegmentSampling.digest($0) == sample.digest } ?? false
    }
  }

  /// The contents of a segment, compared with its digest when it was opened.
  func contents(of segment: Int) throws -> FileContents {
    if let contents = opened.withLock({ Self.take(segment, from: &$0) }) { return contents }
    let contents = try open(segment)
    opened.withLock { opened in
      opened.append(Opened(segment: segment, contents: contents))
      if opened.count > Self.openLimit { opened.removeFirst() }
    }
    return contents
  }

  /// The contents of a segment that is open, which becomes the one used last.
  private static func take(_ segment: Int, from opened: inout [Opened]) -> FileContents? {
    guard let index = opened.firstIndex(where: { $0.segment == segment }) else { return nil }
    let found = opened.remove(at: index)
    opened.append(found)
    return found.contents
  }

  private func open(_ segment: Int) throws -> FileContents {
    let file = try checkpoint.open(files[segment])
    let contents = try file.contents()
    let expected = list.segments[segment].rowCount
    guard contents.schema == list.schema, contents.layout == list.layout, contents.rowCount == expected else {
      throw CheckpointError.invalidSegments(
        file.path, reason: "it has \(contents.rowCount) rows of \(contents.schema), expected \(expected) of \(list.schema)")
    }
    return contents
  }
}

extension [Range<Int>] {
  /// Whether ranges in ascending order hold all of another one.
  fileprivate func covers(_ range: Range<Int>) -> Bool {
    var next = range.lowerBound
    for part in self where part.lowerBound <= next && part.upperBound > next { next = part.upperBound }
    return next >= range.upperBound
  }
}
