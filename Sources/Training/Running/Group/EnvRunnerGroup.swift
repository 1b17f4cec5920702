public import Environments
public import ReplayBuffers
internal import StateTree

/// All runners of a training or of an evaluation: one on this thread, or several that sample at the same time.
///
/// What several runners give is taken in the order of their indices, whoever was first, so that a run is the same each
/// time.
/// - Source: RLlib's `EnvRunnerGroup`.
public final class EnvRunnerGroup {
  /// Whether it samples for an evaluation.
  public let isEvaluating: Bool
  /// The space of observations.
  public let observationSpace: Space
  /// The space of actions.
  public let actionSpace: Space
  /// What steps consist of.
  public let form: EpisodeForm
  /// Why a checkpoint cannot say exactly how its environments go on; nil if it can.
  public let inexactBecause: String?
  /// Environment steps ever sampled, by all runners.
  public internal(set) var environmentSteps = 0
  /// What became of the runners.
  public var faults: RunnerFaults {
    var faults = counts
    faults.healthy = local == nil ? members.count(where: \.isHealthy) : 1
    return faults
  }

  /// The runner that samples on the caller's thread, with whatever the caller chooses by.
  public internal(set) var local: EnvRunner?
  var members: [RunnerMember] = []
  var counts = RunnerFaults()
  /// Episodes that ended, and what was logged, since somebody took them.
  var finished: [FinishedEpisode] = []
  var metrics: [ReducedMetrics] = []
  /// Runners that were made anew since somebody asked.
  var recreated: [Int] = []
  /// What is to be said of the run because of runners that failed.
  var losses: [String] = []
  let faultPolicies: (death: FaultPolicy, error: FaultPolicy)
  /// Makes the handle of a member: its index, how often it was made before.
  let makeHandle: (Int, Int) throws -> any RunnerHandle

  /// The runners that a configuration asks for. Each makes its environments, at which `onEnvironmentCreated` is called.
  /// - Throws: `TrainingError`, and what making environments and policies throws.
  public init(_ config: some AlgorithmConfig, isEvaluating: Bool = false, seed: UInt64) throws {
    self.isEvaluating = isEvaluating
    let common = config.common
    faultPolicies = (common.runnerFailure, common.runnerError)
    let count = isEvaluating ? common.evaluation.runners : common.runners
    if count == 0, !isEvaluating {
      let runner = try EnvRunner(common, RunnerFacts(), seed: seed)
      (observationSpace, actionSpace, form) = (runner.observationSpace, runner.actionSpace, runner.form)
      inexactBecause = runner.inexactBecause
      makeHandle = Self.maker(config, isEvaluating: false, form: form, seed: seed, isInline: true)
      local = runner
      return
    }
    // One environment tells what all are like; it is not stepped, and no callback sees it.
    let sample = try common.catalogue.makeEnvironment(common.environment)
    (observationSpace, actionSpace) = (sample.observationSpace, sample.actionSpace)
    inexactBecause = sample.inexactBecause
    let policy = try config.makePolicy(observations: observationSpace, actions: actionSpace)
    form = EpisodeForm(observations: observationSpace, actions: actionSpace, extras: policy.extraColumns)
    makeHandle = Self.maker(config, isEvaluating: isEvaluating, form: form, seed: seed, isInline: count == 0)
    // All are begun before the first is waited for.
    for index in count == 0 ? 0...0 : 1...count {
      members.append(RunnerMember(index: index, handle: try makeHandle(index, 0)))
    }
    for member in members {
      do throws(RunnerFailure) { try member.handle.waitUntilReady() } catch {
        if case .threw(let error) = error { throw error }
        throw TrainingError.runnerFailed(member.index, isEvaluating: isEvaluating, reason: error.reason)
      }
    }
  }

  deinit { for member in members { member.handle.stop() } }

  private static func maker(
    _ config: some AlgorithmConfig, isEvaluating: Bool, form: EpisodeForm, seed: UInt64, isInline: Bool
  ) -> (Int, Int) throws -> any RunnerHandle {
    { index, incarnation in
      let facts = RunnerFacts(index: index, isEvaluating: isEvaluating)
      if !isInline, config.common.runnerPlacement == .processes {
        return try RunnerProcess(config, facts, form: form, seed: seed, incarnation: incarnation)
      }
      let body = try RunnerBody(config, facts, seed: seed, incarnation: incarnation)
      return InProcessRunner(body, isInline: isInline)
    }
  }

  /// How many numbers an observation has.
  public var observationSize: Int { observationSpace.shape.reduce(1, *) }
  /// How many runners sample at the same time, at least 1.
  public var count: Int { max(1, members.count) }

  /// The numbers of the processes of its runners, in the order of their indices; none if they live in threads.
  public var processes: [Int] { members.compactMap { ($0.handle as? RunnerProcess)?.processID } }

  /// The columns that a replay buffer of its fragments needs.
  public func schema() throws -> BufferSchema {
    let form = local?.form ?? form
    return try BufferSchema([form.observation, form.action, ColumnSchema("rewards", .float32)] + form.extras)
  }

  /// Says what the learner beside the runner keeps with each step; before the first sample.
  public func keep(_ extras: [ColumnSchema]) { local?.keep(extras) }
}

/// A runner of a group, and how often it was made anew.
struct RunnerMember {
  let index: Int
  var handle: any RunnerHandle
  var incarnation = 0
  var isHealthy = true
  /// Whether it was asked for a sample that nobody has taken yet.
  var isBusy = false
  /// How often it failed since it answered last.
  var failuresInARow = 0
}
