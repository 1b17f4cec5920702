public import StateTree

/// The last record of a file: what `rlbuf show` prints, small at any size, and where the index lies.
/// - Source: `Format.md`, "summary".
public struct FileSummary: Sendable, Equatable {
  /// One value in the tree of state: where, and what in a few words.
  public struct OutlineEntry: Sendable, Equatable {
    /// Where it lies.
    public var path: StatePath
    /// Its type, for a tensor with element type and shape, for a scalar with its value.
    public var description: String
    /// Its bytes.
    public var bytes: Int
  }

  /// Where a frame lies that has to be found without the index.
  public struct FrameReference: Sendable, Equatable {
    /// The offset of its first byte.
    public var offset: Int
    /// Its bytes in the file.
    public var compressedBytes: Int
    /// The SHA-256 of its bytes in the file.
    public var sha256: [UInt8]
  }

  /// How many rows there are, final observations included.
  public var rowCount = 0
  /// How many of them are steps.
  public var stepCount = 0
  /// From the smallest step number to one more than the largest; empty if there is no step.
  public var steps = 0..<0
  /// The statistics of each column in the order of the schema; nil for columns without order.
  public var columns: [ColumnStatistics?] = []
  /// Returns and lengths of episodes; nil for contents without episodes.
  public var episodes: EpisodeStatistics?
  /// The priorities in the state; nil if there are none.
  public var priorities: ColumnStatistics?
  /// The numbers and texts at the top of the state.
  public var counters: StateMap = [:]
  /// The tree of state, its first `FormatLimits.outlineEntries` values.
  public var outline: [OutlineEntry] = []
  /// How many values the state has in all.
  public var stateValueCount = 0
  /// The bytes of all records before compression, this one and the index left out.
  public var recordBytes = 0
  /// The header's frame.
  public var header = FrameReference(offset: 0, compressedBytes: 0, sha256: [])
  /// The frames of the index.
  public var index: [FrameReference] = []
  /// How many frames come before the index.
  public var frameCount = 0

  /// A summary of nothing.
  public init() {}
}

extension FileSummary {
  static let recordKind = "summary"

  var record: StateValue {
    [
      "kind": .string(Self.recordKind), "rows": .int(Int64(rowCount)), "steps": .int(Int64(stepCount)),
      "first_step": .int(Int64(steps.lowerBound)), "end_step": .int(Int64(steps.upperBound)),
      "columns": .array(columns.map { $0?.state ?? .nil }), "episodes": episodes?.state ?? .nil,
      "priorities": priorities?.state ?? .nil, "counters": .map(counters),
      "outline": .array(outline.map(\.state)), "state_values": .int(Int64(stateValueCount)),
      "record_bytes": .int(Int64(recordBytes)), "frames": .int(Int64(frameCount)),
      "header": header.state, "index": .array(index.map(\.state)),
    ]
  }

  init(record value: StateValue) throws(RecordError) {
    let reader = try StateReader(record: value, kind: Self.recordKind)
    self.init()
    do throws(StateTreeError) {
      try takeCounts(reader)
      for (index, column) in try reader.array("columns").enumerated() {
        let path = reader.path / "columns" / index
        columns.append(column == .nil ? nil : try ColumnStatistics(state: try StateReader(column, at: path)))
      }
      if try reader.value("episodes") != .nil {
        episodes = try EpisodeStatistics(state: try reader.reader("episodes"))
      }
      if try reader.value("priorities") != .nil {
        priorities = try ColumnStatistics(state: try reader.reader("priorities"))
      }
      counters = try reader.reader("counters").map
      outline = try Self.list(reader, "outline") { (entry) throws(StateTreeError) in try OutlineEntry(entry) }
      header = try FrameReference(try reader.reader("header"))
      index = try Self.list(reader, "index") { (entry) throws(StateTreeError) in try FrameReference(entry) }
    } catch {
      throw .state(error)
    }
  }

  private mutating func takeCounts(_ reader: StateReader) throws(StateTreeError) {
    rowCount = try reader.count("rows")
    stepCount = try reader.count("steps")
    let (first, end) = (try reader.count("first_step"), try reader.count("end_step"))
    guard first <= end, end <= Int(FormatLimits.endOfSteps) else {
      throw .invalidValue(path: "summary/end_step", found: "\(end)", expected: "at least \(first)")
    }
    guard rowCount < 1 << 60, stepCount <= rowCount else {
      throw .invalidValue(path: "summary/steps", found: "\(stepCount)", expected: "at most the \(rowCount) rows")
    }
    steps = first..<end
    stateValueCount = try reader.count("state_values")
    recordBytes = try reader.count("record_bytes")
    frameCount = try reader.count("frames")
  }

  private static func list<Element>(
    _ reader: StateReader, _ key: StateKey, _ element: (StateReader) throws(StateTreeError) -> Element
  ) throws(StateTreeError) -> [Element] {
    var elements: [Element] = []
    for (index, value) in try reader.array(key).enumerated() {
      elements.append(try element(try StateReader(value, at: reader.path / key / index)))
    }
    return elements
  }
}

extension FileSummary.FrameReference {
  fileprivate var state: StateValue {
    ["offset": .int(Int64(offset)), "compressed_bytes": .int(Int64(compressedBytes)), "sha256": .bytes(sha256)]
  }

  fileprivate init(_ reader: StateReader) throws(StateTreeError) {
    guard case .bytes(let digest) = try reader.value("sha256"), digest.count == 32 else {
      throw .invalidValue(path: "\(reader.path)/sha256", found: "another value", expected: "32 bytes")
    }
    self.init(
      offset: try reader.count("offset"), compressedBytes: try reader.count("compressed_bytes"), sha256: digest)
  }
}

extension FileSummary.OutlineEntry {
  fileprivate var state: StateValue {
    [
      "path": path.state, "value": .string(description), "bytes": .int(Int64(bytes)),
    ]
  }

  fileprivate init(_ reader: StateReader) throws(StateTreeError) {
    self.init(
      path: try StatePath(state: try reader.value("path"), at: reader.path / "path"),
      description: try reader.string("value"), bytes: try reader.count("bytes"))
  }
}
