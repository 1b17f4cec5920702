/// Turns a seed of any length into the well mixed words that start a random generator, as numpy's `SeedSequence` does.
///
/// Seeds that differ in one bit give unrelated generators; so do the children of `spawn(_:)`, one for each
/// environment runner, say.
/// - Source: `numpy/random/bit_generator.pyx`, after O'Neill's `seed_seq_fe` (2015); pool of 4 words.
public struct SeedSequence: Sendable, Hashable {
  /// The seed as 32-bit words, the lowest bits first.
  public let entropy: [UInt32]

  /// The path of child numbers that leads here from the first sequence; empty for the first itself.
  public let spawnKey: [UInt64]

  /// How many children `spawn(_:)` has given, hence the number of the next one.
  public private(set) var spawnedCount = 0

  /// The 128 mixed bits from which all output words are made.
  /// - Shape: `[4]`
  public let pool: [UInt32]

  /// Mixes a non-negative integer.
  /// - Source: numpy's `SeedSequence(entropy, spawn_key=spawnKey)` with an integer.
  public init(entropy: UInt128, spawnKey: [UInt64] = []) {
    self.init(words: Self.words(of: entropy), spawnKey: spawnKey)
  }

  /// Mixes a list of non-negative integers; one that fits 32 bits counts as one word, a larger one as two.
  /// - Source: numpy's `SeedSequence(entropy, spawn_key=spawnKey)` with a list.
  public init(entropy: [UInt64], spawnKey: [UInt64] = []) {
    self.init(words: entropy.flatMap { Self.words(of: UInt128($0)) }, spawnKey: spawnKey)
  }

  /// Mixes words that are already 32 bits wide, taken as they are.
  /// - Source: numpy's `SeedSequence(entropy, spawn_key=spawnKey)` with a `uint32` array.
  public init(words: [UInt32], spawnKey: [UInt64] = []) {
    self.entropy = words
    self.spawnKey = spawnKey
    self.pool = Self.mixed(Self.assembled(words, spawnKey))
  }

  /// The first `count` output words; a longer request starts with the same words.
  /// - Shape: `[count]`
  /// - Complexity: O(`count`)
  /// - Source: numpy's `generate_state(count, np.uint32)`.
  public func generateState(count: Int) -> [UInt32] {
    precondition(count >= 0, "the count of state words must not be negative, found \(count)")
    var multiplier = Hash.outputSeed
    return (0..<count).map { index in
      var word = pool[index % Self.poolSize] ^ multiplier
      multiplier &*= Hash.outputMultiplier
      word &*= multiplier
      return word ^ (word >> 16)
    }
  }

  /// The first `count` output words of 64 bits, each made of two 32-bit words, the low half first.
  /// - Shape: `[count]`
  /// - Complexity: O(`count`)
  /// - Source: numpy's `generate_state(count, np.uint64)`.
  public func generateState64(count: Int) -> [UInt64] {
    let halves = generateState(count: 2 * count)
    return (0..<count).map { UInt64(halves[2 * $0]) | UInt64(halves[2 * $0 + 1]) << 32 }
  }

  /// The next `count` children; no two calls give the same child.
  /// - Shape: `[count]`
  /// - Complexity: O(`count`)
  /// - Source: numpy's `SeedSequence.spawn`.
  public mutating func spawn(_ count: Int) -> [SeedSequence] {
    precondition(count >= 0, "the count of children must not be negative, found \(count)")
    let numbers = spawnedCount..<(spawnedCount + count)
    spawnedCount = numbers.upperBound
    return numbers.map { SeedSequence(words: entropy, spawnKey: spawnKey + [UInt64($0)]) }
  }
}

extension SeedSequence {
  private static let poolSize = 4

  /// The multipliers of numpy's `bit_generator.pyx`, there `INIT_A`, `MULT_A`, `INIT_B`, `MULT_B`, `MIX_MULT_L` and
  /// `MIX_MULT_R`.
  private enum Hash {
    static let inputSeed: UInt32 = 0x43b0_d7e5
    static let inputMultiplier: UInt32 = 0x931e_8875
    static let outputSeed: UInt32 = 0x8b51_f9dd
    static let outputMultiplier: UInt32 = 0x58f3_8ded
    static let mixLeft: UInt32 = 0xca01_f9dd
    static let mixRight: UInt32 = 0x4973_f715
  }

  /// The value's 32-bit words, lowest first, without leading zeros; zero is one word.
  private static func words(of value: UInt128) -> [UInt32] {
    var words = [UInt32(truncatingIfNeeded: value)]
    var rest = value >> 32
    while rest > 0 {
      words.append(UInt32(truncatingIfNeeded: rest))
      rest >>= 32
    }
    return words
  }

  /// The seed followed by the spawn key.
  private static func assembled(_ words: [UInt32], _ spawnKey: [UInt64]) -> [UInt32] {
    guard !spawnKey.isEmpty else { return words }
    // Short seeds are filled up, so that a child never equals a parent whose seed ends in the child's number.
    let filling = [UInt32](repeating: 0, count: max(0, poolSize - words.count))
    return words + filling + spawnKey.flatMap { Self.words(of: UInt128($0)) }
  }

  /// The pool after all words went in: first each into its place, then every place into every other, then the rest.
  private static func mixed(_ words: [UInt32]) -> [UInt32] {
    var multiplier = Hash.inputSeed
    var pool = (0..<poolSize).map { hash($0 < words.count ? words[$0] : 0, &multiplier) }
    for source in 0..<poolSize {
      for target in 0..<poolSize where target != source {
        pool[target] = mix(pool[target], hash(pool[source], &multiplier))
      }
    }
    for word in words.dropFirst(poolSize) {
      for target in 0..<poolSize {
        pool[target] = mix(pool[target], hash(word, &multiplier))
      }
    }
    return pool
  }

  private static func hash(_ value: UInt32, _ multiplier: inout UInt32) -> UInt32 {
    var hashed = value ^ multiplier
    multiplier &*= Hash.inputMultiplier
    hashed &*= multiplier
    return hashed ^ (hashed >> 16)
  }

  private static func mix(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let mixed = Hash.mixLeft &* left &- Hash.mixRight &* right
    return mixed ^ (mixed >> 16)
  }
}
