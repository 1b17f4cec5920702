public import Checkpoints
internal import Environments
public import StateTree

extension EnvRunnerGroup {
  /// The states of all runners by their components in a checkpoint: `env_runner`, or `env_runner/1` and so on.
  ///
  /// A runner that does not answer is left out, and `takeLosses` says so.
  /// - Throws: what a runner throws.
  public func states() throws -> [(component: String, state: StateValue, nextDraws: StateValue)] {
    if let local { return [(Self.component(isEvaluating, 0), local.state, local.nextDraws)] }
    var states: [(component: String, state: StateValue, nextDraws: StateValue)] = []
    for member in members where member.isHealthy {
      do throws(RunnerFailure) {
        guard case .state(let state, let draws) = try member.handle.answer(.state) else { continue }
        states.append((Self.component(isEvaluating, member.index), .map(counted(state, member)), draws))
      } catch {
        if case .threw(let error) = error { throw error }
        losses.append("the state of runner \(member.index) could not be saved: \(error.reason)")
      }
    }
    return states
  }

  /// The names of the components of all runners.
  public var components: [String] {
    local == nil ? members.map { Self.component(isEvaluating, $0.index) } : [Self.component(isEvaluating, 0)]
  }

  /// The component of a runner.
  static func component(_ isEvaluating: Bool, _ index: Int) -> String {
    (isEvaluating ? "eval_env_runner" : "env_runner") + (index == 0 ? "" : "/\(index)")
  }

  /// Takes every runner back that a checkpoint holds.
  /// - Returns: Whether all of them were in it.
  /// - Throws: `CheckpointError`, and what runners throw.
  public func load(from restoration: inout Restoration) throws -> Bool {
    if var runner = local {
      defer {
        local = runner
        environmentSteps = runner.environmentSteps
      }
      return try restoration.restore(Self.component(isEvaluating, 0), into: &runner)
    }
    var isWhole = true
    for (position, member) in members.enumerated() {
      guard let state = try restoration.state(of: Self.component(isEvaluating, member.index)) else {
        isWhole = false
        continue
      }
      if let steps = try? StateReader(state).counter("group_steps") { environmentSteps = steps }
      // Whoever takes its place next names episodes otherwise than those that did before the checkpoint.
      if let count = try? StateReader(state).counter("incarnation") { members[position].incarnation = count }
      do throws(RunnerFailure) { _ = try member.handle.answer(.restore(state)) } catch {
        throw CheckpointError.component(
          restoration.checkpoint.path, name: Self.component(isEvaluating, member.index), reason: error.reason)
      }
    }
    return isWhole
  }

  /// The state of a runner with what the group counts.
  private func counted(_ state: StateValue, _ member: RunnerMember) -> StateMap {
    guard case .map(var map) = state else { return [:] }
    map["group_steps"] = .integer(environmentSteps)
    map["incarnation"] = .integer(member.incarnation)
    return map
  }

  /// The digest of a runner's next draws.
  public func proof(of component: String) -> String? {
    if let local { return component == Self.component(isEvaluating, 0) ? StateDigest.sha256(of: local.nextDraws) : nil }
    guard let member = members.first(where: { Self.component(isEvaluating, $0.index) == component }), member.isHealthy,
      case .state(_, let draws)? = try? member.handle.answer(.state)
    else { return nil }
    return StateDigest.sha256(of: draws)
  }

  /// Gives episodes under way and all later ones names that the replay buffer has never seen.
  /// - Throws: what runners throw.
  public func renameEpisodes(since insertionCount: Int) throws {
    local?.renameEpisodes(since: insertionCount)
    for member in members where member.isHealthy {
      do throws(RunnerFailure) { _ = try member.handle.answer(.rename(since: insertionCount)) } catch {
        throw TrainingError.runnerFailed(member.index, isEvaluating: isEvaluating, reason: error.reason)
      }
    }
  }

  /// Counts environment steps on from where other runners stopped.
  public func continueCount(from steps: Int) {
    environmentSteps = steps
    local?.continueCount(from: steps)
  }
}

extension RunnerHandle {
  /// The answer to a request.
  func answer(_ request: RunnerRequest) throws(RunnerFailure) -> RunnerReply {
    try begin(request)
    return try finish()
  }
}
