/// Reads a rectangular nested list of numbers of one type into one block, or finds that it is not one.
struct NumberPacking {
  private var shape: [Int] = []
  private var kind: Kind?
  private var words: [UInt64] = []
  private var halves: [UInt32] = []
  private var flags: [Bool] = []
  private var maps = 0
  private var hasNegative = false
  private var hasLarge = false

  private enum Kind { case integer, float32, float64, bool, emptyMap }

  /// The packed list that begins at `offset` inside `depth` open containers and the offset behind it, or nil if the list
  /// is not rectangular, not of one type, empty, cut short or too deep. Nothing is allocated beyond eight bytes for each
  /// byte that was really read.
  /// - Complexity: O(bytes read); a caller that goes on generically tries again one level down, at most `maximumDepth` times.
  static func pack(_ bytes: Span<UInt8>, at offset: Int, depth: Int) -> (list: PackedList, end: Int)? {
    var packing = NumberPacking()
    var position = offset
    guard packing.takeList(bytes, &position, level: 0, depth: depth), let elements = packing.elements else { return nil }
    return (PackedList(shape: packing.shape, elements: elements), position)
  }

  /// The single-precision number at a tag 0xca if it is a NaN.
  static func float32NaN(_ bytes: Span<UInt8>, at offset: Int) -> Float? {
    let value = Float(bitPattern: loadBigEndian(bytes, at: offset + 1))
    return value.isNaN ? value : nil
  }

  private mutating func takeList(_ bytes: Span<UInt8>, _ position: inout Int, level: Int, depth: Int) -> Bool {
    guard depth + level < MessagePackLimits.maximumDepth, position < bytes.count,
      case .list(let head, let count)? = try? Token(bytes, at: position), count > 0,
      count <= bytes.count - position - head
    else { return false }
    if level == shape.count { shape.append(count) } else if shape[level] != count { return false }
    position += head
    guard isList(bytes[position]) else { return level == shape.count - 1 && takeNumbers(bytes, &position, count) }
    for _ in 0..<count {
      guard takeList(bytes, &position, level: level + 1, depth: depth) else { return false }
    }
    return true
  }

  private func isList(_ tag: UInt8) -> Bool { tag & 0xf0 == 0x90 || tag == 0xdc || tag == 0xdd }

  private mutating func takeNumbers(_ bytes: Span<UInt8>, _ position: inout Int, _ count: Int) -> Bool {
    let found = Self.kind(ofTag: bytes[position])
    if kind == nil { kind = found }
    guard let kind, kind == found else { return false }
    switch kind {
    case .integer: return takeIntegers(bytes, &position, count)
    case .float64: return takeFloats(bytes, &position, count, tag: 0xcb, into: &words)
    case .float32: return takeFloats(bytes, &position, count, tag: 0xca, into: &halves)
    case .bool: return takeBytes(bytes, &position, count) { $0.flags.append($1 == 0xc3); return $1 & 0xfe == 0xc2 }
    case .emptyMap: return takeBytes(bytes, &position, count) { $0.maps += 1; return $1 == 0x80 }
    }
  }

  private static func kind(ofTag tag: UInt8) -> Kind? {
    switch tag {
    case 0x00...0x7f, 0xe0...0xff, 0xcc...0xd3: .integer
    case 0xca: .float32
    case 0xcb: .float64
    case 0xc2, 0xc3: .bool
    case 0x80: .emptyMap
    default: nil
    }
  }

  private func takeFloats<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: Span<UInt8>, _ position: inout Int, _ count: Int, tag: UInt8, into bits: inout [Bits]
  ) -> Bool {
    let size = 1 + MemoryLayout<Bits>.size
    guard count <= (bytes.count - position) / size else { return false }
    if bits.isEmpty { bits.reserveCapacity(count) }
    for _ in 0..<count {
      guard bytes[position] == tag else { return false }
      bits.append(loadBigEndian(bytes, at: position + 1))
      position += size
    }
    return true
  }

  private mutating func takeBytes(
    _ bytes: Span<UInt8>, _ position: inout Int, _ count: Int, _ take: (inout NumberPacking, UInt8) -> Bool
  ) -> Bool {
    for offset in position..<position + count {
      guard take(&self, bytes[offset]) else { return false }
    }
    position += count
    return true
  }

  private mutating func takeIntegers(_ bytes: Span<UInt8>, _ position: inout Int, _ count: Int) -> Bool {
    if words.isEmpty { words.reserveCapacity(count) }
    for _ in 0..<count {
      guard position < bytes.count, takeInteger(bytes, &position) else { return false }
    }
    return true
  }

  private mutating func takeInteger(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
    let tag = bytes[position]
    if tag < 0x80 || tag >= 0xe0 {
      position += 1
      return append(signed: Int64(Int8(bitPattern: tag)))
    }
    guard (0xcc...0xd3).contains(tag) else { return false }
    let size = 1 << Int(tag & 0x03)
    guard bytes.count - position > size else { return false }
    defer { position += 1 + size }
    let at = position + 1
    switch tag {
    case 0xcc: return append(signed: Int64(bytes[at]))
    case 0xcd: return append(signed: Int64(loadBigEndian(bytes, at: at) as UInt16))
    case 0xce: return append(signed: Int64(loadBigEndian(bytes, at: at) as UInt32))
    case 0xcf: return append(unsigned: loadBigEndian(bytes, at: at))
    case 0xd0: return append(signed: Int64(Int8(bitPattern: bytes[at])))
    case 0xd1: return append(signed: Int64(Int16(bitPattern: loadBigEndian(bytes, at: at))))
    case 0xd2: return append(signed: Int64(Int32(bitPattern: loadBigEndian(bytes, at: at))))
    default: return append(signed: Int64(bitPattern: loadBigEndian(bytes, at: at)))
    }
  }

  private mutating func append(signed value: Int64) -> Bool {
    hasNegative = hasNegative || value < 0
    words.append(UInt64(bitPattern: value))
    return !(hasNegative && hasLarge)
  }

  private mutating func append(unsigned value: UInt64) -> Bool {
    hasLarge = hasLarge || value > UInt64(Int64.max)
    words.append(value)
    return !(hasNegative && hasLarge)
  }

  private var elements: PackedList.Elements? {
    switch kind {
    case .integer: hasLarge ? .uint64(words) : .int64(words.map(Int64.init(bitPattern:)))
    case .float64: .float64(words.map(Double.init(bitPattern:)))
    case .float32: .float32(halves.map(Float.init(bitPattern:)))
    case .bool: .bool(flags)
    case .emptyMap: .emptyMaps(maps)
    case nil: nil
    }
  }
}

/// A big-endian integer at any offset; the caller has checked that it lies inside.
private func loadBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ bytes: Span<UInt8>, at offset: Int) -> T {
  precondition(offset >= 0 && bytes.count - offset >= MemoryLayout<T>.size)
  // Checked on the line above; the byte-wise loop is eight times slower on a quarter of a million numbers.
  return unsafe T(bigEndian: bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self))
}
