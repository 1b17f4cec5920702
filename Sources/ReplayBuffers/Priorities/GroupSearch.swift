// `unsafe` in this file: single words of a group are read from its memory. Each lane is below eight, whatever the numbers
// are, and the group is checked against the array.

extension Array where Element == SIMD8<Double> {
  /// The lane of a group that, with those before it, first exceeds `rest`, found by halving as in a binary tree. `rest`
  /// becomes what is left of it there.
  ///
  /// Where sums round, it can be a lane that is 0; whoever meets one searches again by `nonzeroLane`. Without a branch,
  /// which nobody could foretell: which half it is becomes an address.
  /// - Precondition: There is the group, and `rest` is not negative.
  @inline(__always) func lane(of group: Int, atPrefix rest: inout Double) -> Int {
    precondition(group < count && group >= 0, "a group that is there")
    return unsafe withUnsafeBytes { bytes in
      guard let first = bytes.baseAddress else { return 0 }
      let words = unsafe (first + 64 * group).assumingMemoryBound(to: Double.self)
      var lane = unsafe 4 * Self.side((words[0] + words[1]) + (words[2] + words[3]), &rest)
      lane += unsafe 2 * Self.side(words[lane] + words[lane + 1], &rest)
      return unsafe lane + Self.side(words[lane], &rest)
    }
  }

  /// 1 if `rest` reaches beyond the first half, and then it loses it; else 0.
  ///
  /// On bits: of numbers that are not negative, a difference below 0 has the sign bit and is above all others.
  @inline(__always) private static func side(_ first: Double, _ rest: inout Double) -> Int {
    let difference = (rest - first).bitPattern
    rest = Double(bitPattern: Swift.min(difference, rest.bitPattern))
    return Int(1 - difference >> 63)
  }
}

extension SIMD8<Double> {
  /// The lane that, with those before it, first exceeds `rest`, found by halving as in a binary tree: never one that is 0,
  /// however sums round. `rest` becomes what is left of it there.
  /// - Precondition: A lane is above 0.
  func nonzeroLane(atPrefix rest: inout Double) -> Int {
    let pairs = evenHalf + oddHalf
    let quads = pairs.evenHalf + pairs.oddHalf
    var lane = quads.nonzeroSide(atPrefix: &rest)
    lane = 2 * lane + SIMD2(pairs[2 * lane], pairs[2 * lane + 1]).nonzeroSide(atPrefix: &rest)
    return 2 * lane + SIMD2(self[2 * lane], self[2 * lane + 1]).nonzeroSide(atPrefix: &rest)
  }
}

extension SIMD2<Double> {
  /// 1 if `rest` reaches beyond the first and the second is not 0, and then it loses the first; else 0.
  fileprivate func nonzeroSide(atPrefix rest: inout Double) -> Int {
    guard x <= rest, y > 0 else { return 0 }
    rest -= x
    return 1
  }
}
