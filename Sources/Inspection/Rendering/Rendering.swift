/// A way to turn a report into text.
public protocol Rendering: Sendable {
  /// The report as text that ends with a line end.
  func text(of report: Report) -> String
}
