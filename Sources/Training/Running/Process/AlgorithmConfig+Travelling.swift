internal import StateTree

extension AlgorithmConfig {
  /// What of the configuration a runner in another process needs: settings, and the callbacks that listen to runners.
  /// - Throws: `TrainingError.invalidSetting` if some of these cannot be made again there.
  func travelling() throws(TrainingError) -> Self {
    var config = self
    config.common.experiment = nil
    config.common.callbacks.callbacks.removeAll { !$0.listensToRunners }
    config.common.callbacks.closures = CallbackClosures()
    if let event = common.callbacks.closures.counts.first(where: \.event.isOfRunners)?.event {
      throw Self.stranded("a closure at \(event.rawValue) cannot go there; make it a SavedCallback")
    }
    for callback in config.common.callbacks.callbacks {
      guard let saved = callback as? any SavedCallback else {
        throw Self.stranded(
          "the callback \(callback.displayName) cannot go there; make it a SavedCallback, or let its listensToRunners "
            + "be false")
      }
      do { _ = try StateValue(encoding: saved) } catch {
        throw Self.stranded("the callback \(callback.displayName) cannot be encoded: \(error)")
      }
    }
    return config
  }

  private static func stranded(_ reason: String) -> TrainingError {
    .invalidSetting(
      name: "env_runner_placement", found: RunnerPlacement.processes.rawValue,
      expected: "\(RunnerPlacement.threads.rawValue), because \(reason)")
  }
}
