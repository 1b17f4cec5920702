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
    let leaf = Self.leaf(of: priority ?? maximum, alpha)
    tree.set(steps) { _ in leaf }
  }

  /// Forgets steps.
  mutating func remove(_ steps: some Collection<Int>) { tree.set(steps) { _ in 0 } }

  /// The priority to the power of `alpha`, kept where sums stay finite and above 0.
  private static func leaf(of priority: Double, _ alpha: Double) -> Double {
    min(max(pow(max(priority, smallest), alpha), PriorityTree.leaves.lowerBound), PriorityTree.leaves.upperBound)
  }

  /// Replaces all `steps` by ones drawn in proportion to their leaves.
  /// - Parameter draws: Becomes the leaves of the steps; its storage is used again.
  /// - Precondition: There is a leaf.
  func draw(_ steps: inout [Int], _ draws: inout Draws, using generator: inout PCG64) {
    draws.fit(steps.count)
    generator.fill(&draws.prefixes)
    finish(&steps, &draws)
  }

  /// The same, drawing after the number for each step what else belongs to it.
  func draw(
    _ steps: inout [Int], using generator: inout PCG64, then body: (inout PCG64, Int) -> Void
  ) {
    var draws = Draws()
    draws.fit(steps.count)
    for index in steps.indices {
      draws.prefixes[index] = generator.random()
      body(&generator, index)
    }
    finish(&steps, &draws)
  }

  private func finish(_ steps: inout [Int], _ draws: inout Draws) {
    let sum = tree.sum
    for index in draws.prefixes.indices { draws.prefixes[index] *= sum }
    tree.find(&steps, &draws.leaves, atPrefixes: draws.prefixes)
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
    guard !steps.allSatisfy({ tree[$0] > 0 }) else {
      set(steps, priorities)
      return 0
    }
    let stored = zip(steps, priorities).filter { tree[$0.0] > 0 }
    set(stored.map(\.0), stored.map(\.1))
    return steps.count - stored.count
  }

  private mutating func set(_ steps: [Int], _ priorities: [Double]) {
    let alpha = alpha
    tree.set(steps) { Self.leaf(of: priorities[$0], alpha) }
    for priority in priorities { maximum = max(maximum, priority) }
  }
}

/// What draws by priority need beside the steps, kept from one sample to the next for its storage alone.
struct Draws: Sendable {
  fileprivate var prefixes: [Double] = []
  /// The leaves of the steps that were drawn last.
  fileprivate(set) var leaves: [Double] = []

  fileprivate mutating func fit(_ count: Int) {
    guard leaves.count != count else { return }
    prefixes = [Double](repeating: 0, count: count)
    leaves = prefixes
  }
}
