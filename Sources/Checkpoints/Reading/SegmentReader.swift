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
  /// The segments whose bytes were read whole, and where each was found.
  private let verified = Mutex<[Int: FilePath]>([:])

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
    try contents(of: segment).rows(range)
  }

  private func contents(of segment: Int) throws -> FileContents {
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
    let path = try verifiedPath(segment)
    let file = try BufferFile.open(path, follow: .never, on: checkpoint.fileSystem)
    let contents = try file.contents()
    let expected = list.segments[segment].rowCount
    guard contents.schema == list.schema, contents.layout == list.layout, contents.rowCount == expected else {
      throw CheckpointError.invalidSegments(
        path, reason: "it has \(contents.rowCount) rows of \(contents.schema), expected \(expected) of \(list.schema)")
    }
    return contents
  }

  private func verifiedPath(_ segment: Int) throws -> FilePath {
    if let path = verified.withLock({ $0[segment] }) { return path }
    let path = try checkpoint.verifiedPath(of: files[segment])
    verified.withLock { $0[segment] = path }
    return path
  }
}
