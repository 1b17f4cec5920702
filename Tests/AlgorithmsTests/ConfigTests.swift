import Algorithms
import Checkpoints
import NeuralNetworks
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import Training

@Suite struct ConfigTests {
  @Test func `defaults are RLlib's`() {
    let state = DQNConfig().state
    let expected: [(String, StateValue)] = [
      ("env", "CartPole-v1"), ("num_envs_per_env_runner", 1), ("rollout_fragment_length", "auto"),
      ("metrics_num_episodes_for_smoothing", 100), ("min_sample_timesteps_per_iteration", 1000), ("seed", nil),
      ("lr", 5e-4), ("gamma", 0.99), ("train_batch_size", 32), ("n_step", 1),
      ("epsilon", [[0, 1.0], [10_000, 0.05]]), ("target_network_update_freq", 500), ("tau", 1.0),
      ("num_steps_sampled_before_learning_starts", 1000), ("double_q", true), ("dueling", true),
      ("td_error_loss_fn", "huber"), ("grad_clip", 40.0),
      ("model_config", ["fcnet_hiddens": [256, 256], "fcnet_activation": "tanh"]),
      (
        "replay_buffer_config",
        ["type": "PrioritizedEpisodeReplayBuffer", "capacity": 50_000, "alpha": 0.6, "beta": 0.4]
      ),
    ]
    for (name, value) in expected { #expect(state[StateKey(name)] == value, "\(name)") }
  }

  @Test(
    arguments: [
      ("lr", "1e-4", .double(1e-4)), ("n_step", "[2, 5]", [2, 5]), ("grad_clip", "None", nil),
      ("double_q", "False", false),
      ("rollout_fragment_length", "auto", "auto"), ("rollout_fragment_length", "8", 8), ("epsilon", "0.1", 0.1),
      ("train_batch_size", "1e2", 100), ("env", "Other-v0", "Other-v0"), ("model_config/fcnet_hiddens", "[64]", [64]),
      ("td_error_loss_fn", "mse", "mse"),
    ] as [(String, String, StateValue)])
  func `a setting is changed from text`(_ name: String, _ text: String, _ value: StateValue) throws {
    let changed = try DQNConfig().setting(name, text)
    #expect(DQNConfig.settings.first { $0.name == name }?.read(changed) == value)
  }

  @Test(
    arguments: [
      ("lrr", "1", "there is no setting \"lrr\"; did you mean \"lr\"?"),
      ("capacity", "1", "there is no setting \"capacity\"; did you mean \"replay_buffer_config/capacity\"?"),
      ("lr", "fast", "the setting lr is \"fast\", expected a number"),
      (
        "n_step", "[5, 2]",
        "the setting n_step is [5, 2], expected a number above 0, or [low, high] of which high is never drawn"
      ),
      ("td_error_loss_fn", "mae", "the setting td_error_loss_fn is \"mae\", expected huber, mse"),
      ("grad_clip", "x", "the setting grad_clip is \"x\", expected a number, or null"),
    ])
  func `a wrong setting is refused with what was expected`(_ name: String, _ text: String, _ message: String) {
    let error = #expect(throws: TrainingError.self) { try DQNConfig().setting(name, text) }
    #expect(error?.description == message)
  }

  @Test(
    arguments: [
      (
        smallConfig(nStep: .drawn(from: 2..<5)).envRunners(fragmentLength: 3),
        "the setting rollout_fragment_length is 3, expected at least n_step, 5, so that a fragment holds a whole return; or auto"
      ),
      (smallConfig().training(learningRate: 0), "the setting lr is 0.0, expected a number above 0"),
      (
        smallConfig(replay: .uniform(capacity: 4)),
        "the setting replay_buffer_config/capacity is 4, expected at least train_batch_size, 8"
      ),
      (
        smallConfig().callbacks(DumpReplayBuffer(every: .iterations(0), to: "d")),
        "the setting DumpReplayBuffer is every 0 iterations, expected a period above 0"
      ),
    ])
  func `settings that do not go together are refused with the remedy`(_ config: DQNConfig, _ message: String) {
    let error = #expect(throws: TrainingError.self) { try config.build(services: testServices()) }
    #expect(error?.description == message)
  }

  @Test func `configuration and callbacks come back from what params.json holds`() throws {
    struct Mine: SavedCallback {
      static let registeredName = "Mine"
      var number: Int
    }
    let config = try smallConfig(nStep: .drawn(from: 2..<5)).setting("grad_clip", "null").callbacks(
      DumpReplayBuffer(every: .time(.seconds(90)), to: "b", keep: .last(3)),
      SaveCheckpoint(every: .environmentSteps(500), to: "r", replayBuffer: .every(.iterations(4))), Mine(number: 5),
      RestoreReplayBuffer(from: "b"), ReportRestore(), onSampleEnd: { _ in })
    let registry = CallbackRegistry.shipped.registering(Mine.self)
    let text = try StateJSON.text(of: .map(config.state))
    guard case .map(let state) = try StateJSON.value(of: Array(text.utf8)) else { return }
    let (restored, leftovers) = try DQNConfig.restored(from: state, registry: registry)
    #expect(restored.changes(from: config) == [])
    #expect(restored.state["callbacks"] == config.state["callbacks"])
    #expect(leftovers.closures == ["on_sample_end"])
    #expect(try DQNConfig.restored(from: state, registry: .shipped).leftovers.callbacks == ["Mine"])
  }

  @Test func `another algorithm's configuration is refused`() {
    let error = #expect(throws: TrainingError.self) {
      try DQNConfig.restored(from: ["algorithm": "PPO"], registry: .shipped)
    }
    #expect(error?.description == TrainingError.wrongAlgorithm(expected: "DQN", found: "\"PPO\"").description)
  }

  @Test func `epsilon is what RLlib's schedule gives`() {
    let schedule = LinearSchedule(from: 1.0, to: 0.05, over: 10_000)
    let values = [0, 1000, 5000, 10_000, 20_000].map { schedule.value(at: $0) }
    for (value, expected) in zip(values, [1.0, 0.905, 0.525, 0.05, 0.05]) { #expect(abs(value - expected) < 1e-12) }
  }
}
