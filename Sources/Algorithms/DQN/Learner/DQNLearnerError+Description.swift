internal import NeuralNetworks
internal import StateTree

extension DQNLearnerError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .invalidSetting(let name, let found, let expected):
      "the setting \(name) is \(found), expected \(expected)"
    case .sampleMismatch(let part, let expected, let found):
      "\(part) of the sample: \(found), expected \(expected); "
        + "give samples of a buffer whose spaces are those the learner was made for"
    case .invalidAction(let item, let action, let actionCount):
      "item \(item) of the sample has the action \(action), expected 0 to \(actionCount - 1); "
        + "give samples of a buffer whose spaces are those the learner was made for"
    case .diverged(let quantity, let value, let updateCount, let learningRate):
      "\(quantity) is \(value) after \(updateCount) updates at the learning rate \(learningRate): training diverged; "
        + "go back to an earlier checkpoint and lower lr or grad_clip, and look for rewards and observations that are "
        + "not finite"
    case .network(let error):
      error.description
    case .state(let error):
      error.description
    }
  }
}
