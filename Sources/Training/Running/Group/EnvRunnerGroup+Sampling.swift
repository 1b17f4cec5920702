public import ReplayBuffers
public import StateTree

extension EnvRunnerGroup {
  /// Has every runner sample, and gives what all of them sampled, in the order of their indices.
  /// - Parameter size: How much each runner samples.
  /// - Parameter exploring: Whether chance has a part in actions.
  /// - Parameter weights: What runners with a policy of their own need of the learner; asked for once.
  /// - Parameter choose: Chooses the actions of the runner on this thread.
  /// - Throws: what runners throw, as the fault policies have it; `TrainingError.runnerFailed`.
  public func sample(
    _ size: SampleSize, exploring: Bool = true, weights: @autoclosure () throws -> StateValue,
    choosing choose: EnvRunner.Choice
  ) throws -> [EpisodeFragment] {
    guard local == nil else { return try sampleHere(size, choose) }
    try begin([size], exploring: exploring, weights: try weights())
    return try collect()
  }

  private func sampleHere(_ size: SampleSize, _ choose: EnvRunner.Choice) throws -> [EpisodeFragment] {
    // Taken out, so that it is changed in place.
    guard var runner = local.take() else { return [] }
    defer { local = runner }
    let fragments = try runner.sample(size, choosing: choose)
    environmentSteps = runner.environmentSteps
    finished += runner.takeFinished()
    return fragments
  }

  /// Has every runner begin to sample; `collect` waits for them.
  /// - Parameter sizes: How much each samples, the last of it for all that follow.
  func begin(_ sizes: [SampleSize], exploring: Bool, weights: StateValue) throws {
    for index in members.indices where members[index].isHealthy {
      let size = sizes.indices.contains(index) ? sizes[index] : sizes[sizes.count - 1]
      // Whatever takes the place of one that died since the last sample is asked at once.
      while members[index].isHealthy, !members[index].isBusy {
        do throws(RunnerFailure) {
          try members[index].handle.begin(.sample(size, weights: weights, exploring: exploring))
          members[index].isBusy = true
        } catch { try settle(index, error) }
      }
    }
  }

  /// What was sampled since `begin`.
  func collect() throws -> [EpisodeFragment] {
    var fragments: [EpisodeFragment] = []
    for index in members.indices where members[index].isBusy {
      members[index].isBusy = false
      do throws(RunnerFailure) {
        guard case .sample(let sample) = try members[index].handle.finish() else {
          throw .lost("it answered something else than was asked")
        }
        members[index].failuresInARow = 0
        fragments += sample.fragments
        finished += sample.finished
        if !sample.metrics.keys.isEmpty { metrics.append(sample.metrics) }
        environmentSteps += sample.steps
      } catch { try settle(index, error) }
    }
    guard members.contains(where: \.isHealthy) else {
      throw TrainingError.runnerFailed(
        members.first?.index ?? 0, isEvaluating: isEvaluating, reason: "all runners have failed")
    }
    return fragments
  }

  /// Waits for what is under way and lets it go.
  private func drain() {
    for index in members.indices where members[index].isBusy {
      members[index].isBusy = false
      _ = try? members[index].handle.finish()
    }
  }

  /// Does what the fault policies say of a runner that failed; if that is an error, nobody works at anything any more.
  private func settle(_ index: Int, _ failure: RunnerFailure) throws {
    do { try fail(index, failure) } catch {
      drain()
      throw error
    }
  }

  /// After how many failures without an answer between them a runner is not made anew: it would never end.
  static let mostFailuresInARow = 10

  private func fail(_ index: Int, _ failure: RunnerFailure) throws {
    members[index].isBusy = false
    members[index].failuresInARow += 1
    var policy = switch failure {
    case .lost: faultPolicies.death
    case .threw: faultPolicies.error
    }
    if policy == .restart, members[index].failuresInARow >= Self.mostFailuresInARow { policy = .raise }
    let name = "\(isEvaluating ? "evaluation " : "")runner \(members[index].index)"
    switch policy {
    case .raise:
      if case .threw(let error) = failure { throw error }
      throw TrainingError.runnerFailed(members[index].index, isEvaluating: isEvaluating, reason: failure.reason)
    case .ignore:
      members[index].handle.stop()
      members[index].isHealthy = false
      counts.dropped += 1
      losses.append("\(name) failed and was left away: \(failure.reason)")
    case .restart:
      members[index].handle.stop()
      members[index].incarnation += 1
      members[index].handle = try makeHandle(members[index].index, members[index].incarnation)
      counts.restarts += 1
      recreated.append(members[index].index)
      losses.append("\(name) failed and was made anew: \(failure.reason)")
    }
  }

  /// The episodes that ended since the last call.
  public func takeFinished() -> [FinishedEpisode] {
    defer { finished.removeAll(keepingCapacity: true) }
    return finished
  }

  /// What callbacks of runners logged since the last call.
  func takeMetrics() -> [ReducedMetrics] {
    if let logged = local?.takeMetrics(), !logged.keys.isEmpty { metrics.append(logged) }
    defer { metrics = [] }
    return metrics
  }

  /// The runners that were made anew since the last call.
  func takeRecreated() -> [Int] {
    defer { recreated = [] }
    return recreated
  }

  /// Why the run is no longer what one without failures would be, since the last call.
  func takeLosses() -> [String] {
    defer { losses = [] }
    return losses
  }

  /// Ends all runners.
  func stop() {
    for index in members.indices {
      members[index].handle.stop()
      members[index].isHealthy = false
    }
  }
}

extension RunnerFailure {
  /// What happened, in words.
  var reason: String {
    switch self {
    case .lost(let reason): reason
    case .threw(let error): "\(error)"
    }
  }
}
