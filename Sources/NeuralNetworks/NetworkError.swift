public import StateTree

/// Why a network or an optimizer cannot be what was asked.
public enum NetworkError: Error, Sendable, Equatable {
  /// The library that multiplies matrices cannot be loaded.
  case libraryMissing(String, reason: String)
  /// A layer without inputs or outputs, or of more weights than OpenBLAS can count.
  case invalidSize(layer: Int, inputs: Int, outputs: Int)
  /// A setting that no optimizer can have.
  case invalidSetting(String, found: String, expected: String)
  /// A saved tensor of another shape or type than the network's.
  case tensorMismatch(path: String, expected: String, found: String)
  /// A saved parameter, or a moment of it, that is not a finite number.
  case notFinite(path: String, index: Int, value: Float)
  /// Moments of one optimizer that took different numbers of steps.
  case unequalSteps(path: String, expected: Int, found: Int)
  /// Saved state that is not a network's.
  case state(StateTreeError)
}
