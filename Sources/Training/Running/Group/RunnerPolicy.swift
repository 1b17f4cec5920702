public import ReplayBuffers
public import StateTree

/// What decides on actions in a runner that has no learner beside it: in another thread, in another process, in an
/// evaluation.
///
/// A copy lives in every such runner and gets the learner's weights as plain data before each sample.
public protocol RunnerPolicy: Sendable {
  /// What is kept with each step beside observation, action and reward, such as `action_logp`.
  var extraColumns: [ColumnSchema] { get }

  /// Chooses an action for each environment.
  /// - Parameter exploring: Whether chance has a part in it, as in training.
  /// - Parameter stepsTaken: The steps taken since the sample began.
  mutating func choose(
    _ observations: Tensor, exploring: Bool, stepsTaken: Int, using generator: inout PCG64
  ) throws -> ChosenActions

  /// Takes over weights, and what else decides; stays as it was if that fails.
  mutating func restore(from state: StateValue) throws
}

extension RunnerPolicy {
  /// Nothing beside observation, action and reward.
  public var extraColumns: [ColumnSchema] { [] }
}
