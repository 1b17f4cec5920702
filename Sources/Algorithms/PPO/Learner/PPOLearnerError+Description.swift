internal import NeuralNetworks
internal import StateTree

extension PPOLearnerError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .invalidSetting(let name, let found, let expected):
      "the setting \(name) is \(found), expected \(expected)"
    case .observationMismatch(let expected, let found):
      "the observations are \(found), expected \(expected); give observations of the space the learner was made for"
    case .invalidOutput(let value):
      "an output of the network is \(value), expected finite numbers; look for observations that are not finite, or go "
        + "back to an earlier checkpoint"
    case .emptyBatch:
      "the batch has no steps; sample at least one before an update"
    case .fragmentMismatch(let fragment, let part, let expected, let found):
      "\(part) of fragment \(fragment): \(found), expected \(expected); "
        + "give fragments that were sampled with this learner's policy in the spaces it was made for"
    case .invalidAction(let fragment, let step, let found, let expected):
      "the action in step \(step) of fragment \(fragment) is \(found), expected \(expected); "
        + "give the policy's own actions, before they were clipped or stretched for the environment"
    case .notFinite(let fragment, let part, let step, let value):
      "\(part) of fragment \(fragment) holds \(value) in step \(step), expected finite numbers; "
        + "look into the environment for what gives it"
    case .diverged(let quantity, let value, let updateCount, let learningRate):
      "\(quantity) is \(value) after \(updateCount) gradient steps at the learning rate \(learningRate): training "
        + "diverged; go back to an earlier checkpoint and lower lr, num_epochs or grad_clip, and look for rewards that "
        + "are too large"
    case .network(let error):
      error.description
    case .state(let error):
      error.description
    }
  }
}
