internal import StateTree

extension EpisodeStore {
  /// One item of a sample: the step that it begins with and how many steps it should sum.
  struct Pick: Equatable {
    let step: Int
    let nStep: Int
  }

  /// Where the rows of one item lie.
  private struct Window {
    let episode: Episode
    let time: Int
    let count: Int

    var times: Range<Int> { time..<time + count }
    var reachesEnd: Bool { times.upperBound == episode.length }
  }

  /// Draws a stored step, each with the same chance.
  ///
  /// Draws from the window of step numbers until one is stored. Numbers of evicted episodes leave holes in it; after 64
  /// of them in a row it draws the k-th stored step instead, so that it always ends and stays exactly even.
  /// - Precondition: A step is stored.
  func drawStep(using generator: inout PCG64) -> Int {
    let window = Int64(steps.positions.lowerBound)..<Int64(steps.positions.upperBound)
    for _ in 0..<64 {
      let step = Int(generator.integers(in: window))
      if isStored(step) { return step }
    }
    var rank = Int(generator.integers(in: 0..<Int64(stepCount)))
    for number in episodes.positions {
      let length = episodes[number].length
      if rank < length { return stepNumbers(of: number)[rank] }
      rank -= length
    }
    preconditionFailure("a step count above the lengths of the episodes")
  }

  /// The items that were picked, all of stored steps.
  /// - Parameter stacking: How many observations are stacked, by column; checked by `EpisodeColumns.check(stacking:)`.
  /// - Complexity: O(items times (steps of each + frames stacked))
  func sample(
    _ picks: [Pick], gamma: Double, weights: [Float], stacking: [StateKey: Int] = [:]
  ) -> EpisodeSample {
    let windows = picks.map(window)
    let first = windows.map { Moment(episode: $0.episode, time: $0.time) }
    let behind = windows.map { Moment(episode: $0.episode, time: $0.times.upperBound) }
    let rows = first.map(address)
    let extras = columns.extras.map { index in
      (StateKey(columns.schema.columns[index].name), gather(rows, column: index))
    }
    return EpisodeSample(
      steps: picks.map(\.step), observationParts: observations(first, stacking: stacking),
      nextObservationParts: observations(behind, stacking: stacking), actions: gather(rows, column: columns.action),
      rewards: returns(windows, gamma: gamma),
      isTerminated: windows.map { $0.reachesEnd && $0.episode.isTerminated },
      isTruncated: windows.map { $0.reachesEnd && $0.episode.isTruncated }, nSteps: windows.map(\.count),
      weights: weights, extraColumns: Dictionary(uniqueKeysWithValues: extras))
  }

  private func window(_ pick: Pick) -> Window {
    guard let (episode, time) = stored(pick.step) else { preconditionFailure("step \(pick.step) is not stored") }
    return Window(episode: episode, time: time, count: min(pick.nStep, episode.length - time))
  }

  /// The discounted sums of rewards, from the last step of each window to its first.
  /// - Source: RLlib's `scipy.signal.lfilter([1], [1, -gamma], rewards[::-1])[-1]`, in double precision.
  private func returns(_ windows: [Window], gamma: Double) -> [Float] {
    let addresses = windows.flatMap { window in
      window.times.map { address(of: Moment(episode: window.episode, time: $0)) }
    }
    guard let rewards = gather(addresses, column: columns.reward).doubles() else {
      preconditionFailure("rewards are real numbers")
    }
    var start = 0
    return windows.map { window in
      defer { start += window.count }
      return Float(rewards[start..<start + window.count].reversed().reduce(0) { $1 + gamma * $0 })
    }
  }
}
