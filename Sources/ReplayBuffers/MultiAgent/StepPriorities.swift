internal import Glibc

/// The priorities of the steps of one store: leaves, and the largest priority that new steps get.
struct StepPriorities: Sendable {
  let alpha: Double
  var maximumPriority = 1.0
  var tree = PriorityTree()

  init(alpha: Double) { self.alpha = alpha }

  /// A priority to the power of `alpha`, kept where sums stay finite and above 0.
  func leaf(ofPriority priority: Double) -> Double {
    let raised = max(priority, PrioritizedEpisodeReplayBuffer.smallestPriority)
    return min(max(pow(raised, alpha), PriorityTree.leaves.lowerBound), PriorityTree.leaves.upperBound)
  }

  /// Gives new steps a priority, the largest one seen unless another is said.
  mutating func add(_ steps: Range<Int>, priority: Double?) {
    tree.extend(to: steps.upperBound)
    let leaf = leaf(ofPriority: priority ?? maximumPriority)
    for step in steps { tree.set(step, leaf) }
  }

  /// Gives a stored step a new priority.
  mutating func set(_ step: Int, priority: Double) {
    tree.set(step, leaf(ofPriority: priority))
    maximumPriority = max(maximumPriority, priority, PrioritizedEpisodeReplayBuffer.smallestPriority)
  }
}

extension PriorityTree {
  /// Takes the leaves of steps out.
  mutating func forget(_ steps: [Int]) {
    for step in steps { set(step, 0) }
  }

  /// The importance weights of steps, divided by the largest that any step has: (p N)^-beta / (p_min N)^-beta.
  /// - Source: Schaul et al. 2016, section 3.4.
  func weights(of steps: [Int], count: Int, beta: Double) -> [Float] {
    let (total, scale) = (sum, Double(count))
    func weight(_ leaf: Double) -> Double { pow(max(leaf / total * scale, .leastNormalMagnitude), -beta) }
    let largest = weight(minimum)
    return steps.map { Float(weight(self[$0]) / largest) }
  }
}
