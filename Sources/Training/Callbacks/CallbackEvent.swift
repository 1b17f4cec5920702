/// The events of a run that callbacks are called at, by RLlib's names.
public enum CallbackEvent: String, Sendable, Hashable, CaseIterable {
  /// `on_algorithm_init`
  case onAlgorithmInit = "on_algorithm_init"
  /// `on_train_result`
  case onTrainResult = "on_train_result"
  /// `on_evaluate_start`
  case onEvaluateStart = "on_evaluate_start"
  /// `on_evaluate_end`
  case onEvaluateEnd = "on_evaluate_end"
  /// `on_env_runners_recreated`
  case onEnvRunnersRecreated = "on_env_runners_recreated"
  /// `on_checkpoint_saved`, which RLlib has not
  case onCheckpointSaved = "on_checkpoint_saved"
  /// `on_replay_buffer_dumped`, which RLlib has not
  case onReplayBufferDumped = "on_replay_buffer_dumped"
  /// `on_algorithm_stop`, which RLlib has not
  case onAlgorithmStop = "on_algorithm_stop"
  /// `on_checkpoint_loaded`
  case onCheckpointLoaded = "on_checkpoint_loaded"
  /// `on_environment_created`
  case onEnvironmentCreated = "on_environment_created"
  /// `on_episode_created`
  case onEpisodeCreated = "on_episode_created"
  /// `on_episode_start`
  case onEpisodeStart = "on_episode_start"
  /// `on_episode_step`
  case onEpisodeStep = "on_episode_step"
  /// `on_episode_end`
  case onEpisodeEnd = "on_episode_end"
  /// `on_sample_end`
  case onSampleEnd = "on_sample_end"

  /// Whether the event happens where environments are stepped, rather than in the algorithm.
  public var isOfRunners: Bool {
    switch self {
    case .onEnvironmentCreated, .onEpisodeCreated, .onEpisodeStart, .onEpisodeStep, .onEpisodeEnd, .onSampleEnd: true
    default: false
    }
  }
}
