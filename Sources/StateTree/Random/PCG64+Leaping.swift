extension PCG64 {
  /// Moves as if `distance` 64-bit words had been drawn, and forgets a buffered half word.
  ///
  /// Distances count modulo 2^128, so that `0 &- distance` goes back.
  /// - Complexity: O(log `distance`)
  /// - Source: Brown 1994, "Random Number Generation with Arbitrary Stride"; `pcg_advance_lcg_128` in numpy's
  ///   `src/pcg64/pcg64.c`, `PCG64.advance` in `_pcg64.pyx`.
  public mutating func advance(by distance: UInt128) {
    var remaining = distance
    // The map x -> factor * x + term of the steps gathered so far, and that of 1, 2, 4, ... steps.
    var (factor, term): (UInt128, UInt128) = (1, 0)
    var (stepFactor, stepTerm) = (Self.multiplier, position.increment)
    while remaining > 0 {
      if remaining & 1 == 1 {
        factor &*= stepFactor
        term = term &* stepFactor &+ stepTerm
      }
      stepTerm = (stepFactor &+ 1) &* stepTerm
      stepFactor &*= stepFactor
      remaining >>= 1
    }
    position = Position(state: factor &* position.state &+ term, increment: position.increment)
  }

  /// A generator `jumps` times 210306068529402873165736369884012333109 words ahead, far from all this one will draw.
  ///
  /// It has no buffered half word.
  /// - Complexity: O(1)
  /// - Source: `PCG64.jumped` in numpy's `_pcg64.pyx`; the distance is 2^128 times the golden ratio less one.
  public func jumped(_ jumps: UInt128 = 1) -> PCG64 {
    var generator = self
    generator.advance(by: jumps &* 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    return generator
  }
}
