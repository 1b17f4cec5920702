public import StateTree

/// State as JSON, for the files of an experiment that people and other programs read.
///
/// Keys keep their order, 1.0 stays apart from 1, and numbers have as many digits as they need to be read back the same.
public enum StateJSON {
  /// How a text is laid out.
  public enum Layout: Sendable, Hashable {
    /// In one line, as in `result.json`.
    case line
    /// Two spaces a level, lists of plain values in one line.
    case indented
  }

  /// What stands for a number that JSON cannot say.
  public enum NonFinite: Sendable, Hashable {
    /// `null`, which every reader takes.
    case null
    /// `NaN`, `Infinity` and `-Infinity`, as Python's `json` writes and reads them.
    case python
  }

  /// How deep lists and maps may nest.
  public static let depthLimit = 31
  /// The most values of one text.
  public static let valueLimit = 1 << 20

  /// The text of a value.
  /// - Throws: `CheckpointError.notJSON` with the path of bytes or a tensor, which belong into a component.
  public static func text(
    of value: StateValue, layout: Layout = .line, nonFinite: NonFinite = .null
  ) throws(CheckpointError) -> String {
    var writer = JSONWriter(layout: layout, nonFinite: nonFinite)
    try writer.write(value, at: [])
    return writer.text
  }

  /// The value that a text holds. `NaN`, `Infinity` and `-Infinity` are read too.
  /// - Throws: `CheckpointError.invalidJSON` with line and column, also for a key that stands twice in a map.
  public static func value(of text: [UInt8]) throws(CheckpointError) -> StateValue {
    var reader = JSONReader(text)
    return try reader.document()
  }
}
