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
    onEnvRunnersRecreated: CallbackClosures.Closure<RunnersRecreatedContext>? = nil,
    onCheckpointSaved: CallbackClosures.Closure<SavedContext>? = nil,
    onReplayBufferDumped: CallbackClosures.Closure<SavedContext>? = nil,
    onAlgorithmStop: CallbackClosures.Closure<AlgorithmContext>? = nil,
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
    set(\.onEnvRunnersRecreated, onEnvRunnersRecreated)
    set(\.onCheckpointSaved, onCheckpointSaved)
    set(\.onReplayBufferDumped, onReplayBufferDumped)
    set(\.onAlgorithmStop, onAlgorithmStop)
    set(\.onCheckpointLoaded, onCheckpointLoaded)
    set(\.onEnvironmentCreated, onEnvironmentCreated)
    set(\.onEpisodeCreated, onEpisodeCreated)
    set(\.onEpisodeStart, onEpisodeStart)
    set(\.onEpisodeStep, onEpisodeStep)
    set(\.onEpisodeEnd, onEpisodeEnd)
    set(\.onSampleEnd, onSampleEnd)
    return config
  }

  /// Sets lists of closures for events, each called in the order of its list; a list replaces those of its event.
  public func callbackLists(
    onAlgorithmInit: [CallbackClosures.Closure<AlgorithmContext>]? = nil,
    onTrainResult: [CallbackClosures.Closure<TrainResultContext>]? = nil,
    onEvaluateStart: [CallbackClosures.Closure<EvaluationContext>]? = nil,
    onEvaluateEnd: [CallbackClosures.Closure<EvaluationContext>]? = nil,
    onEnvRunnersRecreated: [CallbackClosures.Closure<RunnersRecreatedContext>]? = nil,
    onCheckpointSaved: [CallbackClosures.Closure<SavedContext>]? = nil,
    onReplayBufferDumped: [CallbackClosures.Closure<SavedContext>]? = nil,
    onAlgorithmStop: [CallbackClosures.Closure<AlgorithmContext>]? = nil,
    onCheckpointLoaded: [CallbackClosures.Closure<CheckpointLoadedContext>]? = nil,
    onEnvironmentCreated: [CallbackClosures.Closure<EnvironmentContext>]? = nil,
    onEpisodeCreated: [CallbackClosures.Closure<EpisodeContext>]? = nil,
    onEpisodeStart: [CallbackClosures.Closure<EpisodeContext>]? = nil,
    onEpisodeStep: [CallbackClosures.Closure<EpisodeContext>]? = nil,
    onEpisodeEnd: [CallbackClosures.Closure<EpisodeContext>]? = nil,
    onSampleEnd: [CallbackClosures.Closure<SampleContext>]? = nil
  ) -> Self {
    var config = self
    if let onAlgorithmInit { config.common.callbacks.closures.onAlgorithmInit = onAlgorithmInit }
    if let onTrainResult { config.common.callbacks.closures.onTrainResult = onTrainResult }
    if let onEvaluateStart { config.common.callbacks.closures.onEvaluateStart = onEvaluateStart }
    if let onEvaluateEnd { config.common.callbacks.closures.onEvaluateEnd = onEvaluateEnd }
    if let onEnvRunnersRecreated { config.common.callbacks.closures.onEnvRunnersRecreated = onEnvRunnersRecreated }
    if let onCheckpointSaved { config.common.callbacks.closures.onCheckpointSaved = onCheckpointSaved }
    if let onReplayBufferDumped { config.common.callbacks.closures.onReplayBufferDumped = onReplayBufferDumped }
    if let onAlgorithmStop { config.common.callbacks.closures.onAlgorithmStop = onAlgorithmStop }
    if let onCheckpointLoaded { config.common.callbacks.closures.onCheckpointLoaded = onCheckpointLoaded }
    if let onEnvironmentCreated { config.common.callbacks.closures.onEnvironmentCreated = onEnvironmentCreated }
    if let onEpisodeCreated { config.common.callbacks.closures.onEpisodeCreated = onEpisodeCreated }
    if let onEpisodeStart { config.common.callbacks.closures.onEpisodeStart = onEpisodeStart }
    if let onEpisodeStep { config.common.callbacks.closures.onEpisodeStep = onEpisodeStep }
    if let onEpisodeEnd { config.common.callbacks.closures.onEpisodeEnd = onEpisodeEnd }
    if let onSampleEnd { config.common.callbacks.closures.onSampleEnd = onSampleEnd }
    return config
  }

  /// Adds callbacks behind those there are, and closures behind the closures of their events.
  public func addingCallbacks(
    _ callbacks: any Callback...,
    onAlgorithmInit: CallbackClosures.Closure<AlgorithmContext>? = nil,
    onTrainResult: CallbackClosures.Closure<TrainResultContext>? = nil,
    onEvaluateStart: CallbackClosures.Closure<EvaluationContext>? = nil,
    onEvaluateEnd: CallbackClosures.Closure<EvaluationContext>? = nil,
    onEnvRunnersRecreated: CallbackClosures.Closure<RunnersRecreatedContext>? = nil,
    onCheckpointSaved: CallbackClosures.Closure<SavedContext>? = nil,
    onReplayBufferDumped: CallbackClosures.Closure<SavedContext>? = nil,
    onAlgorithmStop: CallbackClosures.Closure<AlgorithmContext>? = nil,
    onCheckpointLoaded: CallbackClosures.Closure<CheckpointLoadedContext>? = nil,
    onEnvironmentCreated: CallbackClosures.Closure<EnvironmentContext>? = nil,
    onEpisodeCreated: CallbackClosures.Closure<EpisodeContext>? = nil,
    onEpisodeStart: CallbackClosures.Closure<EpisodeContext>? = nil,
    onEpisodeStep: CallbackClosures.Closure<EpisodeContext>? = nil,
    onEpisodeEnd: CallbackClosures.Closure<EpisodeContext>? = nil,
    onSampleEnd: CallbackClosures.Closure<SampleContext>? = nil
  ) -> Self {
    var config = self
    config.common.callbacks.callbacks += callbacks
    func add<Context>(
      _ path: WritableKeyPath<CallbackClosures, [CallbackClosures.Closure<Context>]>,
      _ closure: CallbackClosures.Closure<Context>?
    ) {
      if let closure { config.common.callbacks.closures[keyPath: path].append(closure) }
    }
    add(\.onAlgorithmInit, onAlgorithmInit)
    add(\.onTrainResult, onTrainResult)
    add(\.onEvaluateStart, onEvaluateStart)
    add(\.onEvaluateEnd, onEvaluateEnd)
    add(\.onEnvRunnersRecreated, onEnvRunnersRecreated)
    add(\.onCheckpointSaved, onCheckpointSaved)
    add(\.onReplayBufferDumped, onReplayBufferDumped)
    add(\.onAlgorithmStop, onAlgorithmStop)
    add(\.onCheckpointLoaded, onCheckpointLoaded)
    add(\.onEnvironmentCreated, onEnvironmentCreated)
    add(\.onEpisodeCreated, onEpisodeCreated)
    add(\.onEpisodeStart, onEpisodeStart)
    add(\.onEpisodeStep, onEpisodeStep)
    add(\.onEpisodeEnd, onEpisodeEnd)
    add(\.onSampleEnd, onSampleEnd)
    return config
  }
}
