internal import StateTree

extension EpisodeStore {
  /// A sequence of one episode and the steps before it, as times of the stored part.
  private struct Sequence {
    let episode: Episode
    let shape: SequenceShape
    /// The steps of the sequence itself.
    let times: Range<Int>

    init(_ episode: Episode, from time: Int, _ shape: SequenceShape) {
      self.episode = episode
      self.shape = shape
      times = time..<min(time + shape.length, episode.length)
    }

    /// The steps with those before them.
    var stored: Range<Int> { max(0, times.lowerBound - shape.lookback)..<times.upperBound }

    /// The times of all places, with padding behind the last step, or behind the observation that follows it.
    func moments(withSuccessor extra: Int) -> [Moment] {
      (0..<shape.lookback + shape.length + extra).map { place in
        let time = times.lowerBound - shape.lookback + place
        return time < times.upperBound + extra ? Moment(episode: episode, time: time) : .padding(episode)
      }
    }

    /// One truth value a place, for the steps only.
    func flags(_ holds: (Int) -> Bool) -> [Bool] {
      (0..<shape.lookback + shape.length).map { place in
        let time = times.lowerBound - shape.lookback + place
        return stored.contains(time) && holds(time)
      }
    }
  }

  /// The sequences that begin with the given steps, all of which are stored.
  /// - Parameter stacking: How many observations are stacked, by column; checked by `EpisodeColumns.check(stacking:)`.
  /// - Complexity: O(sequences times places)
  func sequences(
    from starts: [Int], _ shape: SequenceShape, weights: [Float], stacking: [StateKey: Int]
  ) -> EpisodeSequences {
    let sequences = starts.map { start in
      guard let (episode, time) = stored(start) else { preconditionFailure("step \(start) is not stored") }
      return Sequence(episode, from: time, shape)
    }
    let places = shape.lookback + shape.length
    let rows = sequences.flatMap { $0.moments(withSuccessor: 0) }.map(address)
    func column(_ index: Int) -> Tensor { gather(rows, column: index).reshaped(splitting: places) }
    func flags(_ holds: (Episode, Int) -> Bool) -> Tensor {
      Tensor(vector: sequences.flatMap { sequence in sequence.flags { holds(sequence.episode, $0) } })
        .reshaped(splitting: places)
    }
    let observations = observations(sequences.flatMap { $0.moments(withSuccessor: 1) }, stacking: stacking)
    let extras = columns.extras.map { (StateKey(columns.schema.columns[$0].name), column($0)) }
    return EpisodeSequences(
      steps: starts, times: sequences.map { $0.episode.startTime + $0.times.lowerBound },
      counts: sequences.map(\.times.count), lookbackCounts: sequences.map { $0.stored.count - $0.times.count },
      lookback: shape.lookback, observationParts: observations.mapValues { $0.reshaped(splitting: places + 1) },
      actions: column(columns.action), rewards: column(columns.reward),
      extraColumns: Dictionary(uniqueKeysWithValues: extras), mask: flags { _, _ in true },
      isTerminated: flags { $0.isTerminated && $1 == $0.length - 1 },
      isTruncated: flags { $0.isTruncated && $1 == $0.length - 1 }, weights: weights)
  }
}
