public import StateTree

/// Which actions to take, and how often one at random instead.
public struct EpsilonGreedy: Sendable {
  /// The share of actions that are drawn evenly from all.
  public var epsilon: Double

  /// A policy that explores with probability `epsilon`.
  public init(epsilon: Double) { self.epsilon = epsilon }

  /// Replaces a share of greedy actions; `greedy` is asked only if one of them is taken.
  /// - Source: RLlib's `DefaultDQNTorchRLModule._forward_exploration`; the draws are ours.
  public func actions(
    count: Int, of actionCount: Int, using generator: inout PCG64, greedy: () throws -> [Int]
  ) rethrows -> [Int] {
    var actions = [Int](repeating: -1, count: count)
    var needsGreedy = false
    for index in 0..<count {
      if generator.random() < epsilon {
        actions[index] = Int(generator.integers(in: 0..<Int64(actionCount)))
      } else {
        needsGreedy = true
      }
    }
    guard needsGreedy else { return actions }
    let best = try greedy()
    for index in 0..<count where actions[index] < 0 { actions[index] = best[index] }
    return actions
  }
}
