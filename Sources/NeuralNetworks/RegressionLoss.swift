/// What the distance between a prediction and its target costs, named as RLlib's `td_error_loss_fn` names it.
public enum RegressionLoss: String, Codable, Sendable, Hashable, CaseIterable {
  /// Half the square up to a distance of 1, then the distance less a half.
  /// - Source: Huber 1964; torch's `nn.HuberLoss` with `delta=1`.
  case huber
  /// The square.
  /// - Source: torch's `nn.MSELoss`.
  case squared = "mse"

  /// The cost of a difference.
  public func value(_ difference: Float) -> Float {
    let distance = abs(difference)
    return switch self {
    case .huber: distance < 1 ? 0.5 * distance * distance : distance - 0.5
    case .squared: difference * difference
    }
  }

  /// How the cost changes with the difference.
  public func derivative(_ difference: Float) -> Float {
    switch self {
    case .huber: difference < -1 ? -1 : difference > 1 ? 1 : difference
    case .squared: 2 * difference
    }
  }
}
