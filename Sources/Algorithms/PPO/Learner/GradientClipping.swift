/// What `grad_clip` bounds, named as RLlib's `grad_clip_by` names it.
/// - Source: RLlib's `clip_gradients` in `utils/torch_utils.py`.
public enum GradientClipping: String, Codable, Sendable, Hashable, CaseIterable {
  /// Each number on its own.
  case value
  /// The length of each tensor on its own.
  case norm
  /// The length over all parameters.
  case globalNorm = "global_norm"
}
