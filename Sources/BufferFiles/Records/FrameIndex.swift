public import StateTree

/// What the index knows of one frame.
public struct FrameEntry: Sendable, Equatable {
  /// What a frame holds.
  public enum Kind: UInt8, Sendable {
    /// The file's first record.
    case header = 0
    /// A row group.
    case rows = 1
    /// A piece of state.
    case state = 2
  }

  /// What the frame holds.
  public var kind: Kind
  /// The offset of its first byte in the file.
  public var offset: Int
  /// Its bytes in the file.
  public var compressedBytes: Int
  /// The bytes of its record.
  public var recordBytes: Int
  /// The SHA-256 of its bytes in the file.
  public var sha256: [UInt8]
  /// The rows it holds; empty for other kinds.
  public var rows: Range<Int>
  /// The smallest and one more than the largest step number in it; empty if there is none.
  public var steps: Range<Int>
  /// Where the state in it belongs; nil for other kinds.
  public var path: StatePath?
  /// NaN count, minimum and maximum of each column of a row group, in the order of the schema; nil for columns without
  /// order.
  public var columns: [ColumnStatistics?]
}

/// The record that lists frames: columns of numbers, one entry a frame.
/// - Source: `Format.md`, "index".
enum IndexRecord {
  static let kind = "index"

  static func encode(_ entries: ArraySlice<FrameEntry>) -> StateValue {
    let frames: StateMap = [
      "kind": .tensor(Tensor(vector: entries.map(\.kind.rawValue))),
      "offset": integers(entries.map(\.offset)),
      "compressed_bytes": integers(entries.map(\.compressedBytes)),
      "bytes": integers(entries.map(\.recordBytes)),
      "sha256": .tensor(Tensor(vector: entries.flatMap(\.sha256))),
      "first_row": integers(entries.map(\.rows.lowerBound)),
      "rows": integers(entries.map(\.rows.count)),
      "first_step": integers(entries.map(\.steps.lowerBound)),
      "end_step": integers(entries.map(\.steps.upperBound)),
    ]
    let rowGroups = entries.filter { $0.kind == .rows }
    let paths = entries.filter { $0.kind == .state }.map { entry in
      (entry.path ?? []).state
    }
    return [
      "kind": .string(kind), "first_frame": .int(Int64(entries.startIndex)), "frames": .map(frames),
      "paths": .array(paths), "columns": .array(columns(rowGroups)),
    ]
  }

  /// Cuts entries into runs that fit a record each.
  static func runs(_ entries: [FrameEntry]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var (first, weight) = (0, 0)
    for (number, entry) in entries.enumerated() {
      let more = 100 + 30 * entry.columns.count + (entry.path?.keys ?? []).reduce(0) { $0 + $1.string.utf8.count + 5 }
      if number > first, weight + more > recordWeight || number - first == FormatLimits.indexEntriesPerRecord {
        runs.append(first..<number)
        (first, weight) = (number, 0)
      }
      weight += more
    }
    return entries.isEmpty ? [] : runs + [first..<entries.count]
  }

  /// A run of about so many bytes is within the limits of a record, of bytes and of values.
  private static let recordWeight = 8 << 20

  private static func integers(_ values: [Int]) -> StateValue { .tensor(Tensor(vector: values.map(Int64.init))) }

  /// For each column of the schema the statistics over the row groups, or nil for a column without order.
  private static func columns(_ rowGroups: [FrameEntry]) -> [StateValue] {
    guard let first = rowGroups.first else { return [] }
    return first.columns.indices.map { column in
      let statistics = rowGroups.map { $0.columns[column] ?? ColumnStatistics() }
      guard rowGroups.allSatisfy({ $0.columns[column] != nil }) else { return .nil }
      return [
        "nan": integers(statistics.map(\.nanCount)),
        "min": .array(statistics.map { $0.minimum.state }), "max": .array(statistics.map { $0.maximum.state }),
      ]
    }
  }

  /// What a record lists, if the budget of its file allows it.
  static func decode(
    _ value: StateValue, within budget: inout IndexBudget
  ) throws(RecordError) -> (first: Int, entries: [FrameEntry]) {
    let reader = try StateReader(record: value, kind: kind)
    do throws(StateTreeError) {
      let frames = try FrameColumns(try reader.reader("frames"))
      let columns = try reader.array("columns")
      try budget.take(frames: frames.kinds.count, rowGroups: frames.rowGroupCount, columns: columns.count)
      var entries = try frames.entries()
      try takePaths(try reader.array("paths"), into: &entries)
      try takeColumns(columns, into: &entries)
      return (try reader.count("first_frame"), entries)
    } catch {
      throw .state(error)
    }
  }

