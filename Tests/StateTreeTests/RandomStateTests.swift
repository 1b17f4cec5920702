import StateTree
import Testing

@Suite("The state of PCG64")
struct RandomStateTests {
  @Test("a plain seed is the seed sequence of that number", arguments: [0, 7, UInt64.max])
  func plainSeed(_ seed: UInt64) {
    #expect(PCG64(seed: seed) == PCG64(seedSequence: SeedSequence(entropy: UInt128(seed))))
  }

  @Test("a copy continues independently with the same stream")
  func copies() {
    var original = PCG64(seed: 7)
    _ = original.nextUInt32()
    var copy = original
    let drawn = original.integers(in: 0..<1000, count: 9)
    #expect(copy != original)
    #expect(copy.integers(in: 0..<1000, count: 9) == drawn)
    #expect(copy == original)
  }

  @Test("a generator resumes from its state in the middle of a stream", arguments: 0..<6)
  func resumes(drawnBefore: Int) throws {
    var straight = PCG64(seed: 12345)
    _ = straight.integers(in: 0..<6, count: drawnBefore)
    #expect(straight.position.hasBufferedWord == (drawnBefore % 2 == 1))
    var resumed = try PCG64(position: straight.position)
    #expect(resumed.integers(in: 0..<6, count: 3) == straight.integers(in: 0..<6, count: 3))
    #expect(resumed.random(count: 3) == straight.random(count: 3))
    #expect(resumed.nextUInt32() == straight.nextUInt32())
    #expect(resumed.position == straight.position)
  }

  @Test("a half word survives draws of whole words and is lost only by advancing")
  func halfWord() {
    var random = PCG64(seed: 1)
    let low = random.nextUInt32()
    var fresh = PCG64(seed: 1)
    let word: UInt64 = fresh.next()
    #expect(UInt64(low) | UInt64(random.position.bufferedWord) << 32 == word)
    _ = random.random()
    #expect(random.nextUInt32() == UInt32(truncatingIfNeeded: word >> 32))
    _ = random.nextUInt32()
    random.advance(by: 0)
    #expect(!random.position.hasBufferedWord)
  }

  @Test("advancing is drawing, and back again")
  func advancing() {
    let start = PCG64(seed: 7)
    var drawn = start
    var advanced = start
    _ = drawn.random(count: 1000)
    advanced.advance(by: 1000)
    #expect(advanced == drawn)
    advanced.advance(by: 0 &- 1000)
    #expect(advanced == start)
  }

  @Test("an even increment is refused with its value and a remedy")
  func evenIncrement() throws {
    var state = PCG64(seed: 0).position
    state.increment = 4
    let error = try #require(throws: StateTreeError.self) { try PCG64(position: state) }
    #expect(error == .evenIncrement(4))
    #expect(
      error.description == "the PCG64 state has the even increment 4, expected an odd one; "
        + "take the state from an intact checkpoint or start from a seed")
  }

  @Test("generators seeded by the system differ")
  func systemSeeds() {
    #expect(PCG64.seededFromSystem() != PCG64.seededFromSystem())
  }
}

@Suite("Seed sequences")
struct RandomSeedSequenceTests {
  @Test("children are numbered through all calls and extend the path")
  func spawning() {
    var parent = SeedSequence(entropy: 5)
    var children = parent.spawn(2) + parent.spawn(1)
    #expect(children.map(\.spawnKey) == [[0], [1], [2]])
    #expect(parent.spawnedCount == 3)
    #expect(children[1].spawn(1).map(\.spawnKey) == [[1, 0]])
    #expect(children[0] == SeedSequence(entropy: 5, spawnKey: [0]))
    #expect(Set(children.map(\.pool)).count == 3)
  }

  @Test("numbers, lists and words say the same seed")
  func seedForms() {
    let words: [UInt32] = [9, 0, 3]
    #expect(SeedSequence(entropy: [9, 0, 3]) == SeedSequence(words: words))
    #expect(SeedSequence(entropy: 3 << 64 | 9) == SeedSequence(words: words))
    #expect(SeedSequence(entropy: [3 << 32 | 9]) == SeedSequence(words: [9, 3]))
  }

  @Test("numbers filled in are those drawn one by one")
  func filled() {
    var (together, single) = (PCG64(seed: 11), PCG64(seed: 11))
    var reals = [Double](repeating: 9, count: 40)
    var integers = [Int](repeating: 9, count: 41)
    together.fill(&reals)
    together.fill(&integers, from: -3..<1_000_000)
    #expect(reals == (0..<40).map { _ in single.random() })
    #expect(integers == (0..<41).map { _ in Int(single.integers(in: -3..<1_000_000)) })
    together.fill(&integers, from: 7..<8)
    #expect(together == single && integers == [Int](repeating: 7, count: 41))
  }
}
