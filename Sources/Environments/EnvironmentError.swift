public import StateTree

/// Why an environment cannot do what was asked.
public enum EnvironmentError: Error, Sendable, Equatable {
  /// A step before the first reset.
  case notReset(environment: String)
  /// A step after the end of an episode.
  case episodeEnded(environment: String, steps: Int)
  /// An action outside the action space.
  case invalidAction(environment: String, found: String, expected: String)
  /// A policy's own actions of another shape or kind than those of the space.
  case unfitActions(found: String, expected: String)
  /// An id that no environment has; `nearest` is the known one that is spelled most like it, if any is.
  case unknownEnvironment(String, known: [String], nearest: String?)
  /// An id that is taken.
  case duplicateEnvironment(String)
  /// Bounds or counts that cannot make a space.
  case invalidSpace(String)
  /// A map, or what goes with it, that cannot make a grid world.
  case invalidMap(String)
  /// What must always hold and does not.
  case brokenInvariant(environment: String, reason: String)
  /// A Python that cannot be started.
  case pythonUnavailable(environment: String, python: String, reason: String)
  /// A Python without gymnasium, or without what gymnasium needs.
  case gymnasiumMissing(environment: String, python: String, reason: String)
  /// An environment of Gymnasium with a space that is neither discrete nor a box.
  case unsupportedSpace(environment: String, space: String)
  /// An exception in Python, while it answered `make`, `reset` or `step`.
  case pythonFailed(environment: String, call: String, message: String)
  /// A child process of Python that ended by itself instead of answering.
  case pythonEnded(environment: String, call: String, how: String)
  /// A child process of Python that did not answer in time.
  case pythonTimedOut(environment: String, call: String, after: Duration)
  /// An answer of Python that is none.
  case invalidAnswer(environment: String, call: String, reason: String)
  /// Saved state that is not this environment's or not a space's.
  case state(StateTreeError)
}
