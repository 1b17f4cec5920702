public import StateTree

/// How a policy's own actions become actions for an environment; RLlib's `normalize_actions` and `clip_actions`.
public enum ActionMapping: String, Codable, Sendable, Hashable, CaseIterable {
  /// Numbers between -1 and 1 are stretched to the bounds of a bounded box, and clipped to them: RLlib's default
  /// (`normalize_actions=True`).
  case stretched
  /// Numbers are clipped to the bounds (`normalize_actions=False, clip_actions=True`).
  case clipped
  /// Nothing is changed (`normalize_actions=False, clip_actions=False`).
  case unchanged
}

extension Space {
  /// The actions for the environment of a policy's own.
  ///
  /// Only boxes of floating-point numbers change anything, and only where all bounds are finite can numbers be stretched:
  /// where one is not, RLlib's default leaves actions as they are, and so does this. Numbers that are mapped have the type
  /// of the box, and are computed in it from a policy's float32, as numpy does.
  /// - Shape: one action, or `[n] + shape`; the result has the same.
  /// - Throws: `EnvironmentError.unfitActions` for another shape or kind of numbers than the box's.
  public func environmentActions(
    of actions: Tensor, _ mapping: ActionMapping
  ) throws(EnvironmentError) -> Tensor {
    guard case .box(let dataType, let shape, let low, let high) = self, dataType.kind == .float else { return actions }
    guard actions.dataType.kind == .float, actions.shape.suffix(shape.count) == shape[...],
      actions.shape.count - shape.count <= 1, let numbers = actions.doubles(),
      low.count == shape.reduce(1, *), high.count == low.count
    else {
      throw .unfitActions(
        found: actions.summary, expected: "floating-point numbers of shape \(shape) or [n] + \(shape)")
    }
    let isBounded = (low + high).allSatisfy(\.isFinite)
    switch mapping {
    case .stretched where isBounded:
      let stretch: (Float, Double, Double) -> Double =
        dataType == .float64
        ? { Self.stretched($0, $1, $2) } : { Double(Self.stretched($0, Float($1), Float($2))) }
      return try Self.tensor(dataType, actions.shape, numbers, low, high) {
        min(max(stretch(Float($0), $1, $2), $1), $2)
      }
    case .clipped:
      return try Self.tensor(dataType, actions.shape, numbers, low, high) { min(max($0, $1), $2) }
    case .stretched, .unchanged:
      return actions
    }
  }

  /// - Source: RLlib's `unsquash_action` in `utils/spaces/space_utils.py`, operation by operation.
  private static func stretched<Bound: BinaryFloatingPoint>(_ number: Float, _ low: Bound, _ high: Bound) -> Bound {
    low + Bound(number + 1) * (high - low) / 2
  }

  /// What `map` makes of each number and its bounds, as a tensor of the box's type.
  private static func tensor(
    _ dataType: DataType, _ shape: [Int], _ numbers: [Double], _ low: [Double], _ high: [Double],
    _ map: (Double, Double, Double) -> Double
  ) throws(EnvironmentError) -> Tensor {
    let mapped = numbers.enumerated().map { map($1, low[$0 % low.count], high[$0 % low.count]) }
    do throws(StateTreeError) {
      return try Tensor(mapped, shape: shape).cast(to: dataType)
    } catch {
      throw .state(error)
    }
  }
}
