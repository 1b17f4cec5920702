public import BufferFiles
public import ForeignFormats
internal import MessagePack
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// What `rlbuf diff` says of two paths: values first, renderings apart.
public struct DiffReport: Sendable {
  /// One of the two.
  public struct Subject: Sendable, Equatable {
    /// Its path as the user gave it.
    public var path: String
    /// What it is, in a few words.
    public var what: String
  }

  /// What was compared.
  public enum Comparison: Sendable {
    /// Two replay buffers.
    case buffers(BufferDiff)
    /// Two trees of state.
    case trees(StateDiff)
  }

  /// How to compare.
  public struct Options: Sendable {
    /// How far numbers may lie apart.
    public var tolerance: Tolerance
    /// What is said of times and places.
    public var provenance: BufferDiff.Provenance

    /// Options; the defaults compare by bits and leave times and places out.
    public init(tolerance: Tolerance = Tolerance(), provenance: BufferDiff.Provenance = .ignored) {
      self.tolerance = tolerance
      self.provenance = provenance
    }
  }

  /// The first path.
  public let old: Subject
  /// The second path.
  public let new: Subject
  /// What was compared.
  public let comparison: Comparison
  /// What the headers say that differs: the user's metadata, and provenance if it was asked for.
  public let header: [StateDiff.Change]
  /// What could not be compared, in a line each.
  public let notes: [String]

  /// Whether nothing differs.
  public var isSame: Bool {
    switch comparison {
    case .buffers(let diff): diff.isSame && header.isEmpty
    case .trees(let diff): diff.changes.isEmpty && header.isEmpty
    }
  }

  /// Compares what lies at two paths.
  /// - Throws: `InspectionError.notComparable` for a buffer and a tree, or what reading them throws.
  public init(from old: SavedState, to new: SavedState, options: Options = Options()) throws {
    (self.old, self.new) = (old.subject, new.subject)
    header = Self.header(old, new, options)
    notes = Set(old.notCompared + new.notCompared).sorted()
    switch (try old.contents, try new.contents) {
    case (let before?, let after?):
      let diff = try BufferDiff(
        from: before, to: after, tolerance: options.tolerance, provenance: options.provenance)
      comparison = .buffers(diff)
    case (nil, nil):
      comparison = .trees(StateDiff(from: try old.tree, to: try new.tree, tolerance: options.tolerance))
    default:
      throw InspectionError.notComparable(old: self.old, new: self.new)
    }
  }

  private static func header(_ old: SavedState, _ new: SavedState, _ options: Options) -> [StateDiff.Change] {
    guard case .bufferFile(let before) = old, case .bufferFile(let after) = new else { return [] }
    var pairs = [("metadata", before.header.metadata, after.header.metadata)]
    if options.provenance == .compared { pairs.append(("provenance", before.header.provenance, after.header.provenance)) }
    return pairs.flatMap { name, before, after in
      let diff = StateDiff(
        from: .map([(name, StateNode(.map(before)))]), to: .map([(name, StateNode(.map(after)))]),
        tolerance: options.tolerance)
      return diff.changes
    }
  }
}

extension SavedState {
  fileprivate var subject: DiffReport.Subject {
    switch self {
    case .bufferFile(let file):
      if case .replayBuffer(let kind, _, _) = file.header.content {
        .init(path: "\(file.path)", what: "\(kind) in a file of rlbuf")
      } else {
        .init(path: "\(file.path)", what: "state in a file of rlbuf")
      }
    case .rllibDump(let dump): .init(path: "\(dump.path)", what: "\(dump.kind) as RLlib dumps it")
    case .rllibCheckpoint(let checkpoint): .init(path: "\(checkpoint.path)", what: "checkpoint of RLlib")
    case .messagePack(let document): .init(path: "\(document.path)", what: "MessagePack")
    }
  }

  /// The replay buffer, if there is one.
  fileprivate var contents: (any BufferContents)? {
    get throws {
      switch self {
      case .bufferFile(let file):
        if case .replayBuffer = file.header.content { try file.contents() } else { nil }
      case .rllibDump(let dump): dump
      case .rllibCheckpoint, .messagePack: nil
      }
    }
  }

  /// The whole as a tree.
  fileprivate var tree: StateNode {
    get throws {
      switch self {
      case .bufferFile(let file): StateNode(try file.state())
      case .rllibDump(let dump): StateNode(dump.state())
      case .rllibCheckpoint(let checkpoint): .map(checkpoint.states.map { ("\($0.name)", StateNode($0.value)) })
      case .messagePack(let document):
        document.objects.count == 1 ? StateNode(document.objects[0]) : .list(document.objects.map(StateNode.init))
      }
    }
  }

  /// What a comparison leaves out because it cannot or must not be opened.
  fileprivate var notCompared: [String] {
    guard case .rllibCheckpoint(let checkpoint) = self else { return [] }
    return checkpoint.components.compactMap { component in
      switch component.content {
      case .pickle: "\(component.name) is a pickle, which is never opened"
      case .unreadable(let reason): "\(component.name) cannot be read: \(reason)"
      case .state, .metadata, .other: nil
      }
    }
  }
}
