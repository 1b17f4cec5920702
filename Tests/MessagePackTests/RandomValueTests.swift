import MessagePack
import Testing

@Suite("Random values")
struct RandomValueTests {
  @Test(
    "20,000 values are read as they were written, and written again to the same bytes",
    arguments: 1...8 as ClosedRange<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var source = RandomValues(random: SplitMix(state: seed))
    for round in 0..<2500 {
      let value = source.value(depth: 0)
      let expected = naivelyPacked(value)
      let bytes = try MessagePackWriter.bytes(of: value)
      let found = try MessagePackReader.value(of: bytes)
      #expect(found == expected, "seed \(seed), round \(round)")
      #expect(found.hashValue == expected.hashValue, "seed \(seed), round \(round)")
      #expect(try MessagePackWriter.bytes(of: found) == bytes, "seed \(seed), round \(round)")
    }
  }
}

/// Values of every kind, with a liking for borders and for lists that are nearly rectangular.
struct RandomValues {
  var random: SplitMix

  mutating func value(depth: Int) -> MessagePackValue {
    switch pick(depth < 6 ? 16 : 10) {
    case 0: .nil
    case 1: .bool(pick(2) == 0)
    case 2, 3: integer()
    case 4: .float32(Float(bitPattern: UInt32(truncatingIfNeeded: bits())))
    case 5: .float64(Double(bitPattern: bits()))
    case 6: .text(body())
    case 7: .binary(body())
    case 8: .ext(type: [-128, -2, 0, 5, 127][pick(5)], bytes: body())
    case 9: .timestamp(.init(seconds: Int64(bitPattern: bits()), nanoseconds: UInt32(pick(1_000_000_000))))
    case 10, 11: .array((0..<pick(5)).map { _ in value(depth: depth + 1) })
    case 12, 13: map(depth: depth)
    default: rectangle()
    }
  }

  /// A nested list of numbers of one kind, one in four with a flaw.
  private mutating func rectangle() -> MessagePackValue {
    let kind = pick(6)
    var list = rectangle((0..<1 + pick(3)).map { _ in 1 + pick(4) }, kind: kind)
    if pick(4) == 0, case .array(var rows) = list {
      rows[pick(rows.count)] = pick(2) == 0 ? number(kind: pick(6)) : .array([number(kind: kind)])
      list = .array(rows)
    }
    return list
  }

  private mutating func rectangle(_ shape: [Int], kind: Int) -> MessagePackValue {
    guard let count = shape.first else { return number(kind: kind) }
    return .array((0..<count).map { _ in rectangle(Array(shape.dropFirst()), kind: kind) })
  }

  private mutating func number(kind: Int) -> MessagePackValue {
    switch kind {
    case 0: .bool(pick(2) == 0)
    case 1: integer()
    case 2: .integer(bits() >> UInt64(pick(64)))
    case 3: .float32(Float(bitPattern: UInt32(truncatingIfNeeded: bits())))
    case 4: .float64(Double(bitPattern: bits()))
    default: .map([])
    }
  }

  /// An integer of any width, a third of them within two of a power of two.
  private mutating func integer() -> MessagePackValue {
    let magnitude = pick(3) == 0 ? (1 << UInt64(pick(64))) &+ UInt64(pick(5)) &- 2 : bits() >> UInt64(pick(64))
    return pick(2) == 0 ? .integer(magnitude) : .int(Int64(bitPattern: magnitude))
  }

  private mutating func body() -> [UInt8] {
    let length = pick(20) == 0 ? [31, 32, 255, 256, 4095, 4096][pick(6)] : pick(20)
    return (0..<length).map { _ in UInt8(truncatingIfNeeded: bits()) }
  }

  private mutating func map(depth: Int) -> MessagePackValue {
    var seen = Set<MessagePackValue>()
    let entries = (0..<pick(20) / 3 * pick(5)).map { _ in
      MessagePackValue.MapEntry(key: value(depth: depth + 3), value: value(depth: depth + 1))
    }
    return .map(entries.filter { seen.insert(naivelyPacked($0.key)).inserted })
  }

  private mutating func bits() -> UInt64 { random.next() }
  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
}
