public import StateTree

/// One column of a replay buffer: a tensor of this type and shape for every row.
public struct ColumnSchema: Hashable, Sendable {
  /// The column's name, RLlib's where it has one: `obs`, `new_obs`, `actions`, `rewards`, `terminateds`, `truncateds`.
  public let name: String
  /// The type of the elements.
  public let dataType: DataType
  /// The shape of one row; empty for a single number.
  public let shape: [Int]

  /// A column.
  public init(_ name: String, _ dataType: DataType, shape: [Int] = []) {
    self.name = name
    self.dataType = dataType
    self.shape = shape
  }

  /// The bytes of one row.
  public var rowBytes: Int { shape.reduce(dataType.itemBytes, *) }

  /// Whether the column holds observations, of which an episode has one more than steps: `obs`, or a part of it, `obs/...`.
  public var holdsObservations: Bool { name == "obs" || name.hasPrefix("obs/") }
}

/// The columns of a replay buffer, in order, with distinct names.
public struct BufferSchema: Hashable, Sendable {
  /// The columns.
  public let columns: [ColumnSchema]

  /// A schema of these columns.
  /// - Throws: `ReplayBufferError.invalidSchema` for no column, a name twice or empty, a row too large for memory, or too
  ///   many axes.
  public init(_ columns: [ColumnSchema]) throws(ReplayBufferError) {
    guard !columns.isEmpty else { throw .invalidSchema("it has no column") }
    var names = Set<StateKey>()
    for column in columns {
      guard !column.name.isEmpty else { throw .invalidSchema("a column has no name") }
      guard names.insert(StateKey(column.name)).inserted else {
        throw .invalidSchema("the column \"\(column.name)\" stands in it twice")
      }
      guard column.shape.count <= Self.maximumRank else {
        throw .invalidSchema(
          "a row of the column \"\(column.name)\" has \(column.shape.count) axes, more than \(Self.maximumRank)")
      }
      guard let bytes = try? Tensor.byteCount(column.dataType, shape: column.shape), bytes <= Self.maximumRowBytes
      else {
        throw .invalidSchema("a row of the column \"\(column.name)\" exceeds \(Self.maximumRowBytes) bytes")
      }
    }
    self.columns = columns
  }

  /// The most axes that a row of a column may have: a sample adds those of sequence, place and stacked frame.
  public static let maximumRank = Tensor.maximumRank - 3

  /// The largest row of a column: what fits one frame of a file.
  /// - Units: bytes.
  public static let maximumRowBytes = 15 << 20

  /// The bytes of one row over all columns.
  public var rowBytes: Int { columns.reduce(0) { $0 + $1.rowBytes } }

  /// The position of a column, by the bytes of its name.
  public func index(of name: String) -> Int? {
    columns.firstIndex { StateKey($0.name) == StateKey(name) }
  }

  /// The column of this name.
  /// - Throws: `ReplayBufferError.unknownColumn` with the names that there are.
  public func column(_ name: String) throws(ReplayBufferError) -> ColumnSchema {
    guard let index = index(of: name) else { throw .unknownColumn(name, known: columns.map(\.name)) }
    return columns[index]
  }
}

extension BufferSchema: CustomStringConvertible {
  /// The columns in a line: `obs float32 [4], actions int64 []`.
  public var description: String {
    columns.map { "\($0.name) \($0.dataType) \($0.shape)" }.joined(separator: ", ")
  }
}

extension BufferSchema {
  /// The schema as a list of `{name, type, shape}`, as files hold it.
  public var state: StateValue {
    .array(
      columns.map { column in
        [
          "name": .string(column.name), "type": .string(column.dataType.name),
          "shape": .array(column.shape.map { .int(Int64($0)) }),
        ]
      })
  }

  /// The schema that a list of `{name, type, shape}` describes.
  /// - Throws: `ReplayBufferError.state` for another form, `.invalidSchema` for columns that cannot be.
  public init(state: [StateValue], at path: StatePath = ["schema"]) throws(ReplayBufferError) {
    var columns: [ColumnSchema] = []
    do throws(StateTreeError) {
      for (index, element) in state.enumerated() {
        columns.append(try ColumnSchema(StateReader(element, at: path / index)))
      }
    } catch {
      throw .state(error)
    }
    try self.init(columns)
  }
}

extension ColumnSchema {
  fileprivate init(_ reader: StateReader) throws(StateTreeError) {
    let typeName = try reader.string("type")
    guard let dataType = DataType(name: typeName) else {
      throw .invalidValue(path: "\(reader.path)/type", found: typeName, expected: "a numpy type")
    }
    self.init(try reader.string("name"), dataType, shape: try reader.counts("shape"))
  }
}
