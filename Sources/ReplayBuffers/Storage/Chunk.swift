internal import Synchronization

// `unsafe` in this file: a chunk is raw memory with a layout of its own. Every offset is `base + row * stride` of a
// `RowLayout` whose chunk size bounds it; counts and slice lengths are checked where the memory is entered.

/// A run of rows in one allocation. Rows that were claimed and written never change again.
///
/// `@unchecked Sendable`: the memory is raw, and it is safe to share because each row is written by exactly one
/// appender, the one whose compare-exchange on `claimed` took it, before the copy of the log that counts this row exists;
/// whoever reads asks only for rows below the count of their own copy. Handing that copy to another thread orders the
/// write before the read.
@safe final class Chunk: @unchecked Sendable {
  let memory: UnsafeMutableRawPointer
  private let byteCount: Int
  /// What the memory is a part of; nil if it is an allocation of its own.
  private let region: PageRegion?
  private let claimed: Atomic<Int>
  /// No two chunks of a process have the same.
  let number = Chunk.made.wrappingAdd(1, ordering: .relaxed).newValue

  private static let made = Atomic<UInt64>(0)

  /// A chunk without rows. Its pages are taken by the system only when they are written.
  init(_ layout: RowLayout) {
    (byteCount, region) = (max(1, layout.chunkBytes), nil)
    unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    claimed = Atomic(0)
  }

  /// A chunk in the memory of a region.
  init(_ layout: RowLayout, number: Int, in region: PageRegion) {
    byteCount = layout.chunkBytes
    self.region = region
    unsafe memory = region.chunk(number, bytes: layout.chunkBytes)
    claimed = Atomic(0)
  }

  /// A chunk with the first `count` rows of another one and `claimed` rows taken.
  init(copying other: Chunk, count: Int, claimed: Int, _ layout: RowLayout) {
    (byteCount, region) = (max(1, layout.chunkBytes), nil)
    unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    self.claimed = Atomic(claimed)
    for place in layout.placements where count > 0 && place.rowBytes == place.stride {
      unsafe (memory + place.base).copyMemory(from: other.memory + place.base, byteCount: count * place.stride)
    }
    // The record of the small columns is copied once, whole: its stride tells it from columns apart.
    if let record = layout.placements.first(where: { $0.rowBytes != $0.stride }), count > 0 {
      unsafe memory.copyMemory(from: other.memory, byteCount: count * record.stride)
    }
  }

  deinit {
    if region != nil { unsafe PageRegion.release(memory, bytes: byteCount) } else { unsafe memory.deallocate() }
  }

  /// Takes the rows `[count, count + taken)` for the caller, unless another copy of the log took any of them before.
  func claim(_ taken: Int, after count: Int) -> Bool {
    claimed.compareExchange(expected: count, desired: count + taken, ordering: .acquiringAndReleasing).exchanged
  }
}
