/// Walks one object before msgpack-c sees it, so that the C library only gets what fits into the limits.
///
/// msgpack-c 4.0 allocates what a header announces and calls nesting deeper than its stack "out of memory". The scan checks
/// every announced count against the bytes that remain for *all* open containers together, so that nested headers cannot
/// each pass a check of their own; it bounds depth, values and bodies; and it lifts lists of numbers out (`NumberPacking`),
/// which the C library then never unpacks.
struct BoundsScan {
  /// A value the scan has read itself: the position of its value in reading order and, if it is to be left out of what
  /// the C library gets, its bytes.
  struct Lifted {
    let node: Int
    let value: MessagePackValue
    let bytes: Range<Int>?
  }

  /// What the object's values may amount to.
  let limits: MessagePackLimits
  /// The offset behind the object.
  private(set) var end: Int
  /// How many values were met, containers included.
  private(set) var nodes = 0
  /// Values that the scan has read itself, in reading order.
  private(set) var lifted: [Lifted] = []

  /// Bodies of so many bytes are copied by the scan: left to the C library, they would be copied once more on the way
  /// whenever the object has a list to lift out.
  private static let longBody = 4096

  private var open: [Int] = []
  private var pending = 1
  private var hopelessUpTo = -1
  private var numbers = 0

  /// Scans the object that begins at `start`.
  init(_ bytes: Span<UInt8>, from start: Int, limits: MessagePackLimits) throws(MessagePackError) {
    self.limits = limits
    self.end = start
    while pending > 0 { try takeValue(bytes) }
  }

  private mutating func takeValue(_ bytes: Span<UInt8>) throws(MessagePackError) {
    guard end < bytes.count else { throw .truncated(offset: end, needed: 1, available: 0) }
    guard nodes < limits.nodes else { throw .tooManyNodes(offset: end, limit: limits.nodes) }
    pending -= 1
    closeOne()
    switch try Token(bytes, at: end) {
    case .scalar(let size): try takeScalar(bytes, size: size)
    case .body(let body, let head, let length): try takeBody(bytes, body, head: head, length: length)
    case .list(let head, let count):
      guard try !liftNumbers(bytes) else { break }
      try openContainer(bytes, .list, head: head, values: count, count: count)
    case .map(let head, let count): try openContainer(bytes, .map, head: head, values: 2 * count, count: count)
    }
    nodes += 1
    while open.last == 0 { open.removeLast() }
  }

  private mutating func closeOne() {
    guard let last = open.indices.last else { return }
    open[last] -= 1
  }

  private mutating func takeScalar(_ bytes: Span<UInt8>, size: Int) throws(MessagePackError) {
    try require(size, of: bytes)
    if bytes[end] == 0xca, let value = NumberPacking.float32NaN(bytes, at: end) {
      // msgpack-c goes through double, which makes another NaN of it.
      lifted.append(Lifted(node: nodes, value: .float32(value), bytes: nil))
    }
    end += size
  }

  private mutating func takeBody(
    _ bytes: Span<UInt8>, _ body: MessagePackError.Container, head: Int, length: Int
  ) throws(MessagePackError) {
    guard length <= limits.bodyBytes else {
      throw .bodyTooLong(offset: end, length: length, limit: limits.bodyBytes)
    }
    try require(head + length, of: bytes)
    if length >= Self.longBody { liftBody(bytes, body, head: head, length: length) }
    end += head + length
  }

  private mutating func liftBody(_ bytes: Span<UInt8>, _ body: MessagePackError.Container, head: Int, length: Int) {
    let past = end + head + length
    let copy = unsafe bytes.extracting(end + head..<past).withUnsafeBufferPointer { unsafe Array($0) }
    let value: MessagePackValue =
      switch body {
      case .text: .text(copy)
      case .ext: .ext(type: Int8(bitPattern: bytes[end + head - 1]), bytes: copy)  // too long for a timestamp
      default: .binary(copy)
      }
    lifted.append(Lifted(node: nodes, value: value, bytes: end..<past))
  }

  private mutating func liftNumbers(_ bytes: Span<UInt8>) throws(MessagePackError) -> Bool {
    guard end > hopelessUpTo else { return false }
    switch NumberPacking.pack(bytes, at: end, depth: open.count, room: limits.numbers - numbers) {
    case .packed(let list, let past):
      numbers += list.elements.numberCount
      lifted.append(Lifted(node: nodes, value: .packed(list), bytes: end..<past))
      end = past
      return true
    case .notNumbers(let hopeless):
      hopelessUpTo = hopeless
      return false
    case .tooMany: throw .tooManyNumbers(offset: end, limit: limits.numbers)
    }
  }

  private mutating func openContainer(
    _ bytes: Span<UInt8>, _ container: MessagePackError.Container, head: Int, values: Int, count: Int
  ) throws(MessagePackError) {
    guard open.count < MessagePackLimits.maximumDepth else {
      throw .tooDeep(offset: end, limit: MessagePackLimits.maximumDepth)
    }
    let available = bytes.count - end - head
    guard pending + values <= available else {
      throw .announcesTooMuch(container, count: count, offset: end, available: available)
    }
    pending += values
    open.append(values)
    end += head
  }

  private func require(_ size: Int, of bytes: Span<UInt8>) throws(MessagePackError) {
    let available = bytes.count - end
    guard size <= available else { throw .truncated(offset: end, needed: size, available: available) }
  }
}
