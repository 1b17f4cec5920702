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
    /// The entries of each episode's list that lie before its first step.
    let lookbacks: [NumberBlock?]
    /// Where the list lies in an episode's map; nil if all of them stay in the skeletons.
    let path: [ValuePath.Step]?
    /// Whether the file's numbers are of another width than the space beside them says.
    let differsFromSpace: Bool
  }

  private(set) var columns: [Column] = []
  /// Columns that could not be made: name and why.
  private(set) var left: [(name: String, reason: String)] = []

  private let episodes: [RLlibEpisode]
  private let rowCount: Int
  /// The bytes that rows without an entry may still take, beyond one for each byte of rows that have one.
  private var paddingBytes = 64 << 20

  init(_ episodes: [RLlibEpisode]) throws(DumpProblem) {
    self.episodes = episodes
    rowCount = episodes.reduce(0) { $0 + $1.length + 1 }
    var found: [ColumnLeaves] = []
    var positions: [[UInt8]: Int] = [:]
    for (number, episode) in episodes.enumerated() {
      for leaf in episode.lists.leaves {
        let name = Array(leaf.column.utf8)
        let position = positions[name] ?? found.count
        if position == found.count {
          positions[name] = position
          found.append(ColumnLeaves(name: leaf.column))
        }
        found[position].leaves.append((number, leaf))
      }
    }
    for leaves in found { add(leaves) }
    leaveWhatEpisodesLeft()
    columns = (0...3).flatMap { rank in columns.filter { Self.rank($0.schema) == rank } }
    guard !columns.isEmpty || episodes.isEmpty else {
      throw DumpProblem("no list of numbers stands in all of its episodes")
    }
  }

  /// The lists of one column and the number of the episode of each.
  private struct ColumnLeaves {
    let name: String
    var leaves: [(episode: Int, leaf: EpisodeLists.Leaf)] = []

    /// The lists with entries in rows.
    var blocks: [NumberBlock] { leaves.lazy.map(\.leaf.block).filter { $0.rowCount > 0 } }
  }

  /// Observations first, then actions, rewards, the rest in the order of the file.
  private static func rank(_ column: ColumnSchema) -> Int {
    if column.holdsObservations { return 0 }
    if column.name == "actions" || column.name.hasPrefix("actions/") { return 1 }
    return column.name == "rewards" ? 2 : 3
  }

  private mutating func leaveWhatEpisodesLeft() {
    var seen = Set(left.map { Array($0.name.utf8) })
    for (name, reason) in episodes.lazy.flatMap(\.lists.left) where seen.insert(Array(name.utf8)).inserted {
      left.append((name, reason))
    }
  }

  private mutating func add(_ found: ColumnLeaves) {
    // The list of a map or tuple without entries is empty, and there is no telling what it would hold.
    if found.blocks.isEmpty, found.leaves.count < episodes.count { return }
    guard hasEveryEpisode(found) else { return left.append((found.name, "not every episode has it")) }
    guard let rowShape = Self.rowShape(found) else {
      return left.append((found.name, "its entries have different shapes"))
    }
    guard allows(padding(found), rowShape) else { return left.append((found.name, "its rows are too large")) }
    for type in Self.candidates(found) {
      guard let tensor = tensor(found, type, rowShape) else { continue }
      return columns.append(column(found, ColumnSchema(found.name, type, shape: rowShape), tensor))
    }
    left.append((found.name, "no type holds all of its numbers exactly"))
  }

  private func column(_ found: ColumnLeaves, _ schema: ColumnSchema, _ tensor: Tensor) -> Column {
    let path = found.leaves.lazy.compactMap(\.leaf.path).first
    var encodings = [NumberBlock.Encoding?](repeating: nil, count: episodes.count)
    var lookbacks = [NumberBlock?](repeating: nil, count: episodes.count)
    for (number, leaf) in found.leaves where leaf.path != nil && leaf.path == path && leaf.block.encoding != .mixed {
      encodings[number] = leaf.block.encoding
      lookbacks[number] = leaf.lookback
    }
    let space = found.leaves.lazy.compactMap(\.leaf.space?.dataType).first
    return Column(
      schema: schema, tensor: tensor, encodings: encodings, lookbacks: lookbacks, path: path,
      differsFromSpace: found.blocks.first?.encoding == .integer && space != nil && space != schema.dataType)
  }

  /// Whether only episodes lack the column that have no entry for it.
  private func hasEveryEpisode(_ found: ColumnLeaves) -> Bool {
    guard let isObservation = found.leaves.first?.leaf.isObservation else { return false }
    var next = 0
    for (number, leaf) in found.leaves {
      guard leaf.isObservation == isObservation, mayLack(next..<number, isObservation) else { return false }
      next = number + 1
    }
    return mayLack(next..<episodes.count, isObservation)
  }

  private func mayLack(_ range: Range<Int>, _ isObservation: Bool) -> Bool {
    episodes[range].allSatisfy { $0.length == 0 && !(isObservation && $0.lists.isReset) }
  }

  private static func rowShape(_ found: ColumnLeaves) -> [Int]? {
    let blocks = found.blocks
    guard let shape = blocks.first?.rowShape else {
      return found.leaves.compactMap { $0.leaf.space?.rowShape }.first ?? []
    }
    return blocks.allSatisfy { $0.shape.dropFirst() == shape[...] } ? shape : nil
  }

  /// How many rows have no entry.
  private func padding(_ found: ColumnLeaves) -> Int {
    rowCount - found.leaves.reduce(0) { $0 + $1.leaf.block.rowCount }
  }

  /// Whether so many rows without an entry may be filled with zeros: a file of few bytes must not claim much memory.
  private mutating func allows(_ padding: Int, _ rowShape: [Int]) -> Bool {
    guard let rowBytes = try? Tensor.byteCount(.float64, shape: rowShape), rowBytes <= BufferSchema.maximumRowBytes
    else {
      return false
    }
    let (bytes, overflow) = max(0, 2 * padding - rowCount).multipliedReportingOverflow(by: rowBytes)
    guard !overflow, bytes <= paddingBytes else { return false }
    paddingBytes -= bytes
    return true
  }

  /// The dtype of the space, then the file's own types.
  private static func candidates(_ found: ColumnLeaves) -> [DataType] {
    let spaces = Set(found.leaves.compactMap { $0.leaf.space?.dataType })
    let known = spaces.count == 1 ? Array(spaces) : []
    let encodings = Set(found.blocks.map(\.encoding))
    if encodings.isEmpty { return known + [.float32] }
    if encodings.contains(.bool) { return encodings.count == 1 ? [.bool] : [] }
    let own: [DataType] =
      if encodings == [.integer] {
        [.int64, .uint64]
      } else if encodings.isSubset(of: [.integer, .float32]) {
        [.float32, .float64]
      } else {
        [.float64]
      }
    return known.filter { canHaveBeen($0, encodings) } + own
  }

  /// Whether numbers of a dtype would be held in these ways. The file itself tells float32 from float64 (RLlib keeps
  /// rewards in float64 beside a space of float32); of integers it has lost the width.
  private static func canHaveBeen(_ type: DataType, _ encodings: Set<NumberBlock.Encoding>) -> Bool {
    if encodings == [.integer] { return type != .bool }
    if encodings == [.float32] { return type == .float32 || type == .float16 }
    return type == .float64
  }

  /// The rows of all episodes, zeros where a column has no entry; nil if the dtype would change a number.
  private func tensor(_ found: ColumnLeaves, _ type: DataType, _ rowShape: [Int]) -> Tensor? {
    guard let rowBytes = try? Tensor.byteCount(type, shape: rowShape) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rowCount * rowBytes)
    var leaves = found.leaves[...]
    for (number, episode) in episodes.enumerated() {
      var rows = 0
      if let (owner, leaf) = leaves.first, owner == number {
        leaves.removeFirst()
        rows = leaf.block.rowCount
        if rows > 0, !leaf.block.append(to: &bytes, as: type) { return nil }
      }
      bytes.append(contentsOf: repeatElement(0, count: (episode.length + 1 - rows) * rowBytes))
    }
    return try? Tensor(type, shape: [rowCount] + rowShape, bytes: bytes)
  }
}
