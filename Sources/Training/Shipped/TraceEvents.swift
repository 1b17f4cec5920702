internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// Prints a line for each event as it fires: which, of which iteration or runner, whether in an evaluation, and for events
/// of episodes the environment, the episode's name, its steps and whether it is done.
///
/// ```
/// on_episode_step   runner 0  environment 1  episode 0-3  length 5  done
/// on_train_result   iteration 3
/// ```
/// Lines of runners that sample at the same time come as they come. Default: to standard error.
public struct TraceEvents: SavedCallback {
  /// The name in `params.json`.
  public static let registeredName = "TraceEvents"

  /// The events that have a line.
  public let events: Set<CallbackEvent>
  private var write: @Sendable (String) -> Void

  /// Prints events. Default: all of them, on standard error.
  /// - Parameter write: Gets a line without its end; called from the threads of runners.
  public init(
    _ events: Set<CallbackEvent> = Set(CallbackEvent.allCases),
    write: @escaping @Sendable (String) -> Void = TraceEvents.writeOnStandardError
  ) {
    (self.events, self.write) = (events, write)
  }

  /// Writes a line to standard error.
  public static let writeOnStandardError: @Sendable (String) -> Void = { line in
    // A line that cannot be written has nobody to read it.
    try? POSIXFileSystem().writeAll(Array((line + "\n").utf8).span, to: OpenFile(number: 2, path: "/dev/stderr"))
  }

  /// The same events, printed elsewhere.
  public func writing(_ write: @escaping @Sendable (String) -> Void) -> TraceEvents { TraceEvents(events, write: write) }

  /// Whether any of the events is a runner's.
  public var listensToRunners: Bool { events.contains(where: \.isOfRunners) }

  private static let column = CallbackEvent.allCases.map(\.rawValue.count).max() ?? 0

  /// A line of those facts that there are.
  private func note(_ event: CallbackEvent, _ facts: @autoclosure () -> [String?]) {
    guard events.contains(event) else { return }
    let padding = String(repeating: " ", count: max(0, Self.column - event.rawValue.count))
    write(([event.rawValue + padding] + facts().compactMap(\.self)).joined(separator: "  "))
  }

  private func note(_ event: CallbackEvent, of algorithm: any Algorithm, _ facts: String?...) {
    note(event, ["iteration \(algorithm.iteration)"] + facts)
  }

  private func note(_ event: CallbackEvent, by runner: RunnerFacts, _ facts: [String?]) {
    note(event, ["runner \(runner.index)", runner.isEvaluating ? "evaluation" : nil] + facts)
  }

  private func note(_ event: CallbackEvent, _ context: EpisodeContext) {
    note(
      event, by: context.runner,
      [
        "environment \(context.environmentIndex)", "episode \(context.episode.id)", "length \(context.episode.length)",
        context.episode.isDone ? "done" : nil,
      ])
  }
}

extension TraceEvents {
  /// Prints a line.
  public mutating func onAlgorithmInit(_ context: inout AlgorithmContext) { note(.onAlgorithmInit, of: context.algorithm) }
  /// Prints a line with the iteration that is over.
  public mutating func onTrainResult(_ context: inout TrainResultContext) { note(.onTrainResult, of: context.algorithm) }
  /// Prints a line.
  public mutating func onEvaluateStart(_ context: inout EvaluationContext) { note(.onEvaluateStart, of: context.algorithm) }
  /// Prints a line.
  public mutating func onEvaluateEnd(_ context: inout EvaluationContext) { note(.onEvaluateEnd, of: context.algorithm) }
  /// Prints a line with the runners.
  public mutating func onEnvRunnersRecreated(_ context: inout RunnersRecreatedContext) {
    note(
      .onEnvRunnersRecreated, of: context.algorithm, "runners \(context.runnerIndices)",
      context.isEvaluation ? "evaluation" : nil)
  }
  /// Prints a line with path and iteration of the checkpoint.
  public mutating func onCheckpointSaved(_ context: inout SavedContext) {
    note(.onCheckpointSaved, of: context.algorithm, "saved iteration \(context.save.iteration)", "\(context.save.path)")
  }
  /// Prints a line with path and iteration of the dump.
  public mutating func onReplayBufferDumped(_ context: inout SavedContext) {
    note(.onReplayBufferDumped, of: context.algorithm, "dumped iteration \(context.save.iteration)", "\(context.save.path)")
  }
  /// Prints a line.
  public mutating func onAlgorithmStop(_ context: inout AlgorithmContext) { note(.onAlgorithmStop, of: context.algorithm) }
  /// Prints a line with the path of the checkpoint.
  public mutating func onCheckpointLoaded(_ context: inout CheckpointLoadedContext) {
    note(.onCheckpointLoaded, of: context.algorithm, "\(context.path)")
  }
  /// Prints a line.
  public mutating func onEnvironmentCreated(_ context: inout EnvironmentContext) {
    note(.onEnvironmentCreated, by: context.runner, ["environment \(context.environmentIndex)"])
  }
  /// Prints a line.
  public mutating func onEpisodeCreated(_ context: inout EpisodeContext) { note(.onEpisodeCreated, context) }
  /// Prints a line.
  public mutating func onEpisodeStart(_ context: inout EpisodeContext) { note(.onEpisodeStart, context) }
  /// Prints a line with the steps taken.
  public mutating func onEpisodeStep(_ context: inout EpisodeContext) { note(.onEpisodeStep, context) }
  /// Prints a line.
  public mutating func onEpisodeEnd(_ context: inout EpisodeContext) { note(.onEpisodeEnd, context) }
  /// Prints a line with the number of fragments and steps.
  public mutating func onSampleEnd(_ context: inout SampleContext) {
    note(
      .onSampleEnd, by: context.runner,
      ["fragments \(context.samples.count)", "steps \(context.samples.reduce(0) { $0 + $1.length })"])
  }
}

extension TraceEvents: Codable {
  private enum CodingKeys: String, CodingKey { case events }

  /// The settings: the names of the events, if not all have a line.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if events.count < CallbackEvent.allCases.count {
      try container.encode(events.map(\.rawValue).sorted(), forKey: .events)
    }
  }

  /// Takes the settings back; lines go to standard error.
  /// - Throws: `DecodingError`, also for an event that there is not.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    guard let names = try container.decodeIfPresent([String].self, forKey: .events) else {
      self.init()
      return
    }
    self.init(
      Set(
        try names.map { name in
          if let event = CallbackEvent(rawValue: name) { return event }
          throw DecodingError.dataCorruptedError(
            forKey: .events, in: container,
            debugDescription: "there is no event \(name); the events are "
              + CallbackEvent.allCases.map(\.rawValue).joined(separator: ", "))
        }))
  }
}
