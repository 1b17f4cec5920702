import StateTree
import Testing

@testable import ReplayBuffers

extension WideTwin {
  mutating func compareSample() throws {
    let request = request()
    var generator = buffer.generator
    let before = buffer.store.sampledCount
    let isShortKept = request.shortReturns == .kept
    guard let picks = try draw(request.count, request.nStep, isShortKept: isShortKept, using: &generator) else {
      return try expectRefusal(request.nStep.smallest) { try $0.drawSample(request) }
    }
    let sample = try buffer.drawSample(request)
    #expect(sample.steps == picks.map(\.step) && buffer.generator == generator, place)
    #expect(buffer.store.sampledCount == before + request.count, place)
    for (index, pick) in picks.enumerated() { try compare(sample, index, pick, request) }
    try compareWeights(sample.weights, picks.map(\.step))
    sampledCount += sample.count
  }

  /// Expects the buffer to refuse what no stored episode is long enough for, and to stay as it was.
  private mutating func expectRefusal<Result>(
    _ needed: Int, _ draw: (inout Buffer) throws -> Result
  ) throws {
    let generator = buffer.generator
    let longest = naive.episodes.map(\.steps.count).max()
    let error = longest.map { ReplayBufferError.noEpisodeLongEnough(needed: needed, longest: $0) } ?? .emptyBuffer
    #expect(throws: error, place) { _ = try draw(&buffer) }
    #expect(buffer.generator == generator, place)
  }

  private func compare(
    _ sample: EpisodeSample, _ index: Int, _ pick: EpisodeStore.Pick, _ request: TwinRequest
  ) throws {
    let (episode, time) = try naive.locate(pick.step)
    let count = min(pick.nStep, episode.steps.count - time)
    let isEnd = time + count == episode.steps.count
    #expect(sample.nSteps[index] == count, place)
    #expect(sample.isTerminated[index] == (isEnd && episode.isTerminated), place)
    #expect(sample.isTruncated[index] == (isEnd && episode.isTruncated), place)
    let summed = try naive.padded("rewards", episode, at: Array(time..<time + count))
    let rewards = try Tensor(.float64, shape: [count], bytes: summed)
    let total = try rewards.scalars(as: Double.self).reversed().reduce(0) { $1 + 0.9 * $0 }
    #expect(sample.rewards[index] == Float(total), place)
    func expect(_ tensor: Tensor?, _ name: StateKey, at time: Int) throws {
      let stack = request.stacking[name]
      let times = stack.map { Array(time + 1 - $0...time) } ?? [time]
      let column = try naive.schema.column(name.string)
      #expect(tensor?.shape == [sample.count] + (stack.map { [$0] } ?? []) + column.shape, place)
      #expect(try tensor?.rows(index..<index + 1).bytes == naive.padded(name, episode, at: times), place)
    }
    for (name, tensor) in sample.observationParts { try expect(tensor, name, at: time) }
    for (name, tensor) in sample.nextObservationParts { try expect(tensor, name, at: time + count) }
    for (name, tensor) in sample.extraColumns { try expect(tensor, name, at: time) }
    try expect(sample.actions, "actions", at: time)
    #expect(sample.observationParts.count == 3 && sample.nextObservationParts.count == 3, place)
    #expect(sample.extraColumns.count == naive.schema.columns.count - 5, place)
  }

  private func compareWeights(_ weights: [Float], _ steps: [Int]) throws {
    let smallest = naive.leaves.values.min() ?? 1
    for (weight, step) in zip(weights, steps) {
      let expected = buffer is EpisodeReplayBuffer ? 1 : smallest / naive.leaves[step, default: 0]
      #expect(abs(Double(weight) - expected) < 1e-6, place)
    }
  }

  mutating func compareSequences() throws {
    let request = request()
    var generator = buffer.generator
    let before = buffer.store.sampledCount
    let fixed = NStep.fixed(request.minimumLength)
    guard let picks = try draw(request.count, fixed, isShortKept: false, using: &generator) else {
      return try expectRefusal(request.minimumLength) { try $0.drawSequences(request) }
    }
    let sequences = try buffer.drawSequences(request)
    #expect(sequences.steps == picks.map(\.step) && buffer.generator == generator, place)
    #expect(sequences.counts.allSatisfy { $0 >= request.minimumLength }, place)
    #expect(buffer.store.sampledCount == before + sequences.counts.reduce(0, +), place)
    for index in 0..<sequences.count { try compare(sequences, index, request) }
    try compareWeights(sequences.weights, sequences.steps)
    sampledCount += sequences.count
  }

  private func compare(_ sequences: EpisodeSequences, _ index: Int, _ request: TwinRequest) throws {
    let (episode, time) = try naive.locate(sequences.steps[index])
    let places = request.lookback + request.length
    let end = min(time + request.length, episode.steps.count)
    let times = time - request.lookback..<time + request.length
    #expect(sequences.times[index] == episode.start + time, place)
    #expect(sequences.counts[index] == end - time, place)
    #expect(sequences.lookbackCounts[index] == min(time, request.lookback), place)
    func flags(_ tensor: Tensor) throws -> [Bool] { try tensor.rows(index..<index + 1).flags() }
    #expect(try flags(sequences.mask) == times.map { (0..<end).contains($0) }, place)
    let last = episode.steps.count - 1
    #expect(try flags(sequences.isTerminated) == times.map { $0 == last && $0 < end && episode.isTerminated }, place)
    #expect(try flags(sequences.isTruncated) == times.map { $0 == last && $0 < end && episode.isTruncated }, place)
    func expect(_ tensor: Tensor?, _ name: StateKey, successor: Int) throws {
      let stack = request.stacking[name]
      // Far outside of the episode: padding, also in stacks.
      let shown = (times.lowerBound..<times.upperBound + successor).map { $0 < end + successor ? $0 : -1000 }
      let frames = shown.flatMap { time in (0..<(stack ?? 1)).reversed().map { time - $0 } }
      let column = try naive.schema.column(name.string)
      let shape = [sequences.count, places + successor] + (stack.map { [$0] } ?? []) + column.shape
      #expect(tensor?.shape == shape, place)
      #expect(try tensor?.rows(index..<index + 1).bytes == naive.padded(name, episode, at: frames), place)
    }
    for (name, tensor) in sequences.observationParts { try expect(tensor, name, successor: 1) }
    for (name, tensor) in sequences.extraColumns { try expect(tensor, name, successor: 0) }
    try expect(sequences.actions, "actions", successor: 0)
    try expect(sequences.rewards, "rewards", successor: 0)
    #expect(sequences.observationParts.count == 3 && sequences.extraColumns.count == 6, place)
  }
}
