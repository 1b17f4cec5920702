public import StateTree
internal import Synchronization

/// Any environment of Python's Gymnasium, in a child process of Python.
///
/// ```swift
/// let breakout = try GymnasiumEnvironment("ALE/Breakout-v5", arguments: ["frameskip": 4])
/// let cartPole = try EnvironmentCatalogue.standard.makeEnvironment("gymnasium:CartPole-v1")
/// ```
/// Python and gymnasium are needed for this alone. Boxes and discrete spaces are served, and MultiBinary and
/// MultiDiscrete as the boxes they are; `info` is left out. What the environment prints comes out on standard error,
/// with the traceback of an exception. A step blocks its thread until the answer is there: about 40 microseconds more
/// than the environment itself takes, 65 for a screen of Atari.
///
/// A copy is the same environment, unlike those of Swift, and the state inside Python is out of reach: see
/// `inexactBecause`. The child ends with the last copy, or with this process, however that ends.
public final class GymnasiumEnvironment: Environment {
  /// The id in catalogues: `gymnasium:` and Gymnasium's own, such as `gymnasium:ALE/Breakout-v5`.
  public let id: String
  /// What observations look like.
  public let observationSpace: Space
  /// What actions look like.
  public let actionSpace: Space
  /// The version of the Python that runs it, such as "3.11.7".
  public let pythonVersion: String
  /// The version of gymnasium, such as "1.2.2".
  public let gymnasiumVersion: String

  /// What stands before Gymnasium's ids in catalogues.
  public static let prefix = "gymnasium:"
  /// The environment variable that names a Python.
  public static let pythonVariable = "RLBUF_PYTHON"

  /// One conversation at a time, so that copies on several threads do not take each other's answers.
  private let conversation: Mutex<PythonConversation>

  /// Starts Python and makes the environment.
  /// - Parameters:
  ///   - gymnasiumID: What `gymnasium.make` takes, `module:Name-v0` included, which imports a module first.
  ///   - arguments: Further arguments of `gymnasium.make`, by name.
  ///   - python: A program or a path; nil takes what the variable `RLBUF_PYTHON` names, else `python3`.
  ///   - answerTimeout: How long an answer may take before the environment counts as hanging; 120 seconds.
  /// - Throws: `EnvironmentError.pythonUnavailable`, `.gymnasiumMissing`, `.pythonFailed` with what Python raised,
  ///   `.unsupportedSpace`, `.pythonEnded`, `.pythonTimedOut`, `.invalidAnswer`.
  public convenience init(
    _ gymnasiumID: String, arguments: StateMap = [:], python: String? = nil,
    answerTimeout: Duration = .seconds(120)
  ) throws(EnvironmentError) {
    try self.init(
      gymnasiumID, arguments: arguments, python: python, answerTimeout: answerTimeout, program: GymnasiumServer.program)
  }

  init(
    _ gymnasiumID: String, arguments: StateMap, python: String?, answerTimeout: Duration, program: String
  ) throws(EnvironmentError) {
    id = Self.prefix + gymnasiumID
    var conversation = try PythonConversation(
      environment: id, python: python ?? ChildProcess.variable(Self.pythonVariable) ?? "python3", program: program,
      answerTimeout: answerTimeout)
    let made = try conversation.ask("make", ["id": .string(gymnasiumID), "arguments": .map(arguments)]) {
      (answer) throws(StateTreeError) in
      (
        observations: try answer.value("observation_space"), actions: try answer.value("action_space"),
        python: try answer.string("python"), gymnasium: try answer.string("gymnasium")
      )
    }
    observationSpace = try Space(state: made.observations, at: [StateKey(id), "observation_space"])
    actionSpace = try Space(state: made.actions, at: [StateKey(id), "action_space"])
    (pythonVersion, gymnasiumVersion) = (made.python, made.gymnasium)
    self.conversation = Mutex(conversation)
  }

  deinit {
    conversation.withLock { $0.close() }
  }

  /// Begins an episode; one under way is abandoned.
  /// - Throws: `EnvironmentError.pythonFailed`, `.pythonEnded`, `.pythonTimedOut`, `.invalidAnswer`.
  public func reset(seed: UInt64?) throws(EnvironmentError) -> Tensor {
    let seed: StateValue = seed.map { .integer($0) } ?? .nil
    return try conversation.withLock { (conversation) throws(EnvironmentError) in
      conversation.progress = EpisodeProgress()
      let observation = try conversation.ask("reset", ["seed": seed]) { (answer) throws(StateTreeError) in
        try self.observation(answer)
      }
      conversation.progress.phase = .underWay
      return observation
    }
  }

  /// Takes one action.
  ///
  /// After an exception in Python the environment wants a reset.
  /// - Throws: `EnvironmentError.notReset`, `.episodeEnded`, `.invalidAction`, with which it stays as it was;
  ///   `.pythonFailed`, `.pythonEnded`, `.pythonTimedOut`, `.invalidAnswer`.
  public func step(_ action: Tensor) throws(EnvironmentError) -> EnvironmentStep {
    guard actionSpace.contains(action) else {
      throw .invalidAction(environment: id, found: action.shortDescription, expected: actionSpace.description)
    }
    return try conversation.withLock { (conversation) throws(EnvironmentError) in
      try conversation.progress.checkUnderWay(in: id)
      let progress = conversation.progress
      conversation.progress = EpisodeProgress()
      let step = try conversation.ask("step", ["action": .tensor(action)]) { (answer) throws(StateTreeError) in
        EnvironmentStep(
          observation: try self.observation(answer), reward: try answer.double("reward"),
          isTerminated: try answer.bool("terminated"), isTruncated: try answer.bool("truncated"))
      }
      conversation.progress = progress
      conversation.progress.steps += 1
      if step.isTerminated || step.isTruncated { conversation.progress.phase = .ended }
      return step
    }
  }

  /// The observation of an answer. Its bounds are not checked: Gymnasium's environments step out of them too.
  private func observation(_ answer: StateReader) throws(StateTreeError) -> Tensor {
    let observation = try answer.tensor("observation")
    guard observation.dataType == observationSpace.dataType, observation.shape == observationSpace.shape else {
      throw .invalidValue(
        path: "\(answer.path / "observation")", found: observation.summary,
        expected: "\(observationSpace.dataType) \(observationSpace.shape)")
    }
    return observation
  }
}

extension GymnasiumEnvironment: Checkpointable {
  /// Which environment it is, and nothing of where it stands.
  public var state: StateValue { ["environment": .string(id), "gymnasium": .string(gymnasiumVersion)] }

  /// Checks that the state is this environment's, after which it wants a reset.
  /// - Throws: `EnvironmentError.state`.
  public func restore(from state: StateValue) throws(EnvironmentError) {
    do throws(StateTreeError) {
      try StateReader(state, at: [StateKey(id)]).checkEnvironment(id)
    } catch {
      throw .state(error)
    }
    conversation.withLock { $0.progress = EpisodeProgress() }
  }

  /// Checks that the child is there as far as is known.
  /// - Throws: `EnvironmentError.pythonEnded`, `.pythonTimedOut`, `.invalidAnswer`: why it is not.
  public func checkInvariants() throws(EnvironmentError) {
    try conversation.withLock { (conversation) throws(EnvironmentError) in try conversation.checkIsOpen() }
  }

  /// The state of a Python object cannot be read.
  public var inexactBecause: String? {
    "the state of \(id) is inside Python, so that its episodes under way are given up and its generator starts afresh"
  }
}
