/// Advantages and value targets of sampled steps.
/// - Source: Schulman et al. 2016, "High-Dimensional Continuous Control Using Generalized Advantage Estimation", equation
///   16; RLlib's `compute_value_targets` in `utils/postprocessing/value_predictions.py` and
///   `connectors/learner/general_advantage_estimation.py`.
struct AdvantageEstimation {
  let gamma: Double
  let lambda: Double

  /// The targets of the values of one fragment: what the rewards up to its end, and behind it `bootstrap`, are worth.
  ///
  /// Only termination says that nothing comes behind the last step. An episode that was truncated, or that goes on in
  /// another fragment, counts the value of the observation behind it. Float64 inside and float32 at the end, as numpy
  /// makes it of RLlib's arrays.
  /// - Shape: all `[T]`.
  func appendTargets(
    rewards: ArraySlice<Float>, values: ArraySlice<Float>, bootstrap: Float, isTerminated: Bool,
    to targets: inout [Float]
  ) {
    let start = targets.count
    targets += values
    var (running, next) = (0.0, isTerminated ? 0 : Double(bootstrap))
    for (offset, (reward, value)) in zip(rewards, values).enumerated().reversed() {
      let residual = Double(reward) + gamma * next - Double(value)
      running = residual + gamma * lambda * running
      next = Double(value)
      targets[start + offset] = Float(running) + value
    }
  }

  /// The targets less the values, with mean 0 and standard deviation 1 over the whole batch.
  ///
  /// RLlib lets the steps that it adds to the end of each fragment take part in mean and deviation. They were never
  /// taken, and one of them holds an arbitrary number where two fragments meet; here they do not exist.
  static func standardized(targets: [Float], values: [Float]) -> [Float] {
    var advantages = zip(targets, values).map { $0 - $1 }
    let count = Double(advantages.count)
    let mean = advantages.reduce(0.0) { $0 + Double($1) } / count
    let variance = advantages.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let deviation = Float(max(1e-4, variance.squareRoot()))
    for index in advantages.indices { advantages[index] = (advantages[index] - Float(mean)) / deviation }
    return advantages
  }
}
