internal import Glibc

extension PriorityTree {
  /// Writes the importance weights of steps with these leaves, divided by the largest that any step has:
  /// (p N)^-beta / (p_min N)^-beta.
  /// - Parameter count: How many steps are stored, N.
  /// - Precondition: `weights` has a place for every step.
  /// - Source: Schaul et al. 2016, section 3.4.
  func weigh(_ leaves: [Double], of count: Int, beta: Double, into weights: inout [Float]) {
    let (total, scale) = (sum, Double(count))
    func weight(_ leaf: Double) -> Double { pow(max(leaf / total * scale, .leastNormalMagnitude), -beta) }
    let largest = weight(minimum)
    for (index, leaf) in leaves.enumerated() { weights[index] = Float(weight(leaf) / largest) }
  }

  /// The importance weights of `steps`, as `weigh` writes them.
  func weights(_ steps: [Int], of count: Int, beta: Double) -> [Float] {
    var weights = [Float](repeating: 1, count: steps.count)
    weigh(steps.map { self[$0] }, of: count, beta: beta, into: &weights)
    return weights
  }
}
