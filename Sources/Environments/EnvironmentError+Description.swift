internal import StateTree

extension EnvironmentError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .notReset(let environment):
      "\(environment) has no episode under way; call reset before the first step"
    case .episodeEnded(let environment, let steps):
      "the episode of \(environment) ended with step \(steps); call reset before the next step"
    case .invalidAction(let environment, let found, let expected):
      "the action for \(environment) is \(found), expected \(expected); nothing is converted or clipped"
    case .unfitActions(let found, let expected):
      "the policy's actions are \(found), expected \(expected); give a policy that was made for this space"
    case .unknownEnvironment(let id, let known, let nearest):
      "there is no environment \"\(id)\"\(Self.suggestion(nearest)); \(Self.list(known)); "
        + "add others to the catalogue with a factory"
    case .duplicateEnvironment(let id):
      "the catalogue has an environment \"\(id)\" already; give this one an id of its own"
    case .invalidSpace(let reason):
      "this makes no space: \(reason)"
    case .invalidMap(let reason):
      "this makes no grid world: \(reason)"
    case .brokenInvariant(let environment, let reason):
      "the state of \(environment) is inconsistent: \(reason); take the state from an intact checkpoint or call reset"
    case .pythonUnavailable(let environment, let python, let reason):
      "\(environment) needs Python, and \(python) cannot be started: \(reason); \(Self.pythonRemedy)"
    case .gymnasiumMissing(let environment, let python, let reason):
      "\(environment) needs gymnasium, and \(python) says: \(reason); "
        + "run \"\(python) -m pip install gymnasium\", or \(Self.pythonRemedy)"
    case .unsupportedSpace(let environment, let space):
      "\(environment) has a space \(space), expected Discrete, Box, MultiBinary or MultiDiscrete; "
        + "wrap it in Python, as with gymnasium.wrappers.FlattenObservation, and register that"
    case .pythonFailed(let environment, let call, let message):
      "\(call) of \(environment) failed in Python: \(message); what it printed is on standard error"
    case .pythonEnded(let environment, let call, let how):
      "the Python of \(environment) ended \(how) during \(call); "
        + "see standard error for its last words, and make the environment anew"
    case .pythonTimedOut(let environment, let call, let duration):
      "the Python of \(environment) did not answer \(call) within \(duration) and was ended; "
        + "make the environment anew, with a longer answerTimeout if it is slow"
    case .invalidAnswer(let environment, let call, let reason):
      "the Python of \(environment) answered \(call) with what is no answer and was ended: \(reason)"
    case .state(let error):
      error.description
    }
  }

  private static let pythonRemedy =
    "name a Python that has gymnasium in \(GymnasiumEnvironment.pythonVariable), such as .venv/bin/python"

  private static func suggestion(_ nearest: String?) -> String {
    nearest.map { "; the nearest is \"\($0)\"" } ?? ""
  }

  private static func list(_ known: [String]) -> String {
    known.isEmpty ? "none is known" : "known are \(known.joined(separator: ", "))"
  }
}
