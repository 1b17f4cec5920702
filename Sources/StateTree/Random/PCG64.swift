/// The random generator of all training: numpy's `PCG64`, number for number.
///
/// It is a value: a copy continues on its own, and `position` holds all there is to save. The distributions in this
/// module draw what `numpy.random.Generator(PCG64(seed))` draws. The standard library's own, such as
/// `Int.random(in:using:)` and `shuffle(using:)`, work too but follow Swift's algorithms, which numpy does not know and
/// which a new Swift may change: what must be repeatable uses the ones here.
/// - Source: O'Neill 2014, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random
///   Number Generation", variant XSL RR 128/64; numpy's `src/pcg64/pcg64.h` and `_pcg64.pyx`.
public struct PCG64: RandomNumberGenerator, Sendable, Equatable {
  /// Where the stream stands, to be saved.
  public internal(set) var position: Position

  /// Starts the stream that numpy's `PCG64(seed)` starts.
  public init(seed: UInt64) {
    self.init(seedSequence: SeedSequence(entropy: UInt128(seed)))
  }

  /// Starts the stream that numpy's `PCG64(SeedSequence(...))` starts.
  /// - Source: `pcg64_set_seed` in numpy's `src/pcg64/pcg64.c`.
  public init(seedSequence: SeedSequence) {
    let words = seedSequence.generateState64(count: 4).map { UInt128($0) }
    let increment = (words[2] << 64 | words[3]) << 1 | 1
    // One step from zero leaves the increment alone.
    position = Position(state: increment &+ (words[0] << 64 | words[1]), increment: increment)
    step()
  }

  /// Continues a saved stream.
  /// - Throws: `StateTreeError.evenIncrement` for a state that no generator can have.
  public init(position: Position) throws(StateTreeError) {
    try position.checkInvariants()
    self.position = position
  }

  /// A generator that no one can foresee, seeded with 128 bits from the operating system.
  ///
  /// For choosing a seed that is then written down; a run that is to be repeated starts from `init(seed:)`.
  public static func seededFromSystem() -> PCG64 {
    var system = SystemRandomNumberGenerator()
    let entropy = UInt128(system.next() as UInt64) << 64 | UInt128(system.next() as UInt64)
    return PCG64(seedSequence: SeedSequence(entropy: entropy))
  }

  /// The next 64 random bits; a buffered half word stays for `nextUInt32()`.
  /// - Complexity: O(1)
  /// - Source: `pcg64_next64` in numpy's `src/pcg64/pcg64.h`.
  public mutating func next() -> UInt64 {
    step()
    let folded = UInt64(truncatingIfNeeded: position.state >> 64) ^ UInt64(truncatingIfNeeded: position.state)
    let rotation = UInt64(truncatingIfNeeded: position.state >> 122)
    return folded &>> rotation | folded &<< (0 &- rotation)
  }

  /// The next 32 random bits: the low half of a fresh word, then its high half, which waits in the state meanwhile.
  /// - Complexity: O(1)
  /// - Source: `pcg64_next32` in numpy's `src/pcg64/pcg64.h`.
  public mutating func nextUInt32() -> UInt32 {
    guard !position.hasBufferedWord else {
      // The word itself stays behind, as in numpy, so that saved states are equal to numpy's.
      position.hasBufferedWord = false
      return position.bufferedWord
    }
    let word: UInt64 = next()
    position.hasBufferedWord = true
    position.bufferedWord = UInt32(truncatingIfNeeded: word >> 32)
    return UInt32(truncatingIfNeeded: word)
  }

  /// The multiplier of the underlying linear congruential generator, `PCG_DEFAULT_MULTIPLIER_128`.
  static let multiplier: UInt128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645

  private mutating func step() {
    position.state = position.state &* Self.multiplier &+ position.increment
  }
}
