public import Environments
public import ReplayBuffers
public import StateTree

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

  /// The name of the next episode.
  mutating func nextName() -> String {
    defer { begunEpisodes += 1 }
    return "\(index)\(nameTag)-\(begunEpisodes)"
  }
}

/// Which actions to take, and how often one at random instead.
public struct EpsilonGreedy: Sendable {
  /// The share of actions that are drawn evenly from all.
  public var epsilon: Double

  /// A policy that explores with probability `epsilon`.
  public init(epsilon: Double) { self.epsilon = epsilon }

  /// Replaces a share of greedy actions; `greedy` is asked only if one of them is taken.
  /// - Source: RLlib's `DefaultDQNTorchRLModule._forward_exploration`; the draws are ours.
  public func actions(
    count: Int, of actionCount: Int, using generator: inout PCG64, greedy: () throws -> [Int]
  ) rethrows -> [Int] {
    var actions = [Int](repeating: -1, count: count)
    var needsGreedy = false
    for index in 0..<count {
      if generator.random() < epsilon {
        actions[index] = Int(generator.integers(in: 0..<Int64(actionCount)))
      } else {
        needsGreedy = true
      }
    }
    guard needsGreedy else { return actions }
    let best = try greedy()
    for index in 0..<count where actions[index] < 0 { actions[index] = best[index] }
    return actions
  }
}

/// A value that moves in straight lines between points, such as RLlib's `epsilon`: `[(0, 1.0), (10000, 0.05)]`.
public struct LinearSchedule: Sendable, Hashable {
  /// The points: environment steps and the value there; the first at step 0, steps rising.
  public let points: [Point]

  /// One point.
  public struct Point: Sendable, Hashable {
    /// The lifetime environment step.
    public var step: Int
    /// The value from there on towards the next point.
    public var value: Double

    /// A point.
    public init(step: Int, value: Double) {
      self.step = step
      self.value = value
    }
  }

  /// A schedule through these points, nil unless the first is at step 0, steps rise and values are finite.
  public init?(_ points: [Point]) {
    guard points.first?.step == 0, zip(points, points.dropFirst()).allSatisfy({ $0.step < $1.step }),
      points.allSatisfy(\.value.isFinite)
    else { return nil }
    self.points = points
  }

  /// From one value to another in so many steps.
  /// - Precondition: `steps` is above 0.
  public init(from first: Double, to last: Double, over steps: Int) {
    precondition(steps > 0, "a schedule of at least one step, found \(steps)")
    points = [Point(step: 0, value: first), Point(step: steps, value: last)]
  }

  /// The same value at every step.
  public init(constant value: Double) { points = [Point(step: 0, value: value)] }

  /// The value at a step; behind the last point that of the last point.
  public func value(at step: Int) -> Double {
    guard let next = points.firstIndex(where: { $0.step > step }) else { return points[points.count - 1].value }
    let (a, b) = (points[max(0, next - 1)], points[next])
    return a.value + (b.value - a.value) * (Double(step - a.step) / Double(b.step - a.step))
  }
}

extension LinearSchedule: ConfigValue {
  /// `[[0, 1.0], [10000, 0.05]]`, or the number alone if it is constant.
  public var configState: StateValue {
    points.count == 1
      ? .double(points[0].value) : .array(points.map { .array([.integer($0.step), .double($0.value)]) })
  }

  /// From a number or a list of pairs.
  public init?(configState: StateValue) {
    if let constant = Double(configState: configState) {
      self.init(constant: constant)
      return
    }
    guard case .array(let pairs) = configState else { return nil }
    var points: [Point] = []
    for pair in pairs {
      guard case .array(let parts) = pair, parts.count == 2, let step = Int(configState: parts[0]),
        let value = Double(configState: parts[1])
      else { return nil }
      points.append(Point(step: step, value: value))
    }
    self.init(points)
  }

  /// Words for it.
  public static var expectation: String { "a number or a list of steps and values such as [[0, 1.0], [10000, 0.05]]" }
}
