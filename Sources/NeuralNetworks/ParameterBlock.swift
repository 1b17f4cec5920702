/// What is done to a block of numbers as a whole.
public enum ParameterBlock {
  /// The length of a gradient: the root of the sum of all squares. Not finite if a number is not.
  /// - Source: torch's `nn.utils.get_total_norm`.
  public static func norm(_ gradient: [Float]) -> Double { Kernels.sumOfSquares(gradient).squareRoot() }

  /// Shortens a gradient of length `norm` to `longest`, and leaves a shorter one as it is.
  /// - Source: torch's `nn.utils.clip_grad_norm_`: the factor is `longest / (norm + 1e-6)`, at most 1.
  public static func clip(_ gradient: inout [Float], norm: Double, to longest: Double) {
    let factor = Float(longest) / (Float(norm) + 1e-6)
    if factor < 1 { Kernels.scale(&gradient, by: factor) }
  }

  /// Shortens each tensor of a gradient to `longest`, those apart that are not longer.
  /// - Source: RLlib's `clip_gradients` by `norm`: the factor is `longest / norm`.
  public static func clipTensors(_ gradient: inout [Float], of table: ParameterTable, to longest: Double) {
    for entry in table.entries {
      let norm = Kernels.sumOfSquares(gradient, entry.range).squareRoot()
      if norm > longest { Kernels.scale(&gradient, entry.range, by: Float(longest / norm)) }
    }
  }

  /// Brings each number of a gradient between `-greatest` and `greatest`.
  /// - Source: RLlib's `clip_gradients` by `value`.
  public static func clipValues(_ gradient: inout [Float], to greatest: Double) {
    Kernels.clamp(&gradient, to: Float(greatest))
  }

  /// Moves `target` towards `online`: a copy for an amount of 1.
  /// - Precondition: Both are of one length.
  /// - Source: Lillicrap et al. 2016, "Continuous Control with Deep Reinforcement Learning", algorithm 1; RLlib's
  ///   `update_target_network`.
  public static func blend(_ target: inout [Float], towards online: [Float], by amount: Double) {
    // Not by assignment: the next step would have to copy what both share.
    if amount == 1 { Kernels.copy(online, over: &target) } else { Kernels.blend(&target, towards: online, by: amount) }
  }
}
