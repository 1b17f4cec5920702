/// Closures to be called at events, behind the callbacks and in the order given.
public struct CallbackClosures: Sendable {
  /// A closure for an event.
  public typealias Closure<Context> = @Sendable (inout Context) throws -> Void

  var onAlgorithmInit: [Closure<AlgorithmContext>] = []
  var onTrainResult: [Closure<TrainResultContext>] = []
  var onEvaluateStart: [Closure<EvaluationContext>] = []
  var onEvaluateEnd: [Closure<EvaluationContext>] = []
  var onEnvRunnersRecreated: [Closure<RunnersRecreatedContext>] = []
  var onCheckpointSaved: [Closure<SavedContext>] = []
  var onReplayBufferDumped: [Closure<SavedContext>] = []
  var onAlgorithmStop: [Closure<AlgorithmContext>] = []
  var onCheckpointLoaded: [Closure<CheckpointLoadedContext>] = []
  var onEnvironmentCreated: [Closure<EnvironmentContext>] = []
  var onEpisodeCreated: [Closure<EpisodeContext>] = []
  var onEpisodeStart: [Closure<EpisodeContext>] = []
  var onEpisodeStep: [Closure<EpisodeContext>] = []
  var onEpisodeEnd: [Closure<EpisodeContext>] = []
  var onSampleEnd: [Closure<SampleContext>] = []

  /// How many closures there are for each event that has any.
  public var counts: [(event: CallbackEvent, count: Int)] {
    CallbackEvent.allCases.map { ($0, count(of: $0)) }.filter { $0.count > 0 }
  }

  private func count(of event: CallbackEvent) -> Int {
    switch event {
    case .onAlgorithmInit: onAlgorithmInit.count
    case .onTrainResult: onTrainResult.count
    case .onEvaluateStart: onEvaluateStart.count
    case .onEvaluateEnd: onEvaluateEnd.count
    case .onEnvRunnersRecreated: onEnvRunnersRecreated.count
    case .onCheckpointSaved: onCheckpointSaved.count
    case .onReplayBufferDumped: onReplayBufferDumped.count
    case .onAlgorithmStop: onAlgorithmStop.count
    case .onCheckpointLoaded: onCheckpointLoaded.count
    case .onEnvironmentCreated: onEnvironmentCreated.count
    case .onEpisodeCreated: onEpisodeCreated.count
    case .onEpisodeStart: onEpisodeStart.count
    case .onEpisodeStep: onEpisodeStep.count
    case .onEpisodeEnd: onEpisodeEnd.count
    case .onSampleEnd: onSampleEnd.count
    }
  }
}
