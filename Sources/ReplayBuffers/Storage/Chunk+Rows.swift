internal import CPrefetch
internal import StateTree

// `unsafe` in this file: rows are moved into the raw memory of chunks and out of it. Every offset is `base + row * stride`
// of a `RowLayout` whose chunk size bounds it; counts and lengths are checked where the memory is entered.

extension Chunk {
  /// Writes one row, given as one tensor a column.
  /// - Precondition: The caller claimed the row, and every source has the size of its column.
  func write(_ sources: [Tensor], row: Int, _ layout: RowLayout) {
    for (source, place) in zip(sources, layout.placements) {
      precondition(source.bytes.count == place.rowBytes, "a row of the column's size")
      unsafe source.bytes.withUnsafeBytes { source in
        guard let from = source.baseAddress else { return }
        unsafe (memory + place.base + row * place.stride).copyMemory(from: from, byteCount: place.rowBytes)
      }
    }
  }

  /// Writes the rows of one column that `source` holds one behind the other.
  /// - Precondition: The caller claimed the rows, and `source` holds `rows.count` of them.
  func write(_ source: ArraySlice<UInt8>, rows: Range<Int>, at place: RowLayout.Placement) {
    precondition(source.count == rows.count * place.rowBytes, "bytes for every claimed row")
    unsafe source.withUnsafeBytes { source in
      guard place.rowBytes > 0, let from = source.baseAddress else { return }
      let to = unsafe memory + place.base + rows.lowerBound * place.stride
      guard place.rowBytes != place.stride else { return unsafe to.copyMemory(from: from, byteCount: source.count) }
      switch place.rowBytes {
      case 1: unsafe Self.scatter(from, to, rows.count, place.stride, as: UInt8.self)
      case 4: unsafe Self.scatter(from, to, rows.count, place.stride, as: UInt32.self)
      case 8: unsafe Self.scatter(from, to, rows.count, place.stride, as: UInt64.self)
      case 16: unsafe Self.scatter(from, to, rows.count, place.stride, as: SIMD2<UInt64>.self)
      default:
        for row in 0..<rows.count {
          unsafe (to + row * place.stride).copyMemory(from: from + row * place.rowBytes, byteCount: place.rowBytes)
        }
      }
    }
  }

  /// The same for rows of a size that one load and one store move, without a call of `memcpy` for each.
  private static func scatter<Word: FixedWidthWord>(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ stride: Int, as: Word.Type
  ) {
    for row in 0..<count {
      let word = unsafe from.loadUnaligned(fromByteOffset: row * MemoryLayout<Word>.size, as: Word.self)
      unsafe to.storeBytes(of: word, toByteOffset: row * stride, as: Word.self)
    }
  }
}

extension Chunk {
  /// One column of consecutive rows, one behind the other.
  /// - Precondition: Every row of the pieces was written.
  static func rows(_ pieces: [(chunk: Chunk, rows: Range<Int>)], _ place: RowLayout.Placement) -> [UInt8] {
    let total = pieces.reduce(0) { $0 + $1.rows.count } * place.rowBytes
    return unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, initialized in
      guard var target = UnsafeMutableRawPointer(buffer.baseAddress), total > 0 else { return }
      for (chunk, rows) in pieces {
        let from = unsafe UnsafeRawPointer(chunk.memory + place.base + rows.lowerBound * place.stride)
        unsafe pack(from, target, rows.count, place)
        unsafe target += rows.count * place.rowBytes
      }
      initialized = total
    }
  }

  /// Moves values that lie a stride apart next to each other.
  private static func pack(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ place: RowLayout.Placement
  ) {
    guard place.rowBytes != place.stride else {
      return unsafe to.copyMemory(from: from, byteCount: count * place.rowBytes)
    }
    switch place.rowBytes {
    case 1: unsafe pack(from, to, count, place.stride, as: UInt8.self)
    case 4: unsafe pack(from, to, count, place.stride, as: UInt32.self)
    case 8: unsafe pack(from, to, count, place.stride, as: UInt64.self)
    case 16: unsafe pack(from, to, count, place.stride, as: SIMD2<UInt64>.self)
    default:
      for row in 0..<count {
        unsafe (to + row * place.rowBytes).copyMemory(from: from + row * place.stride, byteCount: place.rowBytes)
      }
    }
  }

  private static func pack<Word: FixedWidthWord>(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ stride: Int, as: Word.Type
  ) {
    for row in 0..<count {
      let word = unsafe from.loadUnaligned(fromByteOffset: row * stride, as: Word.self)
      unsafe to.storeBytes(of: word, toByteOffset: row * MemoryLayout<Word>.size, as: Word.self)
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
    unsafe memory = UnsafeRawPointer(chunk.memory)
    self.row = row
  }

  /// Asks for the record of the small columns, which may lie on two cache lines, before it is needed.
  func prefetch(recordBytes: Int) {
    guard let memory = unsafe memory, recordBytes > 0 else { return }
    unsafe rlbuf_prefetch(memory + row * recordBytes)
    unsafe rlbuf_prefetch(memory + row * recordBytes + recordBytes - 1)
  }
}

extension Chunk {
  /// One column of rows from anywhere, one behind the other; zeros for `.nowhere`.
  /// - Precondition: The logs that gave the addresses are alive until this returns.
  /// - Complexity: O(rows times row size)
  static func gather(_ addresses: [RowAddress], _ place: RowLayout.Placement) -> [UInt8] {
    let total = addresses.count * place.rowBytes
    return unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, initialized in
      unsafe gather(addresses, place, into: UnsafeMutableRawBufferPointer(buffer))
      initialized = total
    }
  }

  /// The same over bytes that are there already.
  /// - Precondition: There are as many as the rows take, and the logs that gave the addresses are alive.
  static func gather(_ addresses: [RowAddress], _ place: RowLayout.Placement, into bytes: inout MutableSpan<UInt8>) {
    unsafe bytes.withUnsafeMutableBytes { unsafe gather(addresses, place, into: $0) }
  }

  private static func gather(
    _ addresses: [RowAddress], _ place: RowLayout.Placement, into bytes: UnsafeMutableRawBufferPointer
  ) {
    precondition(bytes.count >= addresses.count * place.rowBytes, "room for every row")
    guard let target = bytes.baseAddress, place.rowBytes > 0 else { return }
    switch place.rowBytes {
    case 1: unsafe gather(addresses, place, as: UInt8.self, into: target)
    case 4: unsafe gather(addresses, place, as: UInt32.self, into: target)
    case 8: unsafe gather(addresses, place, as: UInt64.self, into: target)
    case 16: unsafe gather(addresses, place, as: SIMD2<UInt64>.self, into: target)
    default: unsafe gatherBytes(addresses, place, into: target)
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

  /// The same for rows of a size that one load and one store move.
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