  private static func takePaths(_ paths: [StateValue], into entries: inout [FrameEntry]) throws(StateTreeError) {
    let states = entries.indices.filter { entries[$0].kind == .state }
    guard states.count == paths.count else {
      throw .invalidValue(path: "index/paths", found: "\(paths.count) paths", expected: "\(states.count)")
    }
    for (index, path) in zip(states, paths) {
      entries[index].path = try StatePath(state: path, at: ["index", "paths"])
    }
  }

  private static func takeColumns(_ columns: [StateValue], into entries: inout [FrameEntry]) throws(StateTreeError) {
    let rowGroups = entries.indices.filter { entries[$0].kind == .rows }
    for (column, value) in columns.enumerated() {
      let path = StatePath(["index", "columns"]) / column
      guard value != .nil else {
        for index in rowGroups { entries[index].columns.append(nil) }
        continue
      }
      let reader = try StateReader(value, at: path)
      let (nan, low, high) = (try reader.vector("nan") as [Int64], try reader.array("min"), try reader.array("max"))
      guard nan.count == rowGroups.count, low.count == rowGroups.count, high.count == rowGroups.count else {
        throw .invalidValue(path: path.description, found: "\(nan.count) entries", expected: "\(rowGroups.count)")
      }
      for (position, index) in rowGroups.enumerated() {
        guard (0..<(1 << 60)).contains(nan[position]) else {
          throw .invalidValue(path: (path / "nan").description, found: "\(nan[position])", expected: "0 or more")
        }
        var statistics = ColumnStatistics()
        statistics.count = Int(nan[position])
        statistics.nanCount = Int(nan[position])
        statistics.minimum = try .init(state: low[position], at: path / "min")
        statistics.maximum = try .init(state: high[position], at: path / "max")
        entries[index].columns.append(statistics)
      }
    }
  }
}

/// The columns of an index record, checked to be of one length.
private struct FrameColumns {
  let kinds, sha256: [UInt8]
  let offsets, compressed, bytes, firstRows, rows, firstSteps, endSteps: [Int64]

  init(_ reader: StateReader) throws(StateTreeError) {
    kinds = try reader.vector("kind")
    sha256 = try reader.vector("sha256")
    offsets = try reader.vector("offset")
    compressed = try reader.vector("compressed_bytes")
    bytes = try reader.vector("bytes")
    firstRows = try reader.vector("first_row")
    rows = try reader.vector("rows")
    firstSteps = try reader.vector("first_step")
    endSteps = try reader.vector("end_step")
    let lengths = [offsets, compressed, bytes, firstRows, rows, firstSteps, endSteps].map(\.count)
    guard lengths.allSatisfy({ $0 == kinds.count }), sha256.count == 32 * kinds.count else {
      throw .invalidValue(path: "\(reader.path)", found: "columns of lengths \(lengths)", expected: "one length")
    }
  }

  var rowGroupCount: Int { kinds.count { $0 == FrameEntry.Kind.rows.rawValue } }

  func entries() throws(StateTreeError) -> [FrameEntry] {
    var entries: [FrameEntry] = []
    entries.reserveCapacity(kinds.count)
    for index in kinds.indices {
      let numbers = [offsets, compressed, bytes, firstRows, rows, firstSteps].map { $0[index] }
      guard let kind = FrameEntry.Kind(rawValue: kinds[index]), numbers.allSatisfy({ (0..<(1 << 60)).contains($0) }),
        (firstSteps[index]...(1 << 60)).contains(endSteps[index])
      else { throw .invalidValue(path: "index/frames/\(index)", found: "\(numbers)", expected: "a frame") }
      entries.append(
        FrameEntry(
          kind: kind, offset: Int(offsets[index]), compressedBytes: Int(compressed[index]),
          recordBytes: Int(bytes[index]), sha256: Array(sha256[32 * index..<32 * index + 32]),
          rows: Int(firstRows[index])..<Int(firstRows[index] + rows[index]),
          steps: Int(firstSteps[index])..<Int(endSteps[index]), path: nil, columns: []))
    }
    return entries
  }
}
