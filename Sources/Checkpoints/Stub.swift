extension CheckpointError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String { "" }
}
extension RestoreReport: CustomStringConvertible {
  /// Text
  public var description: String { "" }
}
