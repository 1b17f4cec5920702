/// Reads a rectangular nested list of numbers of one type into one block, or finds that it is not one.
struct NumberPacking {
  /// What came of an attempt.
  enum Outcome {
    /// The packed list and the offset behind it.
    case packed(PackedList, end: Int)
    /// The list is not rectangular, not of one type, empty, cut short or too deep. Neither is any list inside it that
    /// begins at or before `hopelessUpTo`: reading it alone takes the same steps to the same failure.
    case notNumbers(hopelessUpTo: Int)
    /// The list holds more numbers than there is room for.
    case tooMany
  }

  private let outerDepth: Int
  private let room: Int
  private var taken = 0
  private var isOverRoom = false
  private var hopelessUpTo: Int
  private var shape: [Int] = []
  private var kind: Kind?
  private var integers: [Int64] = []
  private var doubles: [Double] = []
  private var floats: [Float] = []
  private var flags: [Bool] = []
  private var maps = 0
  private var hasNegative = false
  private var hasLarge = false

  private enum Kind { case integer, float32, float64, bool, emptyMap }

  private init(offset: Int, outerDepth: Int, room: Int) {
    self.hopelessUpTo = offset
    self.outerDepth = outerDepth
    self.room = room
  }

  /// Packs the list that begins at `offset` inside `depth` open containers, if it holds at most `room` numbers. Memory is
  /// taken for no more numbers than the bytes that remain can hold, at most eight bytes for each.
  /// - Complexity: O(bytes read). A caller that goes on inside a list that failed and heeds `hopelessUpTo` reads a byte
  ///   again only behind rows that were as long as its own.
  static func pack(_ bytes: Span<UInt8>, at offset: Int, depth: Int, room: Int) -> Outcome {
    var packing = NumberPacking(offset: offset, outerDepth: depth, room: room)
    var position = offset
    guard packing.takeList(bytes, &position, level: 0), let elements = packing.elements else {
      return packing.isOverRoom ? .tooMany : .notNumbers(hopelessUpTo: packing.hopelessUpTo)
    }
    return .packed(PackedList(shape: packing.shape, elements: elements), end: position)
  }

  /// The single-precision number at a tag 0xca if it is a NaN.
  static func float32NaN(_ bytes: Span<UInt8>, at offset: Int) -> Float? {
    let value = Float(bitPattern: loadBigEndian(bytes, at: offset + 1))
    return value.isNaN ? value : nil
  }

  private mutating func takeList(_ bytes: Span<UInt8>, _ position: inout Int, level: Int) -> Bool {
    let start = position
    guard outerDepth + level < MessagePackLimits.maximumDepth, position < bytes.count,
      case .list(let head, let count)? = try? Token(bytes, at: position), count > 0,
      count <= bytes.count - position - head
    else { return false }
    // Down to the first number, lists set the shape; from then on they must have it.
    let isFirstOfLevel = kind == nil
    if isFirstOfLevel { shape.append(count) } else if level >= shape.count || shape[level] != count { return false }
    position += head
    if takeElements(bytes, &position, count, level: level) { return true }
    if isFirstOfLevel { hopelessUpTo = max(hopelessUpTo, start) }
    return false
  }

  private mutating func takeElements(_ bytes: Span<UInt8>, _ position: inout Int, _ count: Int, level: Int) -> Bool {
    guard Self.isList(bytes[position]) else {
      return level == shape.count - 1 && takeNumbers(bytes, &position, count)
    }
    for _ in 0..<count {
      guard takeList(bytes, &position, level: level + 1) else { return false }
    }
    return true
  }

  private static func isList(_ tag: UInt8) -> Bool { tag & 0xf0 == 0x90 || tag == 0xdc || tag == 0xdd }

  private mutating func takeNumbers(_ bytes: Span<UInt8>, _ position: inout Int, _ count: Int) -> Bool {
    guard let found = Self.kind(ofTag: bytes[position]) else { return false }
    if kind == nil {
      kind = found
      reserve(found, remaining: bytes.count - position)
    }
    guard kind == found, makeRoom(for: count, of: found) else { return false }
    return switch found {
    case .integer: takeIntegers(bytes, &position, count)
    case .float64: Self.takeFloats(bytes, &position, count, tag: 0xcb, into: &doubles, Double.init(bitPattern:))
    case .float32: Self.takeFloats(bytes, &position, count, tag: 0xca, into: &floats, Float.init(bitPattern:))
    case .bool: takeFlags(bytes, &position, count)
    case .emptyMap: takeEmptyMaps(bytes, &position, count)
    }
  }

  /// Counts the numbers that are about to be read. Empty maps take no memory and are not counted.
  private mutating func makeRoom(for count: Int, of kind: Kind) -> Bool {
    guard kind != .emptyMap else { return true }
    isOverRoom = count > room - taken
    taken += isOverRoom ? 0 : count
    return !isOverRoom
  }

