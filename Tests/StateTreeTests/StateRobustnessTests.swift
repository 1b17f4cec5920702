import StateTree
import Testing

@Suite("State bytes at random and damaged")
struct StateRobustnessTests {
  @Test("random trees come back equal and are written the same again", arguments: 0..<10 as Range<UInt64>)
  func randomTrees(_ block: UInt64) throws {
    for seed in block * 500..<(block + 1) * 500 {
      var trees = RandomTrees(seed: seed)
      let tree = trees.tree(depth: 5)
      let bytes = try tree.encoded()
      let decoded = try StateValue(decoding: bytes)
      #expect(decoded == tree, "seed \(seed)")
      #expect(try decoded.encoded() == bytes, "seed \(seed)")
      #expect(try tree.decode(StateValue.self) == tree, "seed \(seed)")
    }
  }

  static let small: StateValue = [
    "t": .tensor(Tensor(knownShape: [2, 1], [1.5, -0.0] as [Float])), "n": [1, -300, nil], "d": 2.5,
    "s": .string(composed),
    "b": .bytes([1, 2]), "u": .unsigned(.max),
  ]

  @Test("every truncation is refused")
  func truncations() throws {
    let bytes = try Self.small.encoded()
    for count in 0..<bytes.count {
      #expect(throws: StateTreeError.self, "cut at \(count)") { try StateValue(decoding: Array(bytes[..<count])) }
    }
  }

  @Test("every changed byte is refused or read as other state that is written and read again")
  func changedBytes() throws {
    let bytes = try Self.small.encoded()
    for offset in bytes.indices {
      for byte in UInt8.min ... .max where byte != bytes[offset] {
        var damaged = bytes
        damaged[offset] = byte
        guard let value = try? StateValue(decoding: damaged) else { continue }
        #expect(value != Self.small, "byte \(offset) is \(byte)")
        #expect(try StateValue(decoding: value.encoded()) == value, "byte \(offset) is \(byte)")
      }
    }
  }

  @Test("random bytes behind the head of a tensor are refused or read")
  func randomTails() throws {
    let bytes = try StateValue.tensor(Tensor(vector: [1.0])).encoded()
    for seed in 0..<2000 as Range<UInt64> {
      var random = PCG64(seed: seed)
      var damaged = bytes
      for _ in 0..<3 {
        damaged[Int(random.nextUInt32()) % bytes.count] = UInt8(truncatingIfNeeded: random.nextUInt32())
      }
      guard let value = try? StateValue(decoding: damaged) else { continue }
      #expect(try StateValue(decoding: value.encoded()) == value, "seed \(seed)")
    }
  }
}
