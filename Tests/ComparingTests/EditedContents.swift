import BufferFiles
import ReplayBuffers
import StateTree
import Testing

/// A buffer's contents held openly, so that a test can plant a change.
struct EditedContents: BufferContents {
  var kind: String
  var layout: BufferLayout
  var schema: BufferSchema
  var steps: [Int64]
  var columns: [Tensor]
  var stored: StateValue

  init(_ contents: some BufferContents) throws {
    let all = try contents.rows(0..<contents.rowCount)
    (kind, layout, schema) = (contents.kind, contents.layout, contents.schema)
    (steps, columns, stored) = (all.steps, all.columns, try contents.state())
  }

  var rowCount: Int { steps.count }
  func state() -> StateValue { stored }
  func rows(_ range: Range<Int>) -> RowBatch {
    RowBatch(firstRow: range.lowerBound, steps: Array(steps[range]), columns: columns.map { $0.rows(range) })
  }

  /// The contents with other bytes in one element.
  func planting<Scalar: TensorScalar>(_ value: Scalar, in name: String, row: Int, element: Int = 0) throws -> Self {
    var copy = self
    let column = try #require(schema.index(of: name))
    var scalars: [Scalar] = try columns[column].scalars()
    scalars[row * (columns[column].count / rowCount) + element] = value
    copy.columns[column] = try Tensor(scalars, shape: columns[column].shape)
    return copy
  }

  func planting(flag: Bool, in name: String, row: Int) throws -> Self {
    var copy = self
    let column = try #require(schema.index(of: name))
    var flags = try columns[column].flags()
    flags[row] = flag
    copy.columns[column] = Tensor(vector: flags)
    return copy
  }

  func element<Scalar: TensorScalar>(_ type: Scalar.Type, in name: String, row: Int, element: Int = 0) throws -> Scalar {
    let tensor = columns[try #require(schema.index(of: name))]
    return try tensor.scalars(as: Scalar.self)[row * (tensor.count / rowCount) + element]
  }

  /// The contents with another value in the state; nil takes it away.
  func setting(_ path: StateKey..., to value: StateValue?) -> Self {
    var copy = self
    copy.stored = stored.setting(path[...], to: value)
    return copy
  }
}

extension StateValue {
  func setting(_ path: ArraySlice<StateKey>, to value: StateValue?) -> StateValue {
    guard case .map(var map) = self, let key = path.first else { return self }
    map[key] = path.count == 1 ? value : map[key]?.setting(path.dropFirst(), to: value)
    return .map(map)
  }

  var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
  var texts: [String] {
    guard case .array(let values) = self else { return [] }
    return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}
