internal import StateTree

extension EpisodeStore {
  /// Picks of steps and n, with replacement.
  /// - Parameter draw: Draws a stored step.
  /// - Parameter weight: What the chance of a step is proportional to.
  /// - Throws: `ReplayBufferError.emptyBuffer`, `.noEpisodeLongEnough`; the generator stays as it was then.
  func picks(
    _ count: Int, nStep: NStep, _ shortReturns: ShortReturns, using generator: inout PCG64,
    drawing draw: (inout PCG64) -> Int, weight: (Int) -> Double
  ) throws(ReplayBufferError) -> [Pick] {
    switch shortReturns {
    case .excluded:
      return try fullPicks(count, nStep: nStep, using: &generator, drawing: draw, weight: weight)
    case .kept:
      guard stepCount > 0 else { throw .emptyBuffer }
      return (0..<count).map { _ in Pick(step: draw(&generator), nStep: nStep.next(using: &generator)) }
    }
  }

  /// Picks whose n steps are all stored: what drawing a step and an n again and again until they fit would give.
  ///
  /// After 64 draws in vain it draws from a list of all steps that fit, so that it always ends, with the same chances.
  /// - Parameter draw: Draws a stored step.
  /// - Parameter weight: What the chance of a step is proportional to.
  /// - Throws: `ReplayBufferError.emptyBuffer`, `.noEpisodeLongEnough`; the generator stays as it was then.
  /// - Complexity: O(`count`) draws; O(steps) more if so few steps fit that the list is needed
  func fullPicks(
    _ count: Int, nStep: NStep, using generator: inout PCG64, drawing draw: (inout PCG64) -> Int,
    weight: (Int) -> Double
  ) throws(ReplayBufferError) -> [Pick] {
    try requireEpisode(ofLength: nStep.smallest)
    var fitting: FittingSteps?
    var picks: [Pick] = []
    picks.reserveCapacity(count)
    while picks.count < count {
      if let pick = tryPick(nStep, using: &generator, drawing: draw) {
        picks.append(pick)
        continue
      }
      let steps = fitting ?? FittingSteps(self, nStep: nStep, weight: weight)
      fitting = steps
      picks.append(steps.draw(using: &generator))
    }
    return picks
  }

  private func tryPick(_ nStep: NStep, using generator: inout PCG64, drawing draw: (inout PCG64) -> Int) -> Pick? {
    for _ in 0..<64 {
      let step = draw(&generator)
      let pick = Pick(step: step, nStep: nStep.next(using: &generator))
      if let (episode, time) = stored(step), time + pick.nStep <= episode.length { return pick }
    }
    return nil
  }

  /// - Complexity: O(1) if the oldest episode is long enough, else O(episodes)
  private func requireEpisode(ofLength length: Int) throws(ReplayBufferError) {
    guard stepCount > 0 else { throw .emptyBuffer }
    guard !episodes.positions.contains(where: { episodes[$0].length >= length }) else { return }
    let longest = episodes.positions.map { episodes[$0].length }.max() ?? 0
    throw .noEpisodeLongEnough(needed: length, longest: longest)
  }
}

/// All steps of a store behind which enough others follow, with the chance of each.
private struct FittingSteps {
  private let nStep: NStep
  /// The steps, and how many steps of its episode there are from each on.
  private var steps: [(step: Int, rest: Int)] = []
  /// The sum of the weights up to and with each step; each step weighs as much as its choices of n together.
  private var sums: [Double] = []

  init(_ store: EpisodeStore, nStep: NStep, weight: (Int) -> Double) {
    self.nStep = nStep
    var sum = 0.0
    for number in store.episodes.positions where store.episodes[number].length >= nStep.smallest {
      let numbers = store.stepNumbers(of: number)
      for (time, step) in numbers.dropLast(nStep.smallest - 1).enumerated() {
        sum += weight(step) * Double(nStep.choices(upTo: numbers.count - time))
        steps.append((step, numbers.count - time))
        sums.append(sum)
      }
    }
  }

  func draw(using generator: inout PCG64) -> EpisodeStore.Pick {
    let wanted = generator.random() * sums[sums.count - 1]
    // The product may round up to the sum itself.
    let index = min(firstIndex(above: wanted), steps.count - 1)
    let (step, rest) = steps[index]
    return EpisodeStore.Pick(step: step, nStep: nStep.clamped(to: rest).next(using: &generator))
  }

  /// The first step with whose weight the sum exceeds `wanted`, by halving.
  private func firstIndex(above wanted: Double) -> Int {
    var candidates = 0..<sums.count
    while !candidates.isEmpty {
      let middle = candidates.lowerBound + candidates.count / 2
      candidates = sums[middle] > wanted ? candidates.lowerBound..<middle : middle + 1..<candidates.upperBound
    }
    return candidates.lowerBound
  }
}
