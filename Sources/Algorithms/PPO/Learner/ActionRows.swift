internal import Environments
internal import NeuralNetworks
internal import StateTree

/// How the actions of a space are rows of numbers, which a distribution draws.
///
/// An integer is its distance from the least one of the space. The numbers of a box are as the policy gives them; whether
/// they are stretched to the bounds on their way to the environment is not the learner's affair.
struct ActionRows: Sendable {
  let distribution: ActionDistribution
  private let shape: [Int]
  private let start: Int

  /// - Throws: `PPOLearnerError.invalidSetting` for a space that PPO has no distribution for.
  init(_ space: Space) throws(PPOLearnerError) {
    let isSound = (try? space.checkInvariants()) != nil
    switch space {
    case .discrete(let count, let start) where isSound && count <= Self.greatestExactIndex:
      (distribution, shape, self.start) = (.categorical(CategoricalDistribution(actionCount: count)), [], start)
    case .box(let dataType, let shape, let low, _) where isSound && dataType.kind == .float && !low.isEmpty:
      (distribution, self.shape, start) = (.gaussian(DiagonalGaussian(dimensions: low.count)), shape, 0)
    default:
      throw .invalidSetting(
        "action_space", found: "\(space)", expected: "integers, at least one, or a box of floating-point numbers")
    }
  }

  /// Float32 counts up to here without gaps.
  private static let greatestExactIndex = 1 << 24

  /// The actions of rows.
  /// - Shape: rows `[count, actionSize]`, the result `[count] + action shape`: int64 or float32.
  func tensor(_ rows: [Float]) -> Tensor {
    switch distribution {
    case .categorical:
      return Tensor(vector: rows.map { Int64($0) + Int64(start) })
    case .gaussian:
      let tensor = try? Tensor(rows, shape: [rows.count / distribution.actionSize] + shape)
      guard let tensor else { preconditionFailure("rows of \(distribution.actionSize) numbers") }
      return tensor
    }
  }

  /// Adds the rows of the actions of a fragment.
  /// - Throws: `PPOLearnerError.fragmentMismatch`, `.invalidAction`, `.notFinite`.
  func append(_ actions: Tensor, count: Int, fragment: Int, to rows: inout [Float]) throws(PPOLearnerError) {
    switch distribution {
    case .categorical(let distribution):
      guard let integers = actions.integers(), actions.shape == [count] else {
        throw .fragmentMismatch(
          fragment: fragment, part: "actions", expected: "\(count) integers", found: actions.summary)
      }
      let known = Int64(start)...Int64(start + distribution.actionCount - 1)
      for (step, action) in integers.enumerated() {
        guard known.contains(action) else {
          throw .invalidAction(
            fragment: fragment, step: step, found: "\(action)", expected: "\(known.lowerBound) to \(known.upperBound)")
        }
        rows.append(Float(action - known.lowerBound))
      }
    case .gaussian:
      guard actions.shape == [count] + shape, let numbers = actions.floats() else {
        throw .fragmentMismatch(
          fragment: fragment, part: "actions", expected: "real numbers of shape \([count] + shape)",
          found: actions.summary)
      }
      try PPOBatch.checkFinite(numbers, fragment: fragment, part: "actions", width: distribution.actionSize)
      rows += numbers
    }
  }
}

extension Tensor {
  /// The numbers as float32, row-major; nil for what is no real number.
  func floats() -> [Float]? {
    if dataType == .float32 { return try? scalars() }
    guard dataType.kind != .complex, dataType.kind != .opaque else { return nil }
    return doubles()?.map { Float($0) }
  }
}
