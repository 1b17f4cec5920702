/// Sizes that a file claims may be anything; what is computed from them must not trap.
extension Int {
  /// The sum, or `Int.max` where it does not fit.
  func addingOrMaximum(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// The product, or `Int.max` where it does not fit.
  func multipliedOrMaximum(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
