internal import Environments
internal import ReplayBuffers
internal import StateTree

/// What a runner of a group is asked for.
enum RunnerRequest: Sendable {
  /// Samples with a policy of these weights; nil weights are those of the request before.
  case sample(SampleSize, weights: StateValue?, exploring: Bool)
  /// Its state, and what its next draws are proven by.
  case state
  /// To become what a state was taken from.
  case restore(StateValue)
  /// To give its episodes names that no replay buffer has seen.
  case rename(since: Int)
}

/// What a runner answers.
enum RunnerReply: Sendable {
  case sample(RunnerSample)
  case state(StateValue, nextDraws: StateValue)
  /// What was asked for is done.
  case done
}

/// What a runner sampled.
struct RunnerSample: Sendable {
  /// The fragments, ended ones first.
  var fragments: [EpisodeFragment] = []
  /// The episodes that ended.
  var finished: [FinishedEpisode] = []
  /// What its callbacks logged.
  var metrics = ReducedMetrics.none
  /// The steps that were taken.
  var steps = 0
}

extension RunnerSample {
  /// What is not as steps of this form are, in words; nil if all is. What comes from another process is believed only then.
  func misfit(in form: EpisodeForm) -> String? {
    if let length = finished.map(\.length).min(), length < 0 { return "an episode of \(length) steps" }
    for fragment in fragments {
      let steps = fragment.length
      let rewards = ColumnSchema("rewards", .float32)
      var columns = [(form.observation, fragment.observations, steps + 1), (form.action, fragment.actions, steps)]
      columns.append((rewards, fragment.rewards, steps))
      for column in form.extras {
        guard let tensor = fragment.extraColumns[StateKey(column.name)] else { return "a fragment without \(column.name)" }
        columns.append((column, tensor, steps))
      }
      for (column, tensor, rows) in columns
      where tensor.dataType != column.dataType || tensor.shape != [rows] + column.shape {
        return "\(column.name) is \(tensor.summary), expected \(column.dataType) \([rows] + column.shape)"
      }
    }
    return nil
  }
}

/// Why a runner did not answer.
enum RunnerFailure: Error {
  /// It died, did not answer in time, or sent what is no answer.
  case lost(String)
  /// Environment, callback or policy threw an error.
  case threw(any Error)
}

/// A runner of a group, wherever it lives. One request is under way at a time.
protocol RunnerHandle: AnyObject, Sendable {
  /// Waits until it has made its environments and can sample.
  func waitUntilReady() throws(RunnerFailure)
  /// Sends a request, which is worked at from now on.
  func begin(_ request: RunnerRequest) throws(RunnerFailure)
  /// Waits for the answer.
  func finish() throws(RunnerFailure) -> RunnerReply
  /// Ends it, whatever it does; nothing of it is left when this returns.
  func stop()
}
