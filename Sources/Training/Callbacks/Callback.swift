/// What is called at the events of a run; every event does nothing unless a conforming type says otherwise.
///
/// A struct is copied: one copy for the algorithm and one for every runner, so what a copy counts at the runners'
/// events is not seen at the algorithm's. A callback that is also `Checkpointable` is saved with the run and restored.
/// An error stops the run and is reported as `TrainingError.callback` with the callback's name and the event.
/// - Source: RLlib's `RLlibCallback`; `Callbacks.md` says when each event fires.
public protocol Callback: Sendable {
  /// Whether the events of environments and episodes are of interest; default true. False spares the call a step.
  var listensToRunners: Bool { get }

  /// The algorithm is complete; nothing was sampled yet.
  mutating func onAlgorithmInit(_ context: inout AlgorithmContext) throws
  /// An iteration is over; what is changed in its result is what `train()` returns and the experiment's files hold.
  mutating func onTrainResult(_ context: inout TrainResultContext) throws
  /// Evaluation is about to begin.
  mutating func onEvaluateStart(_ context: inout EvaluationContext) throws
  /// Evaluation is over.
  mutating func onEvaluateEnd(_ context: inout EvaluationContext) throws
  /// Runners that had died were made anew.
  mutating func onEnvRunnersRecreated(_ context: inout RunnersRecreatedContext) throws
  /// A checkpoint of the run is durable. RLlib has no such event.
  mutating func onCheckpointSaved(_ context: inout SavedContext) throws
  /// A dump of the replay buffer is durable. RLlib has no such event.
  mutating func onReplayBufferDumped(_ context: inout SavedContext) throws
  /// The run ends: everything is written and no runner is left. RLlib has no such event.
  mutating func onAlgorithmStop(_ context: inout AlgorithmContext) throws
  /// A checkpoint was restored; whatever is found wrong may be repaired now.
  mutating func onCheckpointLoaded(_ context: inout CheckpointLoadedContext) throws
  /// An environment was made.
  mutating func onEnvironmentCreated(_ context: inout EnvironmentContext) throws
  /// An episode object was made; its environment is not reset yet.
  mutating func onEpisodeCreated(_ context: inout EpisodeContext) throws
  /// The environment was reset and gave the first observation.
  mutating func onEpisodeStart(_ context: inout EpisodeContext) throws
  /// A step was taken, the last one of an episode included.
  mutating func onEpisodeStep(_ context: inout EpisodeContext) throws
  /// The episode has ended, after its last `onEpisodeStep`.
  mutating func onEpisodeEnd(_ context: inout EpisodeContext) throws
  /// A runner hands its samples over; the list may be changed.
  mutating func onSampleEnd(_ context: inout SampleContext) throws
}

extension Callback {
  /// True: runners call it.
  public var listensToRunners: Bool { true }

  /// Does nothing.
  public mutating func onAlgorithmInit(_ context: inout AlgorithmContext) throws {}
  /// Does nothing.
  public mutating func onTrainResult(_ context: inout TrainResultContext) throws {}
  /// Does nothing.
  public mutating func onEvaluateStart(_ context: inout EvaluationContext) throws {}
  /// Does nothing.
  public mutating func onEvaluateEnd(_ context: inout EvaluationContext) throws {}
  /// Does nothing.
  public mutating func onEnvRunnersRecreated(_ context: inout RunnersRecreatedContext) throws {}
  /// Does nothing.
  public mutating func onCheckpointSaved(_ context: inout SavedContext) throws {}
  /// Does nothing.
  public mutating func onReplayBufferDumped(_ context: inout SavedContext) throws {}
  /// Does nothing.
  public mutating func onAlgorithmStop(_ context: inout AlgorithmContext) throws {}
  /// Does nothing.
  public mutating func onCheckpointLoaded(_ context: inout CheckpointLoadedContext) throws {}
  /// Does nothing.
  public mutating func onEnvironmentCreated(_ context: inout EnvironmentContext) throws {}
  /// Does nothing.
  public mutating func onEpisodeCreated(_ context: inout EpisodeContext) throws {}
  /// Does nothing.
  public mutating func onEpisodeStart(_ context: inout EpisodeContext) throws {}
  /// Does nothing.
  public mutating func onEpisodeStep(_ context: inout EpisodeContext) throws {}
  /// Does nothing.
  public mutating func onEpisodeEnd(_ context: inout EpisodeContext) throws {}
  /// Does nothing.
  public mutating func onSampleEnd(_ context: inout SampleContext) throws {}

  /// The name by which messages call it.
  var displayName: String { String(describing: type(of: self)) }
}

/// Makes a callback anew for the algorithm and for every runner, where copies of one value would share something: a
/// class, for example.
///
/// `MadeForEach(Counter.init)` stands in the place of a type, `MadeForEach { Counter(limit: 3) }` of a factory.
public struct MadeForEach: Callback {
  let make: @Sendable () -> any Callback

  /// A place in the list of callbacks for what `make` makes.
  public init(_ make: @escaping @Sendable () -> any Callback) { self.make = make }
}
