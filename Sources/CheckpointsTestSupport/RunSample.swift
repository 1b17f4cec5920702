public import Checkpoints
public import ReplayBuffers
public import StateTree

/// A small run as a trainer would save it, every part of it open to be changed by a test.
public struct RunSample: Sendable {
  /// The replay buffer: prioritized, with an episode under way.
  public var buffer: PrioritizedEpisodeReplayBuffer
  /// Weights, target weights and optimizer.
  public var learner: StateValue
  /// Environments, episodes under way, random state.
  public var runner: StateValue
  /// Counters and times.
  public var algorithm: StateValue
  /// The result of each iteration.
  public var results: [StateMap]
  /// The settings.
  public var configuration: StateMap
  /// What the next checkpoint says of host and time.
  public var provenance: StateMap = [
    "created": "2025-11-22T19:05:00Z", "program": "rlbuf 0.1.0", "host": "trainer-1", "process": 31_685, "processor": "OpenBLAS 0.3.21 Zen",
  ]
  /// The name of the run.
  public var runID = "cartpole-7f3a"
  /// How many training iterations there were.
  public var iteration: Int { results.count }
  /// How many environment steps there were.
  public private(set) var environmentSteps = 0

  private var generator: PCG64

  /// A run that has not begun. Two of one seed go the same way.
  public init(seed: UInt64, capacity: Int = 400) throws {
    generator = PCG64(seed: seed)
    let schema = try BufferSchema([
      ColumnSchema("obs", .float32, shape: [4]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
    ])
    buffer = try PrioritizedEpisodeReplayBuffer(capacity: capacity, alpha: 0.6, schema: schema, seed: seed)
    (learner, runner, algorithm) = ([:], [:], [:])
    results = []
    configuration = [
      "env": "CartPole-v1", "algo_class": "DQN", "seed": .integer(seed), "lr": 0.0005, "gamma": 0.99,
      "train_batch_size": 32, "explore": true, "model": .nil,
      "callbacks": [["name": "DumpReplayBuffer", "settings": ["to": "runs/cartpole/buffers", "every": ["iterations": 2]]]],
    ]
    try change()
  }

  /// Goes on for an iteration: about a hundred steps, other weights, a result.
  public mutating func train() throws {
    for _ in 0..<6 { try play() }
    try change()
    let number = iteration + 1
    results.append([
      "env_runners": [
        "episode_return_mean": .double(20 + 5 * Double(number)), "episode_len_mean": .double(20 + 5 * Double(number)),
        "num_episodes_lifetime": .integer(6 * number),
      ],
      "num_env_steps_sampled_lifetime": .integer(environmentSteps),
      "learners": ["default_policy": ["qf_loss": .double(1 / Double(number))]],
      "training_iteration": .integer(number), "timers": ["training_step": .double(generator.random())],
      "time_total_s": .double(Double(number) * 1.5), "date": "2025-11-22_19-05-00", "pid": 4711,
    ])
  }

  private mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.random()) } }

  private mutating func play() throws {
    let length = Int(generator.integers(in: 12..<22))
    let fragment = EpisodeFragment(
      id: "0-\(environmentSteps)", startTime: 0, observations: try Tensor(floats(4 * (length + 1)), shape: [length + 1, 4]),
      actions: Tensor(vector: generator.integers(in: 0..<2, count: length)),
      rewards: Tensor(vector: [Float](repeating: 1, count: length)), isTerminated: true)
    let steps = try buffer.add(fragment)
    _ = try buffer.updatePriorities(Array(steps), steps.map { _ in 0.01 + generator.random() })
    environmentSteps += length
  }

  private mutating func change() throws {
    let names: [(String, [Int])] = [("net.0.weight", [16, 4]), ("net.0.bias", [16]), ("net.2.weight", [2, 16])]
    var (weights, moments) = (StateMap(), StateMap())
    for prefix in ["", "_target_"] {
      for (name, shape) in names {
        weights[StateKey(prefix + name)] = .tensor(try Tensor(floats(shape.reduce(1, *)), shape: shape))
      }
    }
    for (name, shape) in names {
      let count = shape.reduce(1, *)
      moments[StateKey(name)] = [
        "step": .integer(100 * iteration), "exp_avg": .tensor(try Tensor(floats(count), shape: shape)),
        "exp_avg_sq": .tensor(try Tensor(floats(count), shape: shape)),
      ]
    }
    learner = [
      "rl_module": .map(weights), "optimizer": ["lr": 0.0005, "state": .map(moments)],
      "num_updates": .integer(100 * iteration),
    ]
    runner = [
      "environment_steps": .integer(environmentSteps), "generator": generator.state,
      "environments": [
        ["environment": "CartPole-v1", "physics": .tensor(Tensor(vector: generator.random(count: 4))), "episode_steps": 7]
      ],
      "episodes": [["id": "0-17", "length": 7, "total_reward": 7.0, "rewards": .tensor(Tensor(vector: floats(7)))]],
    ]
    algorithm = [
      "training_iteration": .integer(iteration), "epsilon": .double(generator.random()),
      "timers": ["training_step": .double(generator.random())],
    ]
  }
}

extension RunSample {
  /// What a checkpoint of this moment holds.
  public var contents: CheckpointContents {
    var contents = CheckpointContents(
      runID: runID, iteration: iteration, environmentSteps: environmentSteps, results: results.last ?? [:],
      configuration: configuration, provenance: provenance)
    contents.add("algorithm_state", state: algorithm)
    contents.add("learner_group/learner", state: learner)
    contents.add("env_runner", state: runner)
    contents.add("replay_buffer", buffer: buffer.snapshot())
    contents.proofs = ["env_runner": StateDigest.sha256(of: runner)]
    return contents
  }

  /// `params.json` and `result.json` as the experiment holds them.
  public func texts() throws -> (parameters: String, results: String) {
    let lines = try results.map { try StateJSON.text(of: .map($0), nonFinite: .python) + "\n" }
    return (try StateJSON.text(of: .map(configuration), layout: .indented) + "\n", lines.joined())
  }
}
