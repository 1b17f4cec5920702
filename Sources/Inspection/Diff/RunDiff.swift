public import BufferFiles
internal import Checkpoints
internal import FileSystems
internal import ForeignFormats
internal import StateTree
internal import SystemPackage

/// What differs between two checkpoints of ours, and, of two experiments, between their results.
///
/// Names of runs and segments, paths, times and places are left out, so that two runs of the same training are the same.
public struct RunDiff: Sendable {
  /// A component that both checkpoints have.
  public struct Component: Sendable {
    /// How it was compared.
    public enum Content: Sendable {
      /// As a tree of state: tensors first, those that lie farthest apart before the others.
      case state([StateDiff.Change])
      /// As replay buffers.
      case buffer(BufferDiff)
    }

    /// Its name.
    public var name: String
    /// What differs.
    public var content: Content

    /// Whether nothing differs.
    public var isSame: Bool {
      switch content {
      case .state(let changes): changes.isEmpty
      case .buffer(let diff): diff.isSame
      }
    }
  }

  /// How far the runs were, which components they have, whether they are exact.
  public internal(set) var run: [StateDiff.Change] = []
  /// How their settings differ.
  public internal(set) var configuration: [StateDiff.Change] = []
  /// How their results differ, iteration by iteration; empty unless both are experiments.
  public internal(set) var results: [StateDiff.Change] = []
  /// How many iterations have results in both; nil unless both are experiments.
  public internal(set) var comparedResults: Int?
  /// The components that both have, in the order of the old one.
  public internal(set) var components: [Component] = []
  /// Who saved them, when and where; empty unless it was asked for.
  public internal(set) var provenance: [StateDiff.Change] = []
  /// What could not be compared, in a line each.
  public internal(set) var notes: [String] = []

  /// Whether nothing differs.
  public var isSame: Bool {
    run.isEmpty && configuration.isEmpty && results.isEmpty && provenance.isEmpty && components.allSatisfy(\.isSame)
  }
}

extension RunDiff {
  /// Compares two checkpoints, or the newest ones of experiments.
  /// - Throws: what reading them throws.
  init(from old: SavedRun, to new: SavedRun, options: DiffReport.Options) throws {
    let (before, after) = (old.checkpoint.manifest, new.checkpoint.manifest)
    for component in before.components where after.component(component.name)?.isBuffer == component.isBuffer {
      components.append(try Self.component(component, old.checkpoint, new.checkpoint, options))
    }
    run = Self.run(before, after, Set(components.filter { !$0.isSame }.map(\.name)))
    configuration = Self.changes(before.configuration, after.configuration, options) { path in
      options.provenance == .ignored && RunVariation.isVolatileSetting(path)
    }
    if options.provenance == .compared {
      provenance = Self.changes(before.whereabouts, after.whereabouts, options)
    }
    if let first = old.experiment, let second = new.experiment { try compareResults(first, second, options) }
  }

  private static func component(
    _ component: CheckpointManifest.Component, _ old: Checkpoint, _ new: Checkpoint, _ options: DiffReport.Options
  ) throws -> Component {
    let name = component.name
    guard !component.isBuffer else {
      let diff = try BufferDiff(
        from: old.buffer(name), to: new.buffer(name), tolerance: options.tolerance, provenance: options.provenance)
      return Component(name: name, content: .buffer(diff))
    }
    let diff = StateDiff(
      from: StateNode(try old.state(name)), to: StateNode(try new.state(name)), tolerance: options.tolerance
    ) { path in
      options.provenance == .ignored && RunVariation.isVolatileState(path)
    }
    return Component(name: name, content: .state(diff.changes.largestTensorsFirst))
  }

  private static func changes(
    _ old: StateMap, _ new: StateMap, _ options: DiffReport.Options,
    ignoring: @escaping @Sendable (String) -> Bool = { _ in false }
  ) -> [StateDiff.Change] {
    StateDiff(
      from: StateNode(.map(old)), to: StateNode(.map(new)), tolerance: options.tolerance, ignoring: ignoring
    ).changes
  }

  /// What the manifests say of the runs. A proof is told of where the state it is of does not differ already.
  private static func run(
    _ old: CheckpointManifest, _ new: CheckpointManifest, _ different: Set<String>
  ) -> [StateDiff.Change] {
    StateDiff(from: StateNode(old.facts(without: different)), to: StateNode(new.facts(without: different))).changes
  }
}

extension CheckpointManifest {
  fileprivate func facts(without different: Set<String>) -> StateValue {
    let kinds = components.map { component -> (StateKey, StateValue) in
      (StateKey(component.name), component.isBuffer ? "replay buffer" : "state")
    }
    let left = omitted.map { (StateKey($0.name), StateValue.string("left out")) }
    let proofs = proofs.filter { !different.contains($0.key) }.sorted { $0.key < $1.key }
    return [
      "iteration": .integer(iteration), "environment_steps": .integer(environmentSteps),
      "components": .map(StateMap(kinds + left)), "inexact_because": .array(inexactBecause.map(StateValue.string)),
      "proofs": .map(StateMap(proofs.map { (StateKey($0.key), StateValue.string($0.value)) })),
    ]
  }

  /// What says who saved the checkpoint, when and where.
  fileprivate var whereabouts: StateMap {
    var map: StateMap = ["run_id": .string(runID)]
    for entry in provenance where entry.key != "run_id" { map[entry.key] = entry.value }
    return map
  }
}

extension [StateDiff.Change] {
  /// Tensors first, those that lie farthest apart before the others; everything else as it came.
  fileprivate var largestTensorsFirst: [StateDiff.Change] {
    let ranked = enumerated().map { (distance: $0.element.distance, offset: $0.offset, change: $0.element) }
    return ranked.sorted { ($1.distance, $0.offset) < ($0.distance, $1.offset) }.map(\.change)
  }
}

extension StateDiff.Change {
  /// The length of the difference of two tensors; below zero for anything else.
  fileprivate var distance: Double {
    if case .tensor(_, let difference) = kind { difference.distance ?? 0 } else { -1 }
  }
}

/// A checkpoint of ours, and the experiment that it stands for, if one was named.
struct SavedRun {
  let checkpoint: Checkpoint
  let experiment: SavedExperiment?

  /// The checkpoint of what was opened; nil for anything but a checkpoint or an experiment of ours.
  /// - Throws: `ForeignFormatError.checkpoint` for an experiment without a checkpoint that can be used.
  init?(_ saved: SavedState) throws {
    switch saved {
    case .checkpoint(let checkpoint): (self.checkpoint, experiment) = (checkpoint, nil)
    case .experiment(let experiment): (checkpoint, self.experiment) = (try experiment.checkpoint(), experiment)
    case .bufferFile, .rllibDump, .rllibCheckpoint, .messagePack: return nil
    }
  }

  /// The only replay buffer.
  /// - Throws: `InspectionError.noSingleBuffer`, or what reading it throws.
  var buffer: CheckpointBuffer {
    get throws {
      let names = checkpoint.manifest.components.filter(\.isBuffer).map(\.name)
      guard let name = names.first, names.count == 1 else {
        throw InspectionError.noSingleBuffer(checkpoint.path, buffers: names)
      }
      return try checkpoint.buffer(name)
    }
  }
}
