internal import StateTree

extension MultiAgentPrioritizedEpisodeReplayBuffer {
  /// Draws steps in proportion to their priorities to the power of `alpha`, each with its n-step return and the weight
  /// that corrects for having been preferred.
  /// - Parameter count: How many items each module gets; in synchronized mode, how many environment steps are drawn, of
  ///   which a module gets an item for each of its agents that acted, all with the weight of the environment step.
  /// - Parameter mode: Whether modules draw for themselves or share environment steps. These weigh what all their
  ///   agents' steps weigh, also those of modules that are not sampled.
  /// - Parameter modules: The modules to sample; nil for all that hold a step.
  /// - Parameter nStep: How many of an agent's steps a return sums; fewer where its stored part ends before.
  /// - Parameter gamma: The discount from one step of an agent to its next.
  /// - Parameter beta: How much of the preference the weights correct, from 0 to 1; RLlib's DQN takes 0.4.
  /// - Throws: `ReplayBufferError.emptyBuffer`, `.unknownModule`, `.emptyModule`, `.invalidModules`, `.noCommonStep`.
  ///   Nothing is changed then.
  /// - Complexity: O(items times (log steps + n)) when most environment steps have all modules; where few have, a
  ///   synchronized sample looks at every environment step once.
  /// - Source: Schaul et al. 2016, equation 1 and section 3.4; RLlib's `sample` of the class of this name.
  public mutating func sample(
    count: Int, mode: ReplayMode = .independent, modules: [String]? = nil, nStep: NStep = .fixed(1),
    gamma: Double = 0.99, beta: Double = 0.4
  ) throws(ReplayBufferError) -> MultiAgentSample {
    precondition(count >= 0 && beta >= 0, "a count and a beta of 0 or more, found \(count) and \(beta)")
    let positions = try store.modulesToSample(modules)
    let sample =
      switch mode {
      case .independent: independentSample(count, positions, nStep, gamma, beta)
      case .synchronized: try synchronizedSample(count, positions, nStep, gamma, beta)
      }
    store.count(sample, asked: count)
    return sample
  }

  private mutating func independentSample(
    _ count: Int, _ modules: [Int], _ nStep: NStep, _ gamma: Double, _ beta: Double
  ) -> MultiAgentSample {
    MultiAgentSample(
      modules: modules.map { module in
        let tree = priorities[module].tree
        let picks = (0..<count).map { _ in
          let step = tree.step(atPrefix: generator.random() * tree.sum)
          return EpisodeStore.Pick(step: step, nStep: nStep.next(using: &generator))
        }
        let weights = tree.weights(picks.map(\.step), of: store.modules[module].store.stepCount, beta: beta)
        return store.sample(module, picks, gamma: gamma, weights: weights)
      })
  }

  private mutating func synchronizedSample(
    _ count: Int, _ modules: [Int], _ nStep: NStep, _ gamma: Double, _ beta: Double
  ) throws(ReplayBufferError) -> MultiAgentSample {
    var draw = CommonStepDraw(store, modules: modules)
    var drawing = generator
    var drawn: [(step: Int, nStep: Int)] = []
    for _ in 0..<count {
      let step = try draw.next(from: tree, using: &drawing)
      drawn.append((step, nStep.next(using: &drawing)))
    }
    generator = drawing
    let weights = tree.weights(drawn.map(\.step), of: self.count, beta: beta)
    let picks = zip(drawn, weights).map { MultiAgentStore.CommonPick(step: $0.step, nStep: $0.nStep, weight: $1) }
    return store.sample(modules, picks, gamma: gamma)
  }

  /// Gives sampled steps of a module new priorities, such as the absolute TD errors; of a step given twice the last one
  /// holds. The environment steps in which they were taken follow.
  ///
  /// Steps that were evicted since they were sampled are ignored. Priorities below 1e-12 are raised to it.
  /// - Parameter steps: The module's step numbers, `items.steps` of its sample.
  /// - Returns: how many steps were ignored.
  /// - Throws: `ReplayBufferError.unknownModule`, `.unequalCounts`, `.unknownStep` for a number that was never given,
  ///   `.invalidPriority` for one that is not finite. Nothing is changed then.
  /// - Complexity: O(steps times (log `count` + agents of an episode))
  @discardableResult
  public mutating func updatePriorities(
    module id: String, _ steps: [Int], _ priorities: [Double]
  ) throws(ReplayBufferError) -> Int {
    let module = try store.index(ofModule: id)
    let ignored = try self.priorities[module].update(steps, priorities)
    let stored = steps.filter { store.modules[module].store.isStored($0) }
    refresh(Set(store.environmentSteps(ofModule: module, stored).compactMap { $0 }))
    return ignored
  }
}
