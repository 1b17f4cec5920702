/// Why a saved state of a random generator is refused.
public enum RandomStateError: Error, Hashable {
  /// The increment is even, which halves the period or worse; every seeded generator has an odd one.
  case evenIncrement(UInt128)
}

extension RandomStateError: CustomStringConvertible {
  /// What was found, what was expected and how to go on.
  public var description: String {
    switch self {
    case .evenIncrement(let increment):
      """
      the PCG64 state has the even increment \(increment), expected an odd one; \
      take the state from an intact checkpoint or start from a seed
      """
    }
  }
}
