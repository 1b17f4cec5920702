internal import NeuralNetworks
internal import ReplayBuffers
internal import StateTree

/// The steps of all fragments of an update, one behind the other, as numbers.
struct PPOBatch {
  /// A fragment's steps, and whether the environment ended the episode behind them.
  struct Part {
    var steps: Range<Int>
    var isTerminated: Bool
  }

  /// The column of the logarithm of the probability of each action when it was drawn.
  static let logProbabilityColumn: StateKey = "action_logp"
  /// The column of the inputs of the distribution from which it was drawn.
  static let inputsColumn: StateKey = "action_dist_inputs"

  private(set) var parts: [Part] = []
  /// `[count, observationSize]`
  private(set) var observations: [Float] = []
  /// The observation behind each fragment: `[parts, observationSize]`
  private(set) var lastObservations: [Float] = []
  /// `[count, actionSize]`
  private(set) var actions: [Float] = []
  /// `[count, inputCount]`
  private(set) var inputs: [Float] = []
  /// `[count]` each
  private(set) var logProbabilities: [Float] = []
  private(set) var rewards: [Float] = []
  var advantages: [Float] = []
  var valueTargets: [Float] = []

  var count: Int { rewards.count }

  /// The steps of fragments; those without steps add nothing.
  /// - Throws: `PPOLearnerError.emptyBatch`, `.fragmentMismatch`, `.invalidAction`, `.notFinite`.
  init(_ fragments: [EpisodeFragment], observationSize: Int, actionRows: ActionRows) throws(PPOLearnerError) {
    for (index, fragment) in fragments.enumerated() where fragment.length > 0 {
      try append(fragment, index, observationSize, actionRows)
    }
    guard count > 0 else { throw .emptyBatch }
  }

  private mutating func append(
    _ fragment: EpisodeFragment, _ index: Int, _ observationSize: Int, _ actionRows: ActionRows
  ) throws(PPOLearnerError) {
    let length = fragment.length
    let observed = try Self.numbers(
      fragment.observations, "obs", fragment: index, rows: length + 1, width: observationSize)
    observations += observed.dropLast(observationSize)
    lastObservations += observed.suffix(observationSize)
    try actionRows.append(fragment.actions, count: length, fragment: index, to: &actions)
    rewards += try Self.numbers(fragment.rewards, "rewards", fragment: index, rows: length, width: 1)
    logProbabilities += try Self.column(
      Self.logProbabilityColumn, of: fragment, index, width: 1)
    inputs += try Self.column(
      Self.inputsColumn, of: fragment, index, width: actionRows.distribution.inputCount)
    parts.append(Part(steps: count - length..<count, isTerminated: fragment.isTerminated))
  }

  private static func column(
    _ name: StateKey, of fragment: EpisodeFragment, _ index: Int, width: Int
  ) throws(PPOLearnerError) -> [Float] {
    guard let tensor = fragment.extraColumns[name] else {
      throw .fragmentMismatch(
        fragment: index, part: name.string, expected: "a column of what the policy decided", found: "no such column")
    }
    return try numbers(tensor, name.string, fragment: index, rows: fragment.length, width: width)
  }

  private static func numbers(
    _ tensor: Tensor, _ part: String, fragment: Int, rows: Int, width: Int
  ) throws(PPOLearnerError) -> [Float] {
    guard tensor.shape.first == rows, tensor.shape.dropFirst().reduce(1, *) == width, let numbers = tensor.floats()
    else {
      let shape = width == 1 ? "[\(rows)]" : "[\(rows), \(width)]"
      throw .fragmentMismatch(
        fragment: fragment, part: part, expected: "real numbers of shape \(shape)", found: tensor.summary)
    }
    try checkFinite(numbers, fragment: fragment, part: part, width: width)
    return numbers
  }

  /// - Throws: `PPOLearnerError.notFinite` for the first number that is not.
  static func checkFinite(_ numbers: [Float], fragment: Int, part: String, width: Int) throws(PPOLearnerError) {
    if let index = numbers.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(fragment: fragment, part: part, step: index / width, value: Double(numbers[index]))
    }
  }
}
