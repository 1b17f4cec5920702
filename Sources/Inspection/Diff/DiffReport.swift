public import BufferFiles
internal import Checkpoints
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
    /// Two checkpoints of ours, or experiments by their newest ones.
    case runs(RunDiff)
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
    case .runs(let diff): diff.isSame && header.isEmpty
    }
  }

  /// Compares what lies at two paths.
  /// - Throws: `InspectionError.notComparable` for a buffer and a tree, or what reading them throws.
  public init(from old: SavedState, to new: SavedState, options: Options = Options()) throws {
    (self.old, self.new) = (old.subject, new.subject)
    header = Self.header(old, new, options)
    if let before = try SavedRun(old), let after = try SavedRun(new) {
      let diff = try RunDiff(from: before, to: after, options: options)
      (comparison, notes) = (.runs(diff), diff.notes)
      return
    }
    let otherBytes = try old.otherBytes(in: new)
    notes = Set(old.notCompared(otherBytes) + new.notCompared(otherBytes)).sorted()
    switch (try old.contents, try new.contents) {
    case (let before?, let after?):
      let diff = try BufferDiff(
        from: before, to: after, tolerance: options.tolerance, provenance: options.provenance)
      comparison = .buffers(diff)
    case (nil, nil):
      comparison = .trees(StateDiff(from: try old.tree(), to: try new.tree(otherBytes), tolerance: options.tolerance))
    default:
      throw InspectionError.notComparable(old: self.old, new: self.new)
    }
  }

  private static func header(_ old: SavedState, _ new: SavedState, _ options: Options) -> [StateDiff.Change] {
    switch (old, new) {
    case (.bufferFile(let before), .bufferFile(let after)):
      let metadata = changes("metadata", StateNode(.map(before.header.metadata)), StateNode(.map(after.header.metadata)), options)
      guard options.provenance == .compared else { return metadata }
      return metadata
        + changes("provenance", StateNode(.map(before.header.provenance)), StateNode(.map(after.header.provenance)), options)
    case (.rllibCheckpoint(let before), .rllibCheckpoint(let after)) where options.provenance == .compared:
      return changes("metadata", before.writer, after.writer, options)
    default:
      return []
    }
  }

  private static func changes(_ name: String, _ old: StateNode, _ new: StateNode, _ options: Options) -> [StateDiff.Change] {
    StateDiff(from: .map([(name, old)]), to: .map([(name, new)]), tolerance: options.tolerance).changes
  }
}

extension RLlibCheckpoint {
  /// Which version of Ray wrote it.
  fileprivate var writer: StateNode {
    let facts = [
      ("ray_version", metadata?.rayVersion), ("ray_commit", metadata?.rayCommit),
      ("checkpoint_version", metadata?.checkpointVersion),
    ]
    return .map(facts.compactMap { name, text in text.map { (name, .leaf(.string($0))) } })
  }
}

extension RLlibCheckpoint.Component {
  /// The component as part of a tree: of what must not be opened its size and whether its bytes are those of the other
  /// checkpoint, of what cannot be read its size.
  fileprivate func node(_ otherBytes: Set<FilePath>) -> (key: String, value: StateNode)? {
    let other = otherBytes.contains(name) ? "other " : ""
    let value: StateNode? =
      switch content {
      case .state(let state): StateNode(state)
      case .pickle: .leaf(.string("\(other)pickle of \(byteCount) bytes"))
      case .unreadable: .leaf(.string("unreadable file of \(byteCount) bytes"))
      case .other: .leaf(.string("\(other)file of \(byteCount) bytes"))
      case .metadata: nil
      }
    return value.map { ("\(name)", $0) }
  }
}

extension SavedExperiment {
  /// What it is, with the checkpoint that stands for it.
  fileprivate var what: String {
    guard let name = newest?.path.lastComponent?.string else { return "experiment of rlbuf" }
    return "experiment of rlbuf by its \(name)"
  }
}

extension RLlibCheckpoint.Component {
  /// Whether nothing but its bytes can be compared.
  fileprivate var isComparedByBytes: Bool {
    switch content {
    case .pickle, .other: true
    case .state, .metadata, .unreadable: false
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
    case .checkpoint(let checkpoint): .init(path: "\(checkpoint.path)", what: "checkpoint of rlbuf")
    case .experiment(let experiment): .init(path: "\(experiment.path)", what: experiment.what)
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
      case .checkpoint, .experiment: try SavedRun(self)?.buffer
      case .rllibCheckpoint, .messagePack: nil
      }
    }
  }

  /// The whole as a tree; of checkpoints with the files whose bytes are not those of the one it is compared with.
  fileprivate func tree(_ otherBytes: Set<FilePath> = []) throws -> StateNode {
    switch self {
    case .bufferFile(let file): StateNode(try file.state())
    case .rllibDump(let dump): StateNode(dump.state())
    case .rllibCheckpoint(let checkpoint): .map(checkpoint.weightsFirst.compactMap { $0.node(otherBytes) })
    case .checkpoint, .experiment: .map([])  // compared as runs or by their buffer: never as a tree
    case .messagePack(let document):
      document.objects.count == 1 ? StateNode(document.objects[0]) : .list(document.objects.map(StateNode.init))
    }
  }

  /// The files of two checkpoints that nothing but their bytes are compared of, and that differ in them.
  fileprivate func otherBytes(in new: SavedState) throws -> Set<FilePath> {
    guard case .rllibCheckpoint(let before) = self, case .rllibCheckpoint(let after) = new else { return [] }
    let sizes = Dictionary(uniqueKeysWithValues: before.components.filter(\.isComparedByBytes).map { ($0.name, $0.byteCount) })
    let candidates = after.components.filter { $0.isComparedByBytes && sizes[$0.name] != nil }.map(\.name)
    return Set(try candidates.filter { try !before.holdsSameBytes($0, as: after) })
  }

  /// What a comparison leaves out because it cannot be read, or differs and must not be opened to say how.
  fileprivate func notCompared(_ otherBytes: Set<FilePath>) -> [String] {
    guard case .rllibCheckpoint(let checkpoint) = self else { return [] }
    return checkpoint.components.compactMap { component in
      switch component.content {
      case .pickle:
        otherBytes.contains(component.name)
          ? "\(component.name) is a pickle, which is never opened: where it differs is not known" : nil
      case .unreadable(let reason): "\(component.name) cannot be read: \(reason)"
      case .state, .metadata, .other: nil
      }
    }
  }
}

extension RLlibCheckpoint {
  /// The files in the order in which their differences matter: weights, optimizers, then counters and metrics.
  fileprivate var weightsFirst: [Component] {
    let ranks = components.map { component in
      let names = component.name.components.map(\.string)
      return names.contains("rl_module") ? 0 : names.contains("learner") ? 1 : 2
    }
    return (0...2).flatMap { rank in components.indices.filter { ranks[$0] == rank }.map { components[$0] } }
  }
}
