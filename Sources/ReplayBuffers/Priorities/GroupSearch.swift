internal import CPrefetch

// `unsafe` in this file: single words of a group are read from its memory. Each lane is below eight, whatever the numbers
// are, and the group is checked against the array.

extension Array where Element == SIMD8<Double> {
  /// The lane of a group that, with those before it, first exceeds `rest`, found by halving as in a binary tree: never one
  /// that is 0, however sums round. `rest` becomes what is left of it there.
  ///
  /// Without a branch, which nobody could foretell: which half it is becomes an address.
  /// - Precondition: There is the group, and one of its values is above 0.
  @inline(__always) func lane(of group: Int, atPrefix rest: inout Double) -> Int {
    precondition(group < count && group >= 0, "a group that is there")
    return unsafe withUnsafeBytes { bytes in
      let words = unsafe UnsafeRawBufferPointer(rebasing: bytes[group * 64..<group * 64 + 64]).assumingMemoryBound(to: Double.self)
      let first = unsafe (words[0] + words[1]) + (words[2] + words[3])
      let second = unsafe (words[4] + words[5]) + (words[6] + words[7])
      var lane = 4 * Self.side(first, second, &rest)
      let (left, right) = unsafe (words[lane] + words[lane + 1], words[lane + 2] + words[lane + 3])
      lane += 2 * Self.side(left, right, &rest)
      return unsafe lane + Self.side(words[lane], words[lane + 1], &rest)
    }
  }

  /// Asks for a group before it is needed, if there is one of this number.
  @inline(__always) func prefetch(_ group: Int) {
    unsafe withUnsafeBufferPointer { groups in
      guard let first = groups.baseAddress, group < groups.count, group >= 0 else { return }
      unsafe rlbuf_prefetch(first + group)
    }
  }

  /// 1 if `rest` reaches beyond the first and the second is not 0, and then it loses the first; else 0.
  ///
  /// On bits: of numbers that are not negative, a difference below 0 has the sign bit and is above all others.
  @inline(__always) private static func side(_ first: Double, _ second: Double, _ rest: inout Double) -> Int {
    let isLast: UInt64 = second.bitPattern == 0 ? 1 : 0
    let difference = (rest - first).bitPattern | isLast << 63
    rest = Double(bitPattern: Swift.min(difference, rest.bitPattern))
    return Int(1 - difference >> 63)
  }
}
