public import StateTree

/// What a policy says to do in each of a runner's environments.
public struct ChosenActions: Sendable {
  /// The actions as episodes keep them.
  /// - Shape: `[environments] + action shape`
  public var actions: Tensor
  /// The actions as environments get them, where that is something else: RLlib's `actions_for_env`. Default nil.
  /// - Shape: as `actions`
  public var forEnvironments: Tensor?
  /// What else is kept with each step, one tensor for each of the runner's extra columns.
  /// - Shape: `[environments] + column shape`
  public var extras: [Tensor]

  /// Actions, and what is kept with them.
  public init(_ actions: Tensor, forEnvironments: Tensor? = nil, extras: [Tensor] = []) {
    self.actions = actions
    self.forEnvironments = forEnvironments
    self.extras = extras
  }
}

/// How much a runner is to sample.
public enum SampleSize: Sendable, Hashable {
  /// At least so many steps, and less than one round of all environments more; episodes go on in the next sample.
  case steps(Int)
  /// So many episodes from their beginning to their end, after all environments were reset.
  ///
  /// As in RLlib, environments behind the one that filled the quota have no events in that round, and the episodes under
  /// way then are dropped without `onEpisodeEnd`.
  case episodes(Int)
}
