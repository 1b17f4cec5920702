internal import MessagePack

/// The lists of one episode that have an entry for each of its steps, as parts of columns.
/// - Source: `ray/rllib/env/utils/infinite_lookback_buffer.py`, `get_state`.
struct EpisodeLists {
  /// A list of numbers that becomes a part of a column.
  struct Leaf {
    /// The column: `obs`, `actions`, `rewards`, or the name of an extra model output; parts of a nested space with `/`.
    let column: String
    /// Whether it has one entry more than the episode has steps.
    let isObservation: Bool
    /// Where it lies in the episode's map; nil if its numbers are scattered over a list of maps or tuples.
    let path: [ValuePath.Step]?
    /// The numbers of the steps stored, lookback left out.
    let block: NumberBlock
    /// The entries before the first step that were stored too: RLlib's lookback.
    let lookback: NumberBlock?
    /// The space that is stored beside it.
    let space: RLlibSpace?
  }

  /// The lists of numbers, in the order of the map.
  private(set) var leaves: [Leaf] = []
  /// Lists that make no column, with the reason.
  private(set) var left: [(name: String, reason: String)] = []
  /// Whether the episode has an observation at all; one that was never reset has none.
  private(set) var isReset = false

  private let id: String
  private let length: Int
  private var names = Set<[UInt8]>()

  /// The most parts that are told apart in lists of entries, and where no space says what they are.
  private static let maximumParts = 256

  init(id: String, length: Int) {
    self.id = id
    self.length = length
  }

  /// A list that is read from somewhere in the episode's map.
  private struct Source {
    var column: String
    var path: [ValuePath.Step]?
    let lookback: Int
    /// Whether it is one array for each part of an entry, or a list of entries.
    var isFinalized: Bool
    let isObservation: Bool

    func part(_ name: String, _ step: ValuePath.Step) -> Source {
      var part = self
      part.column += "/" + name
      part.path?.append(step)
      return part
    }
  }

  /// Notes a list that makes no column.
  mutating func leave(_ name: String, _ reason: String) { left.append((name, reason)) }

  /// Takes the data of one `InfiniteLookbackBuffer`.
  mutating func take(_ buffer: MessagePackValue?, at path: [ValuePath.Step], column: String) throws(DumpProblem) {
    guard let data = buffer?["data"] else {
      throw DumpProblem("\(quoted(column)) of episode \(quoted(id)) has no data")
    }
    let lookback = buffer?["lookback"]?.integer ?? 0
    guard lookback >= 0 else {
      throw DumpProblem("\(quoted(column)) of episode \(quoted(id)) has a lookback of \(lookback)")
    }
    let source = Source(
      column: column, path: path + [.key("data")], lookback: lookback,
      isFinalized: buffer?["finalized"]?.flag ?? true, isObservation: path == [.key("observations")])
    if source.isObservation, data != .array([]) { isReset = true }
    try take(data, from: source, space: RLlibSpace(buffer?["space"]))
  }

  private mutating func take(
    _ data: MessagePackValue, from source: Source, space: RLlibSpace?
  ) throws(DumpProblem) {
    if case .map(let entries) = data { return try take(entries, from: source, space: space) }
    if source.isFinalized, case .tuple(let spaces)? = space, let parts = data.elements, parts.count == spaces.count {
      return try take(parts, from: source, spaces: spaces)
    }
    if !Self.areTuples(data, source, space), let block = NumberBlock(data) {
      if count(of: block, source) == expected(source) || !source.isFinalized || space != nil || !isTuple(data, source) {
        return try append(block, source, space)
      }
    }
    guard let elements = data.elements, !elements.isEmpty else {
      return if data == .array([]) { try append(NumberBlock(data), source, space) } else {
        leave(source.column, Self.notNumbers)
      }
    }
    if !source.isFinalized { return try takeRows(elements, from: source, space: space) }
    guard isTuple(data, source) else { return leave(source.column, Self.notNumbers) }
    try take(elements, from: source, spaces: [])
  }

  private static let notNumbers = "it is not a list of numbers"

  /// Parts by name.
  private mutating func take(
    _ entries: [MessagePackValue.MapEntry], from source: Source, space: RLlibSpace?
  ) throws(DumpProblem) {
    let spaces = space?.parts ?? [:]
    for entry in entries {
      guard let name = entry.key.string else {
        leave(source.column, "it has the key \(entry.key.shortDescription), which is no text")
        continue
      }
      try take(entry.value, from: source.part(name, .key(name)), space: spaces[Array(name.utf8)])
    }
  }