  private static func kind(ofTag tag: UInt8) -> Kind? {
    switch tag {
    case 0x00...0x7f, 0xe0...0xff, 0xcc...0xd3: .integer
    case 0xca: .float32
    case 0xcb: .float64
    case 0xc2, 0xc3: .bool
    case 0x80, 0xde, 0xdf: .emptyMap
    default: nil
    }
  }

  /// Makes room for as many numbers as the shape announces and `remaining` bytes can hold. The shape is known by now.
  private mutating func reserve(_ kind: Kind, remaining: Int) {
    func room(_ size: Int) -> Int {
      let most = min(remaining / size, self.room)
      return shape.reduce(1) { $0 > most / $1 ? most : $0 * $1 }
    }
    switch kind {
    case .integer: integers.reserveCapacity(room(1))
    case .float64: doubles.reserveCapacity(room(9))
    case .float32: floats.reserveCapacity(room(5))
    case .bool: flags.reserveCapacity(room(1))
    case .emptyMap: break
    }
  }

  private static func takeFloats<Bits: FixedWidthInteger & BitwiseCopyable, Number>(
    _ bytes: Span<UInt8>, _ position: inout Int, _ count: Int, tag: UInt8, into numbers: inout [Number],
    _ number: (Bits) -> Number
  ) -> Bool {
    let size = 1 + MemoryLayout<Bits>.size
    guard count <= (bytes.count - position) / size else { return false }
    for _ in 0..<count {
      guard bytes[position] == tag else { return false }
      numbers.append(number(loadBigEndian(bytes, at: position + 1)))
      position += size
    }
    return true
  }

  private mutating func takeFlags(_ bytes: Span<UInt8>, _ position: inout Int, _ count: Int) -> Bool {
    for _ in 0..<count {
      let tag = bytes[position]
      guard tag & 0xfe == 0xc2 else { return false }
      flags.append(tag == 0xc3)
      position += 1
    }
    return true
  }

  private mutating func takeEmptyMaps(_ bytes: Span<UInt8>, _ position: inout Int, _ count: Int) -> Bool {
    // A map is a container of its own, one level below the innermost list.
    guard outerDepth + shape.count < MessagePackLimits.maximumDepth else { return false }
    for _ in 0..<count {
      guard position < bytes.count, case .map(let head, 0)? = try? Token(bytes, at: position) else { return false }
      position += head
    }
    maps += count
    return true
  }

  private mutating func takeIntegers(_ bytes: Span<UInt8>, _ position: inout Int, _ count: Int) -> Bool {
    for _ in 0..<count {
      guard position < bytes.count else { return false }
      let tag = bytes[position]
      if tag < 0x80 || tag >= 0xe0 {
        integers.append(Int64(Int8(bitPattern: tag)))
        hasNegative = hasNegative || tag >= 0xe0
        position += 1
      } else {
        guard takeWideInteger(bytes, &position, tag) else { return false }
      }
    }
    return !(hasNegative && hasLarge)
  }

  private mutating func takeWideInteger(_ bytes: Span<UInt8>, _ position: inout Int, _ tag: UInt8) -> Bool {
    guard (0xcc...0xd3).contains(tag) else { return false }
    let size = 1 << Int(tag & 0x03)
    guard bytes.count - position > size else { return false }
    let value = Self.wideInteger(bytes, at: position + 1, tag)
    // Only a uint64 can come out negative without being so: its bits are kept, and all are unsigned in the end.
    hasLarge = hasLarge || (tag == 0xcf && value < 0)
    hasNegative = hasNegative || (tag != 0xcf && value < 0)
    integers.append(value)
    position += 1 + size
    return true
  }

  private static func wideInteger(_ bytes: Span<UInt8>, at offset: Int, _ tag: UInt8) -> Int64 {
    switch tag {
    case 0xcc: Int64(bytes[offset])
    case 0xcd: Int64(loadBigEndian(bytes, at: offset) as UInt16)
    case 0xce: Int64(loadBigEndian(bytes, at: offset) as UInt32)
    case 0xd0: Int64(Int8(bitPattern: bytes[offset]))
    case 0xd1: Int64(loadBigEndian(bytes, at: offset) as Int16)
    case 0xd2: Int64(loadBigEndian(bytes, at: offset) as Int32)
    default: loadBigEndian(bytes, at: offset)  // 0xcf and 0xd3, by their bits
    }
  }

  private var elements: PackedList.Elements? {
    switch kind {
    case .integer: hasLarge ? .uint64(integers.map(UInt64.init(bitPattern:))) : .int64(integers)
    case .float64: .float64(doubles)
    case .float32: .float32(floats)
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
