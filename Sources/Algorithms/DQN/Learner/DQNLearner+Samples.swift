internal import ReplayBuffers
internal import StateTree

extension DQNLearner {
  /// How many observations a tensor holds, if they are the network's.
  func itemCount(of observations: Tensor) throws(DQNLearnerError) -> Int {
    if let count = observations.shape.first, isBatch(observations, of: count) { return count }
    if observations.count == observationSize, observations.isReal { return 1 }
    throw .sampleMismatch(
      part: "observations", expected: "real numbers of shape [n, \(observationSize)], n at least 1",
      found: observations.summary)
  }

  /// Checks that all parts of a sample fit the network and each other, and gives its actions.
  func check(_ sample: EpisodeSample) throws(DQNLearnerError) -> [Int] {
    let count = sample.count
    for (part, tensor) in [("obs", sample.observations), ("new_obs", sample.nextObservations)]
    where !isBatch(tensor, of: count) {
      throw .sampleMismatch(
        part: part, expected: "real numbers of shape [\(count), \(observationSize)]", found: tensor.summary)
    }
    let counts = [
      ("rewards", sample.rewards.count), ("terminateds", sample.isTerminated.count), ("n_step", sample.nSteps.count),
      ("weights", sample.weights.count),
    ]
    for (part, found) in counts where found != count {
      throw .sampleMismatch(part: part, expected: "\(count)", found: "\(found)")
    }
    if let least = sample.nSteps.min(), least < 1 {
      throw .sampleMismatch(part: "n_step", expected: "at least 1", found: "\(least)")
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

  private func isBatch(_ tensor: Tensor, of count: Int) -> Bool {
    count > 0 && tensor.isReal && tensor.shape.first == count
      && tensor.shape.dropFirst().reduce(1, *) == observationSize
  }
}

extension Tensor {
  fileprivate var isReal: Bool { dataType.kind != .complex && dataType.kind != .opaque }
}
