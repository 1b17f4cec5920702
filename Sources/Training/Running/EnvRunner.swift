public import Environments
public import ReplayBuffers
internal import StateTree

/// Steps a few environments side by side and hands their episodes over in fragments.
///
/// Everything that later steps depend on is in its state: environments, episodes under way, generator, counters.
/// - Source: RLlib's `SingleAgentEnvRunner`, with Gymnasium's next-step reset: after a last step the environment is
///   reset where its next step would be, which counts as no step.
public struct EnvRunner: Sendable {
  /// The runner's index, and whether it samples for an evaluation.
  public let facts: RunnerFacts
  /// The space of its observations.
  public let observationSpace: Space
  /// The space of its actions.
  public let actionSpace: Space
  /// What its steps consist of.
  public internal(set) var form: EpisodeForm
  /// Environment steps ever sampled.
  public internal(set) var environmentSteps = 0
  /// Episodes that ended since `takeFinished` was called last, in the order in which they ended.
  var finished: [FinishedEpisode] = []

  /// Environments with their episodes; what callbacks see of them.
  var slots: [EpisodeContext]
  var generator: PCG64
  var begunEpisodes = 0
  /// What tells the names of its episodes from those of a runner before it; empty for the first.
  var nameTag = ""
  var needsInitialReset = true
  /// Whether its environments were given their seeds.
  var wasSeeded = false
  /// Its environments that a restore could not put back where they stood (`Environment.inexactBecause`): the next sample
  /// gives up their episodes and resets them.
  var interrupted: Set<Int> = []
  /// What its callbacks log.
  var metrics: MetricsLogger
  let seed: UInt64
  var callbacks: CallbackSet
  let callsCallbacks: Bool

  /// Makes the environments, at which `onEnvironmentCreated` is called.
  /// - Parameter incarnation: How often a runner of this index was made before.
  /// - Parameter seed: The run's seed; the runner adds its index, and 1,000,000 for an evaluation, and environment i of it
  ///   is reset with i more.
  /// - Throws: `TrainingError.callback`, and what making environments throws.
  public init(_ config: CommonConfig, _ facts: RunnerFacts = RunnerFacts(), seed: UInt64, incarnation: Int = 0) throws {
    self.facts = facts
    // What takes the place of a runner that failed draws anew and names its episodes otherwise.
    self.seed = seed &+ UInt64(facts.index) &+ (facts.isEvaluating ? 1_000_000 : 0) &+ UInt64(incarnation) << 32
    nameTag = incarnation == 0 ? "" : "~\(incarnation)"
    var metrics = MetricsLogger()
    generator = PCG64(seed: self.seed)
    callbacks = CallbackSet(config.callbacks)
    callbacks.callbacks.removeAll { !$0.listensToRunners }
    callsCallbacks = callbacks.listensToRunners
    var environments: [any Environment] = []
    for environmentIndex in 0..<config.environmentsPerRunner {
      let environment = try config.catalogue.makeEnvironment(config.environment)
      var context = EnvironmentContext(
        runner: facts, environmentIndex: environmentIndex, environment: environment, metricsLogger: metrics)
      try callbacks.fire(.onEnvironmentCreated, &context, callbacks.closures.onEnvironmentCreated) {
        try $0.onEnvironmentCreated(&$1)
      }
      environments.append(context.environment)
      metrics = context.metricsLogger
    }
    (observationSpace, actionSpace) = (environments[0].observationSpace, environments[0].actionSpace)
    form = EpisodeForm(observations: observationSpace, actions: actionSpace)
    self.metrics = metrics
    slots = []
    for (index, environment) in environments.enumerated() {
      slots.append(
        EpisodeContext(
          runner: facts, environmentIndex: index, environment: environment, episode: RunningEpisode(id: "", form)))
    }
  }

  /// Says what a policy keeps with each step; before the first sample.
  public mutating func keep(_ extras: [ColumnSchema]) {
    form = EpisodeForm(observations: observationSpace, actions: actionSpace, extras: extras)
  }

  /// What its callbacks logged since the last call.
  public mutating func takeMetrics() -> ReducedMetrics { metrics.keys.isEmpty ? .none : metrics.reduce() }

  /// Why it cannot go on exactly where a checkpoint left it; nil if it can.
  public var inexactBecause: String? { slots.lazy.compactMap(\.environment.inexactBecause).first }

  /// How many episodes are under way.
  public var openEpisodeCount: Int { slots.count { $0.episode.isReset && !$0.episode.isDone } }

  /// The episodes that ended since the last call.
  public mutating func takeFinished() -> [FinishedEpisode] {
    defer { finished.removeAll(keepingCapacity: true) }
    return finished
  }

  /// Gives the episodes under way and all later ones names that the replay buffer has never seen, because it does not
  /// hold what came before, or holds what another runner played.
  /// - Parameter insertionCount: the steps that the buffer ever took, which tells these names from earlier ones.
  public mutating func renameEpisodes(since insertionCount: Int) {
    nameTag = "@\(insertionCount)"
    guard !needsInitialReset else { return }
    for index in slots.indices { slots[index].episode.id = nextName() }
  }

  /// Counts environment steps on from where another runner stopped.
  public mutating func continueCount(from environmentSteps: Int) { self.environmentSteps = environmentSteps }

  /// The name of the next episode.
  mutating func nextName() -> String {
    defer { begunEpisodes += 1 }
    return "\(facts.isEvaluating ? "evaluation-" : "")\(facts.index)\(nameTag)-\(begunEpisodes)"
  }
}
