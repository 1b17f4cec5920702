internal import BufferFiles
internal import FileSystems
internal import ReplayBuffers
internal import SystemPackage

/// A segment of an earlier save that holds rows of a snapshot.
struct ReusedSegment {
  let segment: Segment
  let file: DigestedFile
  /// Where it lies.
  let source: FilePath
  /// Where all its rows are in memory; nil if the snapshot has not all of them, or they have no place of their own.
  let origins: RowOrigins?

  /// The segments whose rows are those of a snapshot, as far as both have them, and that are where they should be, by their
  /// number.
  ///
  /// Rows that this process has saved are known by where they lie in memory. Those of another process, and of a buffer that
  /// was made anew, are compared with the file, every one: who mended a few rows of a restored buffer must find them mended.
  /// - Parameter trusted: The names of the segments that this process has written or read whole; grows.
  static func find(
    of known: KnownBuffer, in snapshot: BufferSnapshot, _ outline: BufferOutline, _ layout: ExperimentLayout,
    trusted: inout Set<String>, on fileSystem: any FileSystem
  ) throws -> [Int: ReusedSegment] {
    var found: [Int: ReusedSegment] = [:]
    for (number, segment) in known.segments.enumerated() {
      let alignment = SegmentAlignment(segment, in: outline)
      guard let file = known.files[segment.name], !alignment.stored.isEmpty else { continue }
      let isTrusted = trusted.contains(segment.name)
      let (before, now) = (known.origins[segment.name], snapshot.origins(of: alignment.places))
      let isKnown = isTrusted && now != nil && before?.extracting(alignment.stored) == now
      guard try isKnown || SegmentSampling.resembles(segment, snapshot, alignment) else { continue }
      let places = [layout.segments.appending(segment.name), known.directory.appending(segment.name)]
      guard let source = places.first(where: { fileSystem.holds(file, at: $0, isTrusted: isTrusted) }),
        isKnown || alignment.findsSameRows(in: source, snapshot, on: fileSystem)
      else { continue }
      trusted.insert(segment.name)
      let all = now?.count == segment.rowCount ? now : isKnown ? before : nil
      found[number] = ReusedSegment(segment: segment, file: file, source: source, origins: all)
    }
    return found
  }
}

extension SegmentAlignment {
  /// Whether the rows of a segment's file are those of the snapshot, as far as it has them; not if it cannot be read.
  fileprivate func findsSameRows(in path: FilePath, _ snapshot: BufferSnapshot, on fileSystem: any FileSystem) -> Bool {
    struct Difference: Error {}
    do {
      let contents = try BufferFile.open(path, follow: .never, on: fileSystem).contents()
      guard contents.schema == snapshot.schema, stored.allSatisfy({ $0.upperBound <= contents.rowCount }) else {
        return false
      }
      try contents.forEachStoredBatch { batch in
        for (stretch, place) in zip(stored, places) where stretch.overlaps(batch.rows) {
          let part = batch.slice(stretch)
          let shift = place.lowerBound - stretch.lowerBound
          let rows = snapshot.rows(part.rows.lowerBound + shift..<part.rows.upperBound + shift)
          guard part.steps == rows.steps, part.columns == rows.columns else { throw Difference() }
        }
      }
      return true
    } catch {
      return false
    }
  }
}
