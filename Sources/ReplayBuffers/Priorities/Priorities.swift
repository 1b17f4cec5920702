internal import Glibc
internal import StateTree

/// The priorities of a buffer's steps: how often each is drawn, and the weights that correct for it.
///
/// A new step gets the largest priority seen, so that it is drawn soon.
/// - Source: Schaul et al. 2016, "Prioritized Experience Replay", proportional variant.
struct Priorities: Sendable {
  /// What smaller priorities are raised to, so that every step can be drawn.
  static let smallest = 1e-12

  let alpha: Double
  /// The largest priority ever given, before it is raised to `alpha`.
  var maximum = 1.0
  var tree = PriorityTree()

  init(alpha: Double) {
    precondition(alpha >= 0 && alpha.isFinite, "an alpha of 0 or more, found \(alpha)")
    self.alpha = alpha
  }

  /// Gives new steps, the next ones of the window, a priority: the largest one seen unless another is said.
  mutating func add(_ steps: Range<Int>, priority: Double? = nil) {
    tree.extend(to: steps.upperBound)
    let leaf = leaf(of: max(priority ?? maximum, Self.smallest))
    tree.set(steps) { _ in leaf }
  }

  /// Forgets steps.
  mutating func remove(_ steps: some Collection<Int>) { tree.set(steps) { _ in 0 } }

  /// The priority to the power of `alpha`, kept where sums stay finite and above 0.
  private func leaf(of priority: Double) -> Double {
    min(max(pow(priority, alpha), PriorityTree.leaves.lowerBound), PriorityTree.leaves.upperBound)
  }

  /// Replaces all `steps` by ones drawn in proportion to their leaves.
  /// - Parameter body: Is called after the number for each step was drawn, to draw what else belongs to it.
  /// - Precondition: There is a leaf.
  func draw(_ steps: inout [Int], using generator: inout PCG64, then body: (inout PCG64, Int) -> Void = { _, _ in }) {
    let sum = tree.sum
    var prefixes = [Double](repeating: 0, count: steps.count)
    for index in prefixes.indices {
      prefixes[index] = generator.random() * sum
      body(&generator, index)
    }
    tree.find(&steps, atPrefixes: &prefixes)
  }

  /// Draws a step in proportion to its leaf.
  /// - Precondition: There is one.
  func drawStep(using generator: inout PCG64) -> Int { tree.step(atPrefix: generator.random() * tree.sum) }

  /// Gives drawn steps new priorities; of a step given twice the last one holds, and steps that are gone are ignored.
  /// - Returns: how many steps were ignored.
  /// - Throws: `ReplayBufferError.unequalCounts`, `.unknownStep`, `.invalidPriority`. Nothing is changed then.
  mutating func update(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) -> Int {
    guard steps.count == priorities.count else {
      throw .unequalCounts(steps: steps.count, priorities: priorities.count)
    }
    for (step, priority) in zip(steps, priorities) {
      guard step >= 0, step < tree.window.upperBound else { throw .unknownStep(step, next: tree.window.upperBound) }
      guard priority.isFinite else { throw .invalidPriority(step: step, priority: priority) }
    }
    var (stored, leaves): ([Int], [Double]) = ([], [])
    stored.reserveCapacity(steps.count)
    leaves.reserveCapacity(steps.count)
    for (step, priority) in zip(steps, priorities) where tree[step] > 0 {
      stored.append(step)
      leaves.append(leaf(of: max(priority, Self.smallest)))
      maximum = max(maximum, priority)
    }
    tree.set(stored) { leaves[$0] }
    return steps.count - stored.count
  }
}
