internal import StateTree

/// Draws environment steps in which all of some modules acted.
///
/// It draws from all steps until it meets one, at most 64 times; then it looks at every step once and draws from those
/// found from then on. So it always ends, and each step keeps exactly its chance.
struct CommonStepDraw {
  private static let attempts = 64

  let store: MultiAgentStore
  let modules: [Int]
  /// All steps there are, with the sums of their leaves up to each, once they were looked for.
  private var found: (steps: [Int], sums: [Double])?

  init(_ store: MultiAgentStore, modules: [Int]) {
    self.store = store
    self.modules = modules
  }

  /// Draws a step, each with the same chance.
  /// - Throws: `ReplayBufferError.noCommonStep`.
  mutating func next(using generator: inout PCG64) throws(ReplayBufferError) -> Int {
    let window = Int64(store.steps.positions.lowerBound)..<Int64(store.steps.positions.upperBound)
    if found == nil, let step = attempt({ Int(generator.integers(in: window)) }) { return step }
    let steps = try look(leaf: { _ in 1 }).steps
    return steps[Int(generator.integers(in: 0..<Int64(steps.count)))]
  }

  /// Draws a step in proportion to its leaf in a tree over all environment steps.
  /// - Throws: `ReplayBufferError.noCommonStep`.
  mutating func next(from tree: PriorityTree, using generator: inout PCG64) throws(ReplayBufferError) -> Int {
    let total = tree.sum
    if found == nil, total > 0, let step = attempt({ tree.step(atPrefix: generator.random() * total) }) { return step }
    let (steps, sums) = try look(leaf: { tree[$0] })
    let prefix = generator.random() * sums[sums.count - 1]
    var candidates = steps.indices
    while candidates.count > 1 {
      let middle = candidates.lowerBound + candidates.count / 2
      candidates = sums[middle - 1] <= prefix ? middle..<candidates.upperBound : candidates.lowerBound..<middle
    }
    return steps[candidates.lowerBound]
  }

  private func attempt(_ draw: () -> Int) -> Int? {
    for _ in 0..<Self.attempts {
      let step = draw()
      if store.isCommon(step, of: modules) { return step }
    }
    return nil
  }

  private mutating func look(leaf: (Int) -> Double) throws(ReplayBufferError) -> (steps: [Int], sums: [Double]) {
    if let found { return found }
    let steps = store.commonSteps(of: modules)
    guard !steps.isEmpty else { throw .noCommonStep(modules: modules.map { store.modules[$0].id }) }
    var sum = 0.0
    let sums = steps.map { step in
      sum += leaf(step)
      return sum
    }
    found = (steps, sums)
    return (steps, sums)
  }
}