  /// Parts by position.
  private mutating func take(
    _ parts: [MessagePackValue], from source: Source, spaces: [RLlibSpace]
  ) throws(DumpProblem) {
    for (index, part) in parts.enumerated() {
      let space = spaces.indices.contains(index) ? spaces[index] : nil
      try take(part, from: source.part("\(index)", .index(index)), space: space)
    }
  }

  /// Entries that are maps or tuples each: their parts, collected over the entries.
  private mutating func takeRows(
    _ rows: [MessagePackValue], from source: Source, space: RLlibSpace?
  ) throws(DumpProblem) {
    var source = source
    source.path = nil
    if case .map(let entries) = rows[0] {
      let keys = entries.compactMap(\.key.string)
      guard keys.count == entries.count, rows.allSatisfy({ $0.entries?.count == keys.count }),
        keys.count <= Self.maximumParts
      else { return leave(source.column, "its entries have different keys, or too many") }
      let spaces = space?.parts ?? [:]
      for key in keys {
        let part = source.part(key, .key(key))
        try takePart(rows.compactMap { $0[key] }, of: rows.count, from: part, space: spaces[Array(key.utf8)])
      }
      return
    }
    var spaces: [RLlibSpace] = []
    if case .tuple(let known)? = space { spaces = known }
    let parts = rows.compactMap(\.elements)
    guard parts.count == rows.count, let count = parts.first?.count, count > 0,
      parts.allSatisfy({ $0.count == count }), count == spaces.count || count <= Self.maximumParts && space == nil
    else { return leave(source.column, Self.notNumbers) }
    for index in 0..<count {
      let part = source.part("\(index)", .index(index))
      try takePart(parts.map { $0[index] }, of: rows.count, from: part, space: spaces.isEmpty ? nil : spaces[index])
    }
  }

  private mutating func takePart(
    _ values: [MessagePackValue], of count: Int, from source: Source, space: RLlibSpace?
  ) throws(DumpProblem) {
    guard values.count == count, let list = MessagePackValue.array(values).repacked else {
      return leave(source.column, "not every entry has it")
    }
    try take(list, from: source, space: space)
  }

  /// Whether a list holds an entry of several parts for each step, as the space says.
  private static func areTuples(_ data: MessagePackValue, _ source: Source, _ space: RLlibSpace?) -> Bool {
    guard !source.isFinalized, case .tuple(let spaces)? = space else { return false }
    switch data {
    case .packed(let list): return list.shape.count > 1 && list.shape[1] == spaces.count
    case .array(let rows): return rows.first?.elements?.count == spaces.count
    default: return false
    }
  }

  /// Whether each element is a list with one entry for each step: a tuple of which no space tells.
  private func isTuple(_ data: MessagePackValue, _ source: Source) -> Bool {
    guard let parts = data.elements, parts.count <= Self.maximumParts else { return false }
    return parts.allSatisfy { part in NumberBlock(part).map { count(of: $0, source) == expected(source) } ?? false }
  }

  private func expected(_ source: Source) -> Int { length + (source.isObservation ? 1 : 0) }
  private func count(of block: NumberBlock, _ source: Source) -> Int { block.rowCount - source.lookback }

  private mutating func append(_ block: NumberBlock?, _ source: Source, _ space: RLlibSpace?) throws(DumpProblem) {
    guard let block else { return leave(source.column, Self.notNumbers) }
    let isNeverReset = !isReset && length == 0 && block.rowCount == 0 && source.lookback == 0
    guard count(of: block, source) == expected(source) || isNeverReset else {
      throw DumpProblem(
        "\(quoted(source.column)) of episode \(quoted(id)) has \(block.rowCount) entries, "
          + "expected \(expected(source)) for \(length) steps and \(source.lookback) of lookback")
    }
    guard names.insert(Array(source.column.utf8)).inserted else {
      return leave(source.column, "an episode has two lists of this name")
    }
    leaves.append(
      Leaf(
        column: source.column, isObservation: source.isObservation, path: isNeverReset ? nil : source.path,
        block: block.rows(min(source.lookback, block.rowCount)..<block.rowCount),
        lookback: source.lookback == 0 ? nil : block.rows(0..<source.lookback), space: space))
  }
}

extension MessagePackValue {
  /// The value as it is read from its bytes: lists of numbers packed.
  fileprivate var repacked: MessagePackValue? {
    guard let bytes = try? MessagePackWriter.bytes(of: self) else { return nil }
    return try? MessagePackReader.value(of: bytes, limits: .forOwn(bytes))
  }
}
