import Foundation
import StateTree
import Testing

@testable import ReplayBuffers

/// What RLlib's episode buffers gave, from `Fixtures/rllib-2.60.0/samples.json`; made by `tools/fixtures/rllib_samples.py`.
struct RLlibSamples: Decodable {
  let buffers: [Recording]
  let errors: [Failure]
  let stacks: Stacks

  static let shared: RLlibSamples = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      let data = try Data(contentsOf: root.appending(path: "Fixtures/rllib-2.60.0/samples.json"))
      return try decoder.decode(RLlibSamples.self, from: data)
    } catch {
      Issue.record("Fixtures/rllib-2.60.0/samples.json: \(error)")
      return RLlibSamples(buffers: [], errors: [], stacks: Stacks(images: [], frames: 1, items: []))
    }
  }()

  static func buffer(_ name: String) throws -> Recording { try #require(shared.buffers.first { $0.name == name }) }

  struct Recording: Decodable, CustomTestStringConvertible {
    let name: String
    let capacity: Int
    let alpha: Double?
    let operations: [Operation]
    var testDescription: String { name }
  }

  /// One of `add`, `sample`, `sequences` and `update`.
  struct Operation: Decodable {
    let add: Fragment?
    let sample: Sample?
    let sequences: Sequences?
    let update: [Double]?
    let after: State
  }

  struct Fragment: Decodable {
    let id: String
    let tStarted: Int
    let obs, stateOut: [[Float]]
    let actions: [Int64]
    let rewards: [Float]
    let terminated, truncated: Bool
  }

  struct Sample: Decodable {
    let seed: UInt64
    let count, returned: Int
    let nStep: [Int]
    let gamma, beta: Double
    let items: [Item]

    /// `[n, n + 1]` in the fixture, if all are the same.
    var steps: NStep { nStep[1] == nStep[0] + 1 ? .fixed(nStep[0]) : .drawn(from: nStep[0]..<nStep[1]) }
  }

  struct Item: Decodable {
    let episode: String
    let t, nStep: Int
    let obs, newObs, stateOut: [Float]
    let action: Int64
    let reward, weight: Double
    let terminated, truncated: Bool
  }

  struct Sequences: Decodable {
    let seed: UInt64
    let count, returned, length, lookback: Int
    let items: [Sequence]
  }

  struct Sequence: Decodable {
    let episode: String
    let t, count, lookback: Int
    let obs, stateOut: [[Float]]
    let actions: [Int64]
    let rewards: [Float]
    let terminated, truncated: Bool
  }

  struct State: Decodable {
    let numTimesteps, numTimestepsAdded, numEpisodesEvicted: Int
    let episodes: [Episode]?
    let sum, min, maxPriority: Double?
  }

  struct Episode: Decodable {
    let id: String
    let tStarted, length: Int
    let terminated, truncated: Bool
    let leaves: [Double]?
  }

  struct Failure: Decodable {
    let name: String
    let error, message: String?
    let draws: Int?
  }

  struct Stacks: Decodable {
    let images: [[[[UInt8]]]]
    let frames: Int
    let items: [Stack]
  }

  struct Stack: Decodable {
    let t, count: Int
    let obs: [[[[UInt8]]]]
  }
}

extension RLlibSamples.Fragment {
  static func schema() throws -> BufferSchema {
    try BufferSchema([
      ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
      ColumnSchema("state_out", .float32, shape: [2]),
    ])
  }

  func fragment() throws -> EpisodeFragment {
    EpisodeFragment(
      id: id, startTime: tStarted, observations: try Tensor(obs.flatMap { $0 }, shape: [obs.count, 2]),
      actions: Tensor(vector: actions), rewards: Tensor(vector: rewards),
      extraColumns: ["state_out": try Tensor(stateOut.flatMap { $0 }, shape: [stateOut.count, 2])],
      isTerminated: terminated, isTruncated: truncated)
  }
}

/// One of our buffers to which the same is done as to RLlib's, sampling from where RLlib sampled.
struct RLlibReplay {
  private(set) var buffer: PrioritizedEpisodeReplayBuffer
  private var sampled: [Int] = []

  /// Without an alpha the priorities are never looked at: the rest of both buffers is the same.
  init(_ recording: RLlibSamples.Recording) throws {
    buffer = try PrioritizedEpisodeReplayBuffer(
      capacity: recording.capacity, alpha: recording.alpha ?? 0, schema: RLlibSamples.Fragment.schema(), seed: 0)
  }

  mutating func perform(_ operation: RLlibSamples.Operation) throws {
    if let add = operation.add { try buffer.add(add.fragment()) }
    if let sample = operation.sample { sampled = try sample.items.map { try step($0.episode, $0.t) } }
    if let update = operation.update { try buffer.updatePriorities(sampled, update) }
    try buffer.checkInvariants()
  }

  func episode(_ id: String) throws -> EpisodeStore.Episode { buffer.store.episodes[try number(id)] }

  func number(_ id: String) throws -> Int { try #require(buffer.store.episodeOfID[StateKey(id)]) }

  /// The number of the step that is `time` steps behind the first stored one of an episode.
  func step(_ id: String, _ time: Int) throws -> Int { buffer.store.stepNumbers(of: try number(id))[time] }

  /// Every item of every sample of a recording, what we give for the same index, and its episode.
  static func items(
    of recording: RLlibSamples.Recording
  ) throws -> [(item: RLlibSamples.Item, ours: EpisodeSample, episode: EpisodeStore.Episode)] {
    var replay = try RLlibReplay(recording)
    return try recording.operations.flatMap { operation in
      let items = try operation.sample.map { sample in
        try sample.items.map { ($0, try replay.sample($0, sample), try replay.episode($0.episode)) }
      }
      try replay.perform(operation)
      return items ?? []
    }
  }

  private func sample(_ item: RLlibSamples.Item, _ sample: RLlibSamples.Sample) throws -> EpisodeSample {
    let step = try step(item.episode, item.t)
    let pick = EpisodeStore.Pick(step: step, nStep: item.nStep)
    return buffer.store.sample([pick], gamma: sample.gamma, weights: buffer.priorities.tree.weights([step], of: buffer.count, beta: sample.beta))
  }
}
