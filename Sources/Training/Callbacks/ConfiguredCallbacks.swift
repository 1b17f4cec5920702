/// The callbacks of a configuration, from which those of the algorithm and of every runner are made.
public struct ConfiguredCallbacks: Sendable {
  /// Callbacks as values, in the order in which they are called.
  public var callbacks: [any Callback] = []
  /// Closures, called behind them.
  public var closures = CallbackClosures()

  /// None.
  public init() {}
}

extension AlgorithmConfig {
  /// Sets callbacks, and closures for single events.
  ///
  /// At every event the callbacks are called first, in the order given, then its closures. Callbacks given replace all
  /// those there were, a closure those of its event; what is not named stays. To add, use `addingCallbacks`.
  /// - Source: RLlib's `AlgorithmConfig.callbacks()`.
  public func callbacks(
    _ callbacks: any Callback...,
    onAlgorithmInit: CallbackClosures.Closure<AlgorithmContext>? = nil,
    onTrainResult: CallbackClosures.Closure<TrainResultContext>? = nil,
    onEvaluateStart: CallbackClosures.Closure<EvaluationContext>? = nil,
    onEvaluateEnd: CallbackClosures.Closure<EvaluationContext>? = nil,
    onEvaluateOfflineStart: CallbackClosures.Closure<EvaluationContext>? = nil,
    onEvaluateOfflineEnd: CallbackClosures.Closure<EvaluationContext>? = nil,
    onEnvRunnersRecreated: CallbackClosures.Closure<RunnersRecreatedContext>? = nil,
    onOfflineEvalRunnersRecreated: CallbackClosures.Closure<RunnersRecreatedContext>? = nil,
    onCheckpointLoaded: CallbackClosures.Closure<CheckpointLoadedContext>? = nil,
    onEnvironmentCreated: CallbackClosures.Closure<EnvironmentContext>? = nil,
    onEpisodeCreated: CallbackClosures.Closure<EpisodeContext>? = nil,
    onEpisodeStart: CallbackClosures.Closure<EpisodeContext>? = nil,
    onEpisodeStep: CallbackClosures.Closure<EpisodeContext>? = nil,
    onEpisodeEnd: CallbackClosures.Closure<EpisodeContext>? = nil,
    onSampleEnd: CallbackClosures.Closure<SampleContext>? = nil
  ) -> Self {
    var config = self
    if !callbacks.isEmpty { config.common.callbacks.callbacks = callbacks }
    func set<Context>(
      _ path: WritableKeyPath<CallbackClosures, [CallbackClosures.Closure<Context>]>,
      _ closure: CallbackClosures.Closure<Context>?
    ) {
      if let closure { config.common.callbacks.closures[keyPath: path] = [closure] }
    }
    set(\.onAlgorithmInit, onAlgorithmInit)
    set(\.onTrainResult, onTrainResult)
    set(\.onEvaluateStart, onEvaluateStart)
    set(\.onEvaluateEnd, onEvaluateEnd)
    set(\.onEvaluateOfflineStart, onEvaluateOfflineStart)
    set(\.onEvaluateOfflineEnd, onEvaluateOfflineEnd)
    set(\.onEnvRunnersRecreated, onEnvRunnersRecreated)
    set(\.onOfflineEvalRunnersRecreated, onOfflineEvalRunnersRecreated)
    set(\.onCheckpointLoaded, onCheckpointLoaded)
    set(\.onEnvironmentCreated, onEnvironmentCreated)
    set(\.onEpisodeCreated, onEpisodeCreated)
    set(\.onEpisodeStart, onEpisodeStart)
    set(\.onEpisodeStep, onEpisodeStep)
    set(\.onEpisodeEnd, onEpisodeEnd)
    set(\.onSampleEnd, onSampleEnd)
    return config
  }

  /// Adds callbacks behind those there are, and closures behind the closures of their events.
  public func addingCallbacks(
    _ callbacks: any Callback...,
    onTrainResult: CallbackClosures.Closure<TrainResultContext>? = nil,
    onCheckpointLoaded: CallbackClosures.Closure<CheckpointLoadedContext>? = nil,
    onEpisodeEnd: CallbackClosures.Closure<EpisodeContext>? = nil,
    onSampleEnd: CallbackClosures.Closure<SampleContext>? = nil
  ) -> Self {
    var config = self
    config.common.callbacks.callbacks += callbacks
    if let onTrainResult { config.common.callbacks.closures.onTrainResult.append(onTrainResult) }
    if let onCheckpointLoaded { config.common.callbacks.closures.onCheckpointLoaded.append(onCheckpointLoaded) }
    if let onEpisodeEnd { config.common.callbacks.closures.onEpisodeEnd.append(onEpisodeEnd) }
    if let onSampleEnd { config.common.callbacks.closures.onSampleEnd.append(onSampleEnd) }
    return config
  }
}
