internal import StateTree
internal import SystemPackage

/// Reads the frames of an index that a summary refers to.
struct IndexReader {
  let frames: FrameReader
  let summary: FileSummary

  /// What all of them list, in order, not yet checked against anything but their digests.
  func entries() throws(BufferFileError) -> [FrameEntry] {
    var entries: [FrameEntry] = []
    var budget = IndexBudget(fileBytes: frames.byteCount)
    for (number, reference) in summary.index.enumerated() {
      let frameNumber = summary.frameCount < FormatLimits.frames ? summary.frameCount + number : nil
      let place = BufferFileError.Place(frames.path, frame: frameNumber, byte: reference.offset)
      let frame = try frames.frame(
        reference.compressedBytes, at: reference.offset, sha256: reference.sha256, place: place)
      let record = try FrameReader.record(frame, place: place)
      let (first, more) = try FrameReader.decode(place) { () throws(RecordError) in
        try IndexRecord.decode(record, within: &budget)
      }
      guard first == entries.count else {
        throw .inconsistent(place, reason: "it lists frames from \(first) on, expected \(entries.count)")
      }
      entries += more
    }
    return entries
  }
}
