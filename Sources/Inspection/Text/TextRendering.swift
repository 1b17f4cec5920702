internal import BufferFiles
internal import StateTree
internal import SystemPackage

/// A report for people to read, in columns of a terminal.
public struct TextRendering: Rendering {
  /// How long lists are shown.
  public enum Detail: Sendable {
    /// The first entries, and how many more there are.
    case folded
    /// All entries.
    case complete
  }

  /// How many columns a line may have; paths may be longer.
  /// - Units: columns; default 100, at least 40.
  public var width: Int
  /// How titles and secondary text are set off.
  public var style: TextStyle
  /// How long lists are shown.
  public var detail: Detail

  /// A rendering; the default is plain text of 100 columns with long lists folded.
  public init(width: Int = 100, style: TextStyle = .plain, detail: Detail = .folded) {
    (self.width, self.style, self.detail) = (width, style, detail)
  }

  /// The report as lines.
  public func text(of report: Report) -> String {
    var page = TextPage(width: width, style: style)
    switch report {
    case .buffer(let report): add(report, to: &page)
    case .state(let report): add(report, to: &page)
    case .checkpoint(let report): add(report, to: &page)
    case .runCheckpoint(let report): add(report, to: &page)
    case .experiment(let report): add(report, to: &page)
    case .document(let report): add(report, to: &page)
    }
    return page.text
  }

  /// How many of `count` entries are shown where `limit` are few enough to read.
  func shown(_ count: Int, of limit: Int) -> Int {
    // Folding away one or two lines to say so in a line would be no gain.
    detail == .complete || count <= limit + 2 ? count : limit
  }
}

extension TextRendering {
  /// Title and facts that every file has.
  func add(_ file: FileFacts, title: String, to page: inout TextPage) {
    page.title(file.path.string)
    page.paragraph(title)
    page.blank()
    page.facts(
      [("size", Self.size(file)), ("integrity", Self.integrity(file))] + Self.provenance(file.provenance)
        + Self.named(file.metadata))
  }

  private static func size(_ file: FileFacts) -> String {
    var text = NumberText.bytes(file.fileBytes) + " on disk"
    if let frames = file.frameCount {
      text += " in \(NumberText.count(frames, "zstd frame")), \(NumberText.bytes(file.contentBytes)) decompressed"
      text += " (\(NumberText.ratio(file.contentBytes, to: file.fileBytes)) : 1)"
    } else {
      text += ", not compressed"
    }
    return text
  }

  private static func integrity(_ file: FileFacts) -> String {
    switch file.integrity {
    case .digests: "SHA-256 of every frame"
    case .checksums: "checksums: every frame"
    case .none: "none: the file carries no checksum, damage cannot be told from data"
    }
  }

  /// The values of a map as facts, scalars by value.
  static func named(_ map: StateMap) -> [(label: String, text: String)] {
    map.flatMap { entry -> [(label: String, text: String)] in
      switch entry.value {
      case .string(let text): [(entry.key.string, beginning(text))]
      case .int(let value): [(entry.key.string, NumberText.count(value))]
      case .unsigned(let value): [(entry.key.string, NumberText.count(value))]
      case .double(let value): [(entry.key.string, NumberText.number(value, digits: 6))]
      case .nil: [(entry.key.string, "-")]
      default: [(entry.key.string, entry.value.outline)]
      }
    }
  }

  /// The first few hundred bytes of a text.
  private static func beginning(_ text: String) -> String {
    text.utf8.count <= 512 ? text : "\(text.prefix(400))… (\(NumberText.bytes(text.utf8.count)))"
  }

  /// `PrioritizedEpisodeReplayBuffer` as words: `prioritized episode replay buffer`.
  static func words(_ typeName: String) -> String {
    var words = ""
    for character in typeName {
      if character.isUppercase, !words.isEmpty { words += " " }
      words += character.lowercased()
    }
    return words
  }
}
