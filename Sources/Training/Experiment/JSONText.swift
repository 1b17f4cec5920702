internal import Checkpoints
internal import StateTree

/// JSON as Python's `json` writes and reads it, NaN and infinities included: what Tune's files hold.
enum JSONText {
  /// A value on one line, for messages; what JSON cannot say is named by its type.
  static func line(_ value: StateValue) -> String {
    (try? StateJSON.text(of: value, layout: .line, nonFinite: .python)) ?? value.typeName
  }

  /// The value that a text is; a number without point and exponent is an integer.
  /// - Throws: `CheckpointError.invalidJSON` with line and column.
  static func parse(_ text: String) throws(CheckpointError) -> StateValue {
    try StateJSON.value(of: Array(text.utf8))
  }
}
