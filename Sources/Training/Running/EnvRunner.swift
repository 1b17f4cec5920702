public import Environments
public import ReplayBuffers
internal import StateTree

/// Steps a few environments side by side and hands their episodes over in fragments.
///
/// Everything that later steps depend on is in its state: environments, episodes under way, generator, counters.
/// - Source: RLlib's `SingleAgentEnvRunner`, with Gymnasium's next-step reset: after a last step the environment is
///   reset where its next step would be, which counts as no step.
public struct EnvRunner: Sendable {
  /// The runner's index, 0 for the one in this process.
  public let index: Int
  /// The space of its observations.
  public let observationSpace: Space
  /// The space of its actions, a discrete one.
  public let actionSpace: Space
  /// Environment steps ever sampled.
  public internal(set) var environmentSteps = 0
  /// Episodes that ended since `takeFinished` was called last, in the order in which they ended.
  var finished: [FinishedEpisode] = []

  var environments: [any Environment]
  var episodes: [RunningEpisode] = []
  var generator: PCG64
  var begunEpisodes = 0
  /// What tells the names of its episodes from those of a runner before it; empty for the first.
  var nameTag = ""
  var needsInitialReset = true
  let seed: UInt64
  var callbacks: CallbackSet
  let callsCallbacks: Bool
  let actionCount: Int
  let firstAction: Int

  /// Makes the environments, at which `onEnvironmentCreated` is called.
  /// - Parameter seed: The run's seed; the runner adds its index, and environment i of it is reset with i more.
  /// - Throws: `TrainingError.unsuitableEnvironment`, `.callback`, and what making environments throws.
  public init(_ config: CommonConfig, index: Int = 0, seed: UInt64) throws {
    self.index = index
    self.seed = seed &+ UInt64(index)
    generator = PCG64(seed: self.seed)
    callbacks = CallbackSet(config.callbacks)
    callbacks.callbacks.removeAll { !$0.listensToRunners }
    callsCallbacks = callbacks.listensToRunners
    environments = []
    for environmentIndex in 0..<config.environmentsPerRunner {
      let environment = try config.catalogue.makeEnvironment(config.environment)
      var context = EnvironmentContext(
        runnerIndex: index, environmentIndex: environmentIndex, environment: environment)
      try callbacks.fire(.onEnvironmentCreated, &context, callbacks.closures.onEnvironmentCreated) {
        try $0.onEnvironmentCreated(&$1)
      }
      environments.append(context.environment)
    }
    (observationSpace, actionSpace) = (environments[0].observationSpace, environments[0].actionSpace)
    guard case .discrete(let count, let start) = actionSpace else {
      throw TrainingError.unsuitableEnvironment(
        config.environment, reason: "its actions are \(actionSpace), expected a discrete space")
    }
    (actionCount, firstAction) = (count, start)
  }

  /// How many numbers an observation has.
  public var observationSize: Int { observationSpace.shape.reduce(1, *) }

  /// The columns that a replay buffer of its fragments needs.
  public func schema() throws -> BufferSchema {
    try BufferSchema([
      ColumnSchema("obs", observationSpace.dataType, shape: observationSpace.shape), ColumnSchema("actions", .int64),
      ColumnSchema("rewards", .float32),
    ])
  }

  /// How many episodes are under way.
  public var openEpisodeCount: Int { episodes.count { $0.isReset && !$0.isDone } }

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
    for index in episodes.indices {
      episodes[index].id = nextName()
    }
  }

  /// Counts environment steps on from where another runner stopped.
  public mutating func continueCount(from environmentSteps: Int) { self.environmentSteps = environmentSteps }

  /// The name of the next episode.
  mutating func nextName() -> String {
    defer { begunEpisodes += 1 }
    return "\(index)\(nameTag)-\(begunEpisodes)"
  }
}
