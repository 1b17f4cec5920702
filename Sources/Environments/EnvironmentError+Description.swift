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
    case .brokenInvariant(let environment, let reason):
      "the state of \(environment) is inconsistent: \(reason); take the state from an intact checkpoint or call reset"
    case .state(let error):
      error.description
    }
  }

  private static func suggestion(_ nearest: String?) -> String {
    nearest.map { "; the nearest is \"\($0)\"" } ?? ""
  }

  private static func list(_ known: [String]) -> String {
    known.isEmpty ? "none is known" : "known are \(known.joined(separator: ", "))"
  }
}
