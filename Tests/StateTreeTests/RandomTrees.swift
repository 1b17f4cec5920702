import StateTree

/// Makes random trees of state from a seed.
struct RandomTrees {
  private var random: PCG64
  private static let types = ["|b1", "<i2", "|u1", "<f4", "<f8", "<c8", "<U2", "|S3", "|V4", "<M8[ns]", "<U0"]
  private static let doubles: [UInt64] = [
    0x8000_0000_0000_0000, 0x7ff0_0000_0000_0001, 0xffff_ffff_ffff_ffff, 0x7ff0_0000_0000_0000, 1,
  ]
  private static let letters = ["a", "b", "\0", "/", composed, decomposed, "\u{1f600}", "\r\n"]

  init(seed: UInt64) { random = PCG64(seed: seed) }

  private mutating func below(_ limit: Int) -> Int { Int(random.nextUInt32()) % limit }

  /// A tree of at most so many levels.
  mutating func tree(depth: Int) -> StateValue {
    switch below(depth == 0 ? 8 : 12) {
    case 0: .nil
    case 1: .bool(below(2) == 0)
    case 2: .int(Int64(bitPattern: random.next() >> UInt64(below(64))))
    case 3: .unsigned(random.next() | 1 << 63)
    case 4: .double(Double(bitPattern: below(2) == 0 ? Self.doubles[below(Self.doubles.count)] : random.next()))
    case 5: .string(text())
    case 6: .bytes(bytes(below(40)))
    case 7: .tensor(tensor())
    case 8, 9: .array((0..<below(5)).map { _ in tree(depth: depth - 1) })
    case 10: .array((0..<below(5)).map { _ in .int(Int64(below(300))) })
    default: .map(map(depth: depth - 1))
    }
  }

  private mutating func text() -> String {
    (0..<below(6)).map { _ in Self.letters[below(Self.letters.count)] }.joined()
  }

  private mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(below(256)) } }

  private mutating func map(depth: Int) -> StateMap {
    var map = StateMap()
    for _ in 0..<below(5) { map[StateKey(text())] = tree(depth: depth) }
    return map
  }

  private mutating func tensor() -> Tensor {
    let shape = (0..<below(4)).map { _ in below(4) }
    guard let type = DataType(name: Self.types[below(Self.types.count)]),
      let count = try? Tensor.byteCount(type, shape: shape),
      let tensor = try? Tensor(type, shape: shape, bytes: bytes(count))
    else { preconditionFailure("a tensor of a known type") }
    return tensor
  }
}
