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
  private let memory: UnsafeMutableRawPointer
  private let claimed: Atomic<Int>

  /// A chunk without rows. Its pages are taken by the system only when they are written.
  init(_ layout: RowLayout) {
    unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, layout.chunkBytes), alignment: 64)
    claimed = Atomic(0)
  }

  /// A chunk with the first `count` rows of another one and `claimed` rows taken.
  init(copying other: Chunk, count: Int, claimed: Int, _ layout: RowLayout) {
    unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, layout.chunkBytes), alignment: 64)
    self.claimed = Atomic(claimed)
    for place in layout.placements where count > 0 && place.rowBytes == place.stride {
      unsafe (memory + place.base).copyMemory(from: other.memory + place.base, byteCount: count * place.stride)
    }
    // The record of the small columns is copied once, whole: its stride tells it from columns apart.
    if let record = layout.placements.first(where: { $0.rowBytes != $0.stride }), count > 0 {
      unsafe memory.copyMemory(from: other.memory, byteCount: count * record.stride)
    }
  }

  deinit { unsafe memory.deallocate() }

  /// Takes the rows `[count, count + taken)` for the caller, unless another copy of the log took any of them before.
  func claim(_ taken: Int, after count: Int) -> Bool {
    claimed.compareExchange(expected: count, desired: count + taken, ordering: .acquiringAndReleasing).exchanged
  }

  /// Writes the rows of one column that `source` holds one behind the other.
  /// - Precondition: The caller claimed the rows, and `source` holds `rows.count` of them.
  func write(_ source: ArraySlice<UInt8>, rows: Range<Int>, at place: RowLayout.Placement) {
    precondition(source.count == rows.count * place.rowBytes, "bytes for every claimed row")
    unsafe source.withUnsafeBytes { source in
      guard place.rowBytes > 0, let from = source.baseAddress else { return }
      let to = unsafe memory + place.base + rows.lowerBound * place.stride
      if place.rowBytes == place.stride {
        unsafe to.copyMemory(from: from, byteCount: source.count)
      } else {
        for row in 0..<rows.count {
          unsafe (to + row * place.stride).copyMemory(from: from + row * place.rowBytes, byteCount: place.rowBytes)
        }
      }
    }
  }
}

/// A row inside a chunk, which it does not keep alive: good only while the log that gave it is.
@safe struct RowAddress {
  fileprivate let memory: UnsafeRawPointer?
  fileprivate let row: Int

  /// Nowhere: reads as zeros.
  static var nowhere: RowAddress { RowAddress() }

  private init() {
    unsafe memory = nil
    row = 0
  }

  /// A row of a chunk.
  init(_ chunk: Chunk, row: Int) {
    unsafe memory = chunk.start
    self.row = row
  }
}

extension Chunk {
  fileprivate var start: UnsafeRawPointer { unsafe UnsafeRawPointer(memory) }

  /// One column of rows from anywhere, one behind the other; zeros for `.nowhere`.
  /// - Precondition: The logs that gave the addresses are alive until this returns.
  /// - Complexity: O(rows times row size)
  static func gather(_ addresses: [RowAddress], _ place: RowLayout.Placement) -> [UInt8] {
    let total = addresses.count * place.rowBytes
    return unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, initialized in
      guard let target = UnsafeMutableRawPointer(buffer.baseAddress), total > 0 else { return }
      switch place.rowBytes {
      case 1: unsafe gather(addresses, place, as: UInt8.self, into: target)
      case 4: unsafe gather(addresses, place, as: UInt32.self, into: target)
      case 8: unsafe gather(addresses, place, as: UInt64.self, into: target)
      case 16: unsafe gather(addresses, place, as: SIMD2<UInt64>.self, into: target)
      default: unsafe gatherBytes(addresses, place, into: target)
      }
      initialized = total
    }
  }

  private static func gatherBytes(
    _ addresses: [RowAddress], _ place: RowLayout.Placement, into target: UnsafeMutableRawPointer
  ) {
    for (index, address) in addresses.enumerated() {
      let to = unsafe target + index * place.rowBytes
      if let memory = unsafe address.memory {
        let from = unsafe memory + place.base + address.row * place.stride
        unsafe to.copyMemory(from: from, byteCount: place.rowBytes)
      } else {
        unsafe to.initializeMemory(as: UInt8.self, repeating: 0, count: place.rowBytes)
      }
    }
  }

  /// The same for rows of a size that one load and one store move, without a call of `memcpy` for each.
  private static func gather<Word: FixedWidthWord>(
    _ addresses: [RowAddress], _ place: RowLayout.Placement, as: Word.Type, into target: UnsafeMutableRawPointer
  ) {
    for (index, address) in addresses.enumerated() {
      var word = Word.zero
      if let memory = unsafe address.memory {
        word = unsafe memory.loadUnaligned(fromByteOffset: place.base + address.row * place.stride, as: Word.self)
      }
      unsafe target.storeBytes(of: word, toByteOffset: index * place.rowBytes, as: Word.self)
    }
  }
}

/// What a gather moves in one load: any bits are a value, and zero is all bits zero.
private protocol FixedWidthWord: BitwiseCopyable { static var zero: Self { get } }
extension UInt8: FixedWidthWord {}
extension UInt32: FixedWidthWord {}
extension UInt64: FixedWidthWord {}
extension SIMD2<UInt64>: FixedWidthWord {}
