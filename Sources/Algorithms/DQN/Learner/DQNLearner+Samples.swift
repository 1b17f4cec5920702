internal import ReplayBuffers
internal import StateTree

extension DQNLearner {
  /// How many observations a tensor holds, if they are the network's.
  func itemCount(of observations: Tensor) throws(DQNLearnerError) -> Int {
    let isNumeric = observations.dataType.kind != .complex && observations.dataType.kind != .opaque
    let rowSize = observations.shape.dropFirst().reduce(1, *)
    if isNumeric, let count = observations.shape.first, count > 0, rowSize == observationSize { return count }
    if isNumeric, observations.count == observationSize { return 1 }
    throw .sampleMismatch(
      part: "observations", expected: "real numbers of shape [n, \(observationSize)], n at least 1",
      found: observations.summary)
  }

  /// Checks that all parts of a sample fit the network and each other, and gives its actions.
  func check(_ sample: EpisodeSample) throws(DQNLearnerError) -> [Int] {
    let count = sample.count
    for (part, tensor) in [("obs", sample.observations), ("new_obs", sample.nextObservations)] {
      let isRight = try itemCount(of: tensor) == count && tensor.shape.first == count
      guard isRight else {
        throw .sampleMismatch(part: part, expected: "\(count) rows of \(observationSize)", found: tensor.summary)
      }
    }
    let counts = [
      ("rewards", sample.rewards.count), ("terminateds", sample.isTerminated.count), ("n_step", sample.nSteps.count),
      ("weights", sample.weights.count),
    ]
    for (part, found) in counts where found != count {
      throw .sampleMismatch(part: part, expected: "\(count)", found: "\(found)")
    }
    return try actions(of: sample)
  }

  private func actions(of sample: EpisodeSample) throws(DQNLearnerError) -> [Int] {
    guard let actions = sample.actions.integers(), actions.count == sample.count else {
      throw .sampleMismatch(part: "actions", expected: "\(sample.count) integers", found: sample.actions.summary)
    }
    for (item, action) in actions.enumerated() where action < 0 || action >= actionCount {
      throw .invalidAction(item: item, action: action, actionCount: actionCount)
    }
    return actions.map { Int($0) }
  }
}
