internal import StateTree

extension EpisodeStore {
  /// One item of a sample: the step that it begins with and how many steps it should sum.
  struct Pick {
    let step: Int
    let nStep: Int
  }

  /// Where the rows of one item lie.
  private struct Window {
    let episode: Episode
    let firstRow: Int
    let count: Int
    let reachesEnd: Bool
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
      if rank < length { return stepNumbers(of: episodes[number])[rank] }
      rank -= length
    }
    preconditionFailure("a step count above the lengths of the episodes")
  }

  /// The items that were picked, all of stored steps.
  /// - Complexity: O(items times steps of each)
  func sample(_ picks: [Pick], gamma: Double, weights: [Float]) -> EpisodeSample {
    let windows = picks.map(window)
    let first = windows.map { address(of: $0.firstRow, lane: $0.episode.lane) }
    let extras = columns.extras.map { index in
      (StateKey(columns.schema.columns[index].name), gather(first, column: index))
    }
    return EpisodeSample(
      steps: picks.map(\.step), observations: gather(first, column: columns.observation),
      nextObservations: successors(windows), actions: gather(first, column: columns.action),
      rewards: returns(windows, gamma: gamma),
      isTerminated: windows.map { $0.reachesEnd && $0.episode.isTerminated },
      isTruncated: windows.map { $0.reachesEnd && $0.episode.isTruncated }, nSteps: windows.map(\.count),
      weights: weights, extraColumns: Dictionary(uniqueKeysWithValues: extras))
  }

  private func window(_ pick: Pick) -> Window {
    guard let (episode, time) = stored(pick.step) else { preconditionFailure("step \(pick.step) is not stored") }
    let count = min(pick.nStep, episode.length - time)
    return Window(
      episode: episode, firstRow: episode.firstRow + time, count: count, reachesEnd: time + count == episode.length)
  }

  private func address(of row: Int, lane: Int) -> RowAddress { lanes[lane].log.address(of: row) }

  /// The observations behind the windows, from the rows or, at the end of an episode under way, the held ones.
  private func successors(_ windows: [Window]) -> Tensor {
    let isHeld = windows.map { $0.reachesEnd && !$0.episode.isDone }
    let addresses = zip(windows, isHeld).map { window, isHeld in
      isHeld ? .nowhere : address(of: window.firstRow + window.count, lane: window.episode.lane)
    }
    let gathered = gather(addresses, column: columns.observation)
    guard isHeld.contains(true) else { return gathered }
    let column = columns.schema.columns[columns.observation]
    var bytes = gathered.bytes
    for index in windows.indices where isHeld[index] {
      guard let held = lanes[windows[index].episode.lane].held else { preconditionFailure("an observation is held") }
      bytes.replaceSubrange(index * column.rowBytes..<(index + 1) * column.rowBytes, with: held)
    }
    return column.rows(windows.count, bytes)
  }

  /// The discounted sums of rewards, from the last step of each window to its first.
  /// - Source: RLlib's `scipy.signal.lfilter([1], [1, -gamma], rewards[::-1])[-1]`, in double precision.
  private func returns(_ windows: [Window], gamma: Double) -> [Float] {
    let addresses = windows.flatMap { window in
      (window.firstRow..<window.firstRow + window.count).map { address(of: $0, lane: window.episode.lane) }
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
