/// How text is set off from other text.
public enum TextStyle: Sendable {
  /// Not at all: not one escape byte, fit for files and pipes.
  case plain
  /// With ANSI sequences: titles bold, what is secondary dim.
  case colored
}

/// What a piece of text is, for a style to show.
enum Emphasis {
  /// What carries the meaning.
  case normal
  /// Titles and headings.
  case strong
  /// Labels, table heads and notes.
  case secondary
  /// What the reader must not overlook.
  case alarming
}

extension TextStyle {
  /// The text with what this style puts around it. The text must be free of control characters.
  func apply(_ emphasis: Emphasis, to text: String) -> String {
    guard self == .colored, !text.isEmpty else { return text }
    return switch emphasis {
    case .normal: text
    case .strong: "\u{1b}[1m\(text)\u{1b}[0m"
    case .secondary: "\u{1b}[2m\(text)\u{1b}[0m"
    case .alarming: "\u{1b}[33m\(text)\u{1b}[0m"
    }
  }
}
