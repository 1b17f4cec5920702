internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import Synchronization

/// The rows that are whole in a damaged file, read again from the frames in which they were found.
///
/// Holds the two row groups that were read last: rows are asked for in order, but for pieces of torn episodes.
final class SalvagedRows: Sendable {
  private struct Read {
    let number: Int
    let batch: RowBatch
  }

  private let frames: FrameReader
  private let groups: [SoundFrame]
  private let schema: BufferSchema
  private let layout: BufferLayout
  private let latest = Mutex<[Read]>([])

  init(_ frames: FrameReader, _ groups: [SoundFrame], _ schema: BufferSchema, _ layout: BufferLayout) {
    (self.frames, self.groups, self.schema, self.layout) = (frames, groups, schema, layout)
  }

  /// Some rows, as the damaged file numbers them.
  /// - Throws: `BufferFileError` if the file changed since it was looked through.
  /// - Precondition: They are whole.
  func rows(_ range: Range<Int>) throws -> RowBatch {
    var parts: [RowBatch] = []
    var number = group(holding: range.lowerBound)
    while number < groups.count, let rows = groups[number].facts?.rows, rows.lowerBound < range.upperBound {
      parts.append(try batch(number).slice(range))
      number += 1
    }
    return try RowBatch(joined: parts, schema, firstRow: range.lowerBound)
  }

  private func batch(_ number: Int) throws(BufferFileError) -> RowBatch {
    if let batch = latest.withLock({ $0.first { $0.number == number }?.batch }) { return batch }
    let frame = groups[number]
    let place = BufferFileError.Place(frames.path, byte: frame.offset, rows: frame.facts?.rows)
    let bytes = try frames.frame(frame.byteCount, at: frame.offset, sha256: frame.sha256, place: place)
    let record = try FrameReader.record(bytes, place: place)
    let (schema, layout) = (schema, layout)
    let batch = try FrameReader.decode(place) { () throws(RecordError) in
      try RowRecord.decode(record, schema: schema, layout: layout)
    }
    latest.withLock { $0 = $0.suffix(1) + [Read(number: number, batch: batch)] }
    return batch
  }

  /// The number of the group that holds a row, by halving.
  private func group(holding row: Int) -> Int {
    var (low, high) = (0, groups.count)
    while low < high {
      let middle = (low + high) / 2
      if (groups[middle].facts?.rows.upperBound ?? 0) <= row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
