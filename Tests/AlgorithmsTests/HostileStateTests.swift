import Checkpoints
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import Algorithms
@testable import Training

/// States of a real run with one thing in them replaced: each is refused with an error, or gives a run that holds its
/// invariants and goes on without a trap.
@Suite struct HostileStateTests {
  private static let replacements: [StateValue] = [
    .nil, .bool(true), .int(-1), .int(0), .int(1), .int(.max), .int(.min), .int(1 << 53), .unsigned(.max),
    .double(.nan),
    .double(.infinity), .double(-1e300), .double(-0.0), .string(""), .string("9\u{0}\u{1b}[2J"), .bytes([]),
    .bytes([1, 2, 3]), [], [[]], [:], .tensor(Tensor(vector: [Int64]())), .tensor(Tensor(vector: [Int64.max, .min])),
    .tensor(Tensor(vector: [Double.nan])), .tensor(Tensor(vector: [Float.infinity, -1])),
  ]

  /// The value with each of its parts replaced in turn, and what was replaced by what.
  private func mutations(of value: StateValue, at path: String = "") -> [(String, StateValue)] {
    var found = Self.replacements.map { ("\(path) becomes \($0.typeName) \($0)", $0) }
    switch value {
    case .map(let map):
      for (key, inner) in map {
        var less = map
        less[key] = nil
        found.append(("\(path)/\(key) goes", .map(less)))
        for (name, changed) in mutations(of: inner, at: "\(path)/\(key)") {
          var map = map
          map[key] = changed
          found.append((name, .map(map)))
        }
      }
    case .array(let elements):
      for (index, inner) in elements.enumerated().prefix(2) {
        for (name, changed) in mutations(of: inner, at: "\(path)/\(index)") {
          var elements = elements
          elements[index] = changed
          found.append((name, .array(elements)))
        }
      }
      found.append(("\(path) doubles", .array(elements + elements)))
    case .tensor(let tensor): found += mutations(of: tensor, at: path)
    default: break
    }
    return found
  }

  /// A tensor of other lengths, and one whose bytes are all the same.
  private func mutations(of tensor: Tensor, at path: String) -> [(String, StateValue)] {
    guard !tensor.shape.isEmpty, tensor.shape[0] > 0 else { return [] }
    var found = [("\(path) is shorter", StateValue.tensor(tensor.rows(1..<tensor.shape[0])))]
    for byte in [0x00, 0x7F, 0x80, 0xFF] as [UInt8] {
      let bytes = [UInt8](repeating: byte, count: tensor.bytes.count)
      if let other = try? Tensor(tensor.dataType, shape: tensor.shape, bytes: bytes) {
        found.append(("\(path) is full of \(byte)", .tensor(other)))
      }
    }
    return found
  }

  private static func config(_ replay: ReplayBufferConfig) -> DQNConfig {
    smallConfig(environments: 2, nStep: .drawn(from: 1..<3), replay: replay).training(
      learningStarts: 0, hiddenLayers: [3]
    )
    .reporting(minimumSteps: 20)
    .callbacks(
      DumpReplayBuffer(every: .time(.seconds(1_000_000)), to: "/dev/null/never"),
      SaveCheckpoint(
        every: .environmentSteps(1 << 40), to: "/dev/null/never", replayBuffer: .every(.newTransitions(1 << 40))))
  }

  private func fresh(_ replay: ReplayBufferConfig = .uniform(capacity: 60)) throws -> DQN {
    try DQN.build(Self.config(replay), services: testServices(), id: "x") { $0.isDryRun = true }
  }

  private func saved(_ replay: ReplayBufferConfig = .uniform(capacity: 60)) throws -> DQN {
    let dqn = try fresh(replay)
    dqn.run.isDryRun = false
    for _ in 0..<3 { try dqn.train() }
    return dqn
  }

  /// Restores every mutation and goes on where that works.
  private func tryAll(_ state: StateValue, _ restore: (DQN, StateValue) throws -> Void) throws {
    let unchanged = try fresh()
    try restore(unchanged, state)
    unchanged.run.isDryRun = false
    try unchanged.train()
    var (refused, taken) = (0, 0)
    for (_, mutation) in mutations(of: state) {
      let dqn = try fresh()
      do { try restore(dqn, mutation) } catch {
        refused += 1
        continue
      }
      dqn.run.isDryRun = false
      try dqn.runners.local?.checkInvariants()
      try dqn.learner.checkInvariants()
      // What goes wrong later must be an error too.
      _ = try? dqn.train()
      _ = try dqn.checkpointContents()
      taken += 1
    }
    #expect(refused > 200 && taken > 20, "\(refused) refused, \(taken) taken")
  }

  private func part(_ name: String, of dqn: DQN) throws -> StateValue {
    for part in try dqn.checkpointContents().parts where part.name == name {
      if case .state(let state) = part.content { return state }
    }
    throw TrainingError.brokenRun("no \(name)")
  }

  @Test func `algorithm_state`() throws {
    try tryAll(part("algorithm_state", of: saved())) { dqn, state in
      let checkpoint = RestoreReport(checkpoint: "x", iteration: 3, environmentSteps: 0)
      var report = checkpoint
      try dqn.restoreAlgorithmState(state, &report)
    }
  }

  @Test func `env_runner`() throws {
    try tryAll(part("env_runner", of: saved())) { dqn, state in try #require(dqn.runners.local != nil)
      try dqn.runners.local?.restore(from: state) }
  }

  @Test func `learner`() throws {
    try tryAll(part("learner_group/learner", of: saved())) { dqn, state in try dqn.setLearnerState(state) }
  }

  @Test func `params.json`() throws {
    let config = Self.config(.uniform(capacity: 60)).envRunners(fragmentLength: 5)
    var built = 0
    for (_, mutation) in mutations(of: .map(config.state)) {
      guard case .map(let map) = mutation,
        let (restored, _) = try? DQNConfig.restored(from: map, registry: .shipped),
        let dqn = try? DQN.build(restored, services: testServices(), id: "x", prepare: { $0.isDryRun = true })
      else { continue }
      _ = try? dqn.replaceReplayBuffer(with: #require(fresh().replayBufferSnapshot), continuity: .broken)
      built += 1
    }
    #expect(built > 100)
  }

  /// Contents with another state.
  private struct Mutated: BufferContents {
    var base: BufferSnapshot
    var saved: StateValue
    var kind: String { base.kind }
    var layout: BufferLayout { base.layout }
    var schema: BufferSchema { base.schema }
    var rowCount: Int { base.rowCount }
    func state() -> StateValue { saved }
    func rows(_ range: Range<Int>) throws -> RowBatch { base.rows(range) }
  }

  @Test(arguments: [ReplayBufferConfig.uniform(capacity: 60), .prioritized(capacity: 60)])
  func `replay_buffer`(_ replay: ReplayBufferConfig) throws {
    let base = try #require(saved(replay).replayBufferSnapshot)
    var refused = 0
    for (_, mutation) in mutations(of: base.state()) {
      for continuity in [BufferContinuity.exact, .broken] {
        let dqn = try fresh(replay)
        let contents = Mutated(base: base, saved: mutation)
        do { try dqn.replaceReplayBuffer(with: contents, continuity: continuity) } catch {
          refused += 1
          continue
        }
        dqn.run.isDryRun = false
        try dqn.replayBuffer.checkInvariants()
        _ = try? dqn.train()
        _ = try dqn.checkpointContents()
      }
    }
    #expect(refused > 200)
  }
}
