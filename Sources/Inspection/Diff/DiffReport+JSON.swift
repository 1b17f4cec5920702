internal import BufferFiles
internal import FoundationEssentials
internal import ReplayBuffers
internal import StateTree

/// A comparison as one JSON object of the schema `rlbuf.diff/1`, described in `JSON-diff.md`.
public struct DiffJSONRendering: Sendable {
  /// A rendering.
  public init() {}

  /// The object, indented, ending with a line break. NaN and infinities are null.
  public func render(_ report: DiffReport) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(Object(report)), as: UTF8.self) + "\n"
  }

  private struct Object: Encodable {
    var schema = "rlbuf.diff/1"
    let same: Bool
    let old, new: Subject
    var kind: String
    var buffer: Buffer?
    var state: [Change]?
    var runs: Runs?
    let header: [Change]
    let notCompared: [String]

    enum CodingKeys: String, CodingKey {
      case schema, same, old, new, kind, buffer, state, runs, header
      case notCompared = "not_compared"
    }

    init(_ report: DiffReport) {
      same = report.isSame
      (old, new) = (Subject(report.old), Subject(report.new))
      header = report.header.map(Change.init)
      notCompared = report.notes
      switch report.comparison {
      case .buffers(let diff): (kind, buffer) = ("buffers", Buffer(diff))
      case .trees(let diff): (kind, state) = ("trees", diff.changes.map(Change.init))
      case .runs(let diff): (kind, runs) = ("runs", Runs(diff))
      }
    }
  }

  private struct Subject: Encodable {
    let path, what: String
    init(_ subject: DiffReport.Subject) { (path, what) = (subject.path, subject.what) }
  }

  private struct Runs: Encodable {
    let run, configuration, results, provenance: [Change]
    let comparedResults: Int?
    let components: [Component]

    enum CodingKeys: String, CodingKey {
      case comparedResults = "compared_results"
      case run, configuration, results, provenance, components
    }

    init(_ diff: RunDiff) {
      (run, configuration) = (diff.run.map(Change.init), diff.configuration.map(Change.init))
      (results, provenance) = (diff.results.map(Change.init), diff.provenance.map(Change.init))
      comparedResults = diff.comparedResults
      components = diff.components.map(Component.init)
    }
  }

  private struct Component: Encodable {
    let component: String
    let same: Bool
    var state: [Change]?
    var buffer: Buffer?

    init(_ component: RunDiff.Component) {
      (self.component, same) = (component.name, component.isSame)
      switch component.content {
      case .state(let changes): state = changes.map(Change.init)
      case .buffer(let diff): buffer = Buffer(diff)
      }
    }
  }

  private struct Count: Encodable {
    let new, evicted, kept: Int
    init(_ count: RingChange.Count) { (new, evicted, kept) = (count.added, count.evicted, count.kept) }
  }

  private struct Buffer: Encodable {
    let schemaChanges: [SchemaChange]
    let steps: Count
    let renumbered: Int
    let episodes: Count?
    let columns: [Column]
    let endings: [Change]
    let priorities: Priorities?
    let state: [Change]

    enum CodingKeys: String, CodingKey {
      case schemaChanges = "schema_changes"
      case steps, renumbered, episodes, columns, endings, priorities, state
    }

    init(_ diff: BufferDiff) {
      schemaChanges = diff.schema.map(SchemaChange.init)
      (steps, renumbered) = (Count(diff.ring.steps), diff.ring.renumbered)
      episodes = diff.ring.episodes.map(Count.init)
      columns = diff.columns.map(Column.init)
      endings = diff.episodes.map(Change.init)
      priorities = diff.priorities.map { Priorities(difference: Tensor($0), place: diff.worstPriority) }
      state = diff.state.map(Change.init)
    }
  }

  private struct SchemaChange: Encodable {
    let change: String
    var column: String?
    var old, new: String?

    init(_ change: BufferDiff.SchemaChange) {
      switch change {
      case .kind(let old, let new): (self.change, self.old, self.new) = ("kind", old, new)
      case .layout(let old, let new): (self.change, self.old, self.new) = ("layout", old.rawValue, new.rawValue)
      case .added(let column): (self.change, self.column, new) = ("added", column.name, Self.describe(column))
      case .removed(let column): (self.change, self.column, old) = ("removed", column.name, Self.describe(column))
      case .changed(let before, let after):
        (self.change, column, old, new) = ("changed", before.name, Self.describe(before), Self.describe(after))
      }
    }

    private static func describe(_ column: ColumnSchema) -> String { "\(column.dataType) \(column.shape)" }
  }

  private struct Column: Encodable {
    let column: String
    let comparedRows, differingRows: Int
    let largest: Number
    let old, new: String
    let step, time: Int?
    let episode: String?
    let element: Int

    enum CodingKeys: String, CodingKey {
      case comparedRows = "compared_rows"
      case differingRows = "differing_rows"
      case column, largest, old, new, step, time, episode, element
    }

    init(_ change: BufferDiff.ColumnChange) {
      column = change.column.name
      (comparedRows, differingRows) = (change.comparedRows, change.differingRows)
      largest = Number(change.largest)
      (old, new) = (change.old, change.new)
      (step, time, episode) = (change.worst.step, change.worst.time, change.worst.episode)
      element = change.worst.element
    }
  }

  private struct Priorities: Encodable {
    let difference: Tensor
    let place: BufferDiff.Place?

    enum CodingKeys: CodingKey { case step, time, episode }

    func encode(to encoder: any Encoder) throws {
      try difference.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(place?.step, forKey: .step)
      try container.encodeIfPresent(place?.time, forKey: .time)
      try container.encodeIfPresent(place?.episode, forKey: .episode)
    }
  }

  private struct Change: Encodable {
    let path, change: String
    var old, new: String?
    var distance: Number?
    var tensor: Tensor?

    init(_ change: StateDiff.Change) {
      path = change.path
      switch change.kind {
      case .added(let what): (self.change, new) = ("added", what)
      case .removed(let what): (self.change, old) = ("removed", what)
      case .changed(let before, let after, let distance):
        (self.change, old, new) = ("changed", before, after)
        self.distance = distance.map { Number($0) }
      case .tensor(_, let difference): (self.change, tensor) = ("tensor", Tensor(difference))
      }
    }
  }

  private struct Tensor: Encodable {
    let count, differing, worst: Int
    let largest, l2: Number
    let old, new: String

    init(_ difference: TensorDifference) {
      (count, differing, worst) = (difference.count, difference.differingCount, difference.worst)
      (largest, l2) = (Number(difference.largest), Number(difference.distance))
      (old, new) = difference.values
    }
  }
}

/// A number, null where JSON has none for it.
private struct Number: Encodable {
  let value: Double?

  init(_ value: Double?) { self.value = value.flatMap { $0.isFinite ? $0 : nil } }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}
