internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// Puts the lists of all episodes of a dump together into columns, choosing a dtype that changes no number.
struct DumpColumns {
  /// One column of the dump.
  struct Column {
    let schema: ColumnSchema
    let tensor: Tensor
    /// How each episode's list held the numbers; nil where the list itself stays in the skeleton.
    let encodings: [NumberBlock.Encoding?]
    /// Where the list lies in an episode's map.
    let path: [ValuePath.Step]
    /// Whether the file's numbers are of another width than the space beside them says.
    let differsFromSpace: Bool
  }

  private(set) var columns: [Column] = []
  /// Columns that could not be made: name and why.
  private(set) var left: [(name: String, reason: String)] = []

  private let episodes: [RLlibEpisode]
  private let rowCount: Int

  init(_ episodes: [RLlibEpisode]) throws(DumpProblem) {
    self.episodes = episodes
    rowCount = episodes.reduce(0) { $0 + $1.length + 1 }
    var names: [String] = []
    var seen = Set<String>()
    for episode in episodes {
      for leaf in episode.leaves where seen.insert(leaf.column).inserted { names.append(leaf.column) }
      for name in episode.notNumbers where seen.insert(name).inserted { names.append(name) }
    }
    for name in names { add(name) }
    columns = (0...3).flatMap { rank in columns.filter { Self.rank($0.schema.name) == rank } }
  }

  /// Observations first, then actions, rewards, the rest in the order of the file.
  private static func rank(_ name: String) -> Int {
    if name == "obs" || name.hasPrefix("obs/") { return 0 }
    if name == "actions" || name.hasPrefix("actions/") { return 1 }
    return name == "rewards" ? 2 : 3
  }

  private mutating func add(_ name: String) {
    let leaves = episodes.map { episode in episode.leaves.first { $0.column == name } }
    guard let first = leaves.compactMap(\.self).first else { return left.append((name, "it is not a list of numbers")) }
    guard zip(leaves, episodes).allSatisfy({ $0 != nil || ($1.length == 0 && !first.isObservation) }) else {
      return left.append((name, "not every episode has it"))
    }
    guard let rowShape = Self.rowShape(leaves.compactMap(\.self)) else {
      return left.append((name, "its entries have different shapes"))
    }
    guard let type = Self.dataType(leaves.compactMap(\.self)) else {
      return left.append((name, "no type holds all of its numbers exactly"))
    }
    let schema = ColumnSchema(name, type, shape: rowShape)
    guard let tensor = tensor(leaves, schema) else { return left.append((name, "its rows are too large")) }
    let spaceType = first.space?.dataType
    let isInteger = first.block.encoding == .integer
    columns.append(
      Column(
        schema: schema, tensor: tensor, encodings: leaves.map(Self.encoding), path: first.path,
        differsFromSpace: isInteger && spaceType != nil && spaceType != type))
  }

  private static func encoding(_ leaf: RLlibEpisode.Leaf?) -> NumberBlock.Encoding? {
    guard let leaf, leaf.lookback == 0, leaf.block.encoding != .mixed else { return nil }
    return leaf.block.encoding
  }

  private static func rowShape(_ leaves: [RLlibEpisode.Leaf]) -> [Int]? {
    let found = Set(leaves.filter { $0.block.rowCount > 0 }.map(\.block.rowShape))
    if let shape = found.first { return found.count == 1 ? shape : nil }
    return leaves.compactMap { $0.space?.rowShape }.first ?? []
  }

  /// The dtype of the space if the numbers can have had it, else the smallest that holds them all exactly.
  ///
  /// The file itself tells float32 from float64 (RLlib keeps rewards in float64 beside a space of float32); of integers
  /// it has lost the width.
  private static func dataType(_ leaves: [RLlibEpisode.Leaf]) -> DataType? {
    let spaces = Set(leaves.compactMap { $0.space?.dataType })
    let candidates = (spaces.count == 1 ? Array(spaces) : []) + [.bool, .int64, .uint64, .float32, .float64]
    let blocks = leaves.map(\.block).filter { $0.rowCount > 0 }
    if blocks.isEmpty { return candidates.first == .bool ? .float32 : candidates.first }
    return candidates.first { type in blocks.allSatisfy { Self.matches($0, type) && $0.bytes(as: type) != nil } }
  }

  /// Whether numbers of a dtype would be held as the file holds these.
  private static func matches(_ block: NumberBlock, _ type: DataType) -> Bool {
    switch block.encoding {
    case .bool: type == .bool
    case .integer: type.kind != .bool
    case .float32: type.kind == .float
    case .float64, .mixed: type == .float64
    case .empty: true
    }
  }

  /// The rows of all episodes, zeros where a column has no entry for the final observation.
  private func tensor(_ leaves: [RLlibEpisode.Leaf?], _ schema: ColumnSchema) -> Tensor? {
    guard let count = try? Tensor.byteCount(schema.dataType, shape: schema.shape) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rowCount * count)
    for leaf in leaves {
      if let leaf, let part = leaf.block.bytes(as: schema.dataType) { bytes += part }
      if leaf?.isObservation != true { bytes += [UInt8](repeating: 0, count: count) }
    }
    return try? Tensor(schema.dataType, shape: [rowCount] + schema.shape, bytes: bytes)
  }
}
