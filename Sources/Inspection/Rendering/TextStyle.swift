/// Whether text carries the marks that terminals understand.
public enum TextStyle: Sendable {
  /// No escape byte at all.
  case plain
  /// Bold and dim.
  case colored

  /// Important words.
  public func strong(_ text: String) -> String { marked(text, "1") }
  /// Words that may be passed over.
  public func faint(_ text: String) -> String { marked(text, "2") }

  private func marked(_ text: String, _ code: String) -> String {
    switch self {
    case .plain: text
    case .colored: "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }
  }
}
