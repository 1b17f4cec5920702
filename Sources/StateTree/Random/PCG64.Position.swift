extension PCG64 {
  /// Where a stream stands: numpy's `bit_generator.state`, field for field.
  public struct Position: Sendable, Hashable {
    /// Position in the cycle of 2^128 states; numpy's `state.state`.
    public var state: UInt128

    /// Which of the 2^127 cycles it is; odd in every seeded generator, numpy's `state.inc`.
    public var increment: UInt128

    /// Whether the next 32-bit draw is `bufferedWord`; numpy's `has_uint32`.
    public var hasBufferedWord: Bool

    /// The unused high half of a word drawn for its low half; numpy's `uinteger`.
    ///
    /// It keeps its last value once it is used, as in numpy.
    public var bufferedWord: UInt32

    /// A state from its parts, unchecked until a generator takes it.
    public init(state: UInt128, increment: UInt128, hasBufferedWord: Bool = false, bufferedWord: UInt32 = 0) {
      self.state = state
      self.increment = increment
      self.hasBufferedWord = hasBufferedWord
      self.bufferedWord = bufferedWord
    }

    /// Confirms that a generator can have this state.
    /// - Throws: `StateTreeError.evenIncrement`: the stream would repeat too early. numpy accepts such a state.
    public func checkInvariants() throws(StateTreeError) {
      guard increment & 1 == 1 else { throw .evenIncrement(increment) }
    }
  }
}
