internal import StateTree

extension NetworkError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .libraryMissing(let name, let reason):
      "\(name), which multiplies matrices, cannot be loaded: \(reason); install OpenBLAS (Debian: libopenblas0)"
    case .invalidSize(let layer, let inputs, let outputs):
      "layer \(layer) would have \(inputs) inputs and \(outputs) outputs; a layer has at least one of each, and a "
        + "network at most \(MultilayerPerceptron.greatestParameterCount) parameters"
    case .invalidSetting(let name, let found, let expected):
      "the optimizer's \(name) is \(found), expected \(expected)"
    case .tensorMismatch(let path, let expected, let found):
      "\(path) is \(found), expected \(expected); restore into a network of the size that was saved"
    case .notFinite(let path, let index, let value):
      "\(path) holds \(value) at \(index); training diverged before: take an earlier checkpoint and a lower learning rate"
    case .unequalSteps(let path, let expected, let found):
      "\(path) is \(found), expected \(expected) as before it; one optimizer takes its steps for all parameters at once"
    case .state(let error):
      error.description
    }
  }
}
