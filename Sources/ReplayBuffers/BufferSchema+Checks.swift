internal import StateTree

extension BufferSchema {
  /// Checks that tensors are `count` rows of all columns.
  func check(_ tensors: [Tensor], count: Int) throws(ReplayBufferError) {
    guard tensors.count == columns.count else {
      throw .wrongColumnCount(expected: columns.count, found: tensors.count)
    }
    for (tensor, column) in zip(tensors, columns) { try column.check(tensor, shape: [count] + column.shape) }
  }

  /// Checks that tensors are one row of all columns.
  func check(row: [Tensor]) throws(ReplayBufferError) {
    guard row.count == columns.count else { throw .wrongColumnCount(expected: columns.count, found: row.count) }
    for (tensor, column) in zip(row, columns) { try column.check(tensor, shape: column.shape) }
  }

  /// The tensors in the order of the schema.
  func ordered(_ named: [StateKey: Tensor]) throws(ReplayBufferError) -> [Tensor] {
    let known = Set(columns.map { StateKey($0.name) })
    for name in named.keys.sorted() where !known.contains(name) {
      throw .unknownColumn(name.string, known: columns.map(\.name))
    }
    var tensors: [Tensor] = []
    for column in columns {
      guard let tensor = named[StateKey(column.name)] else {
        throw .missingColumn(column.name, given: named.keys.sorted().map(\.string))
      }
      tensors.append(tensor)
    }
    return tensors
  }
}

extension ColumnSchema {
  /// Checks that a tensor has this column's type and the given shape.
  func check(_ tensor: Tensor, shape: [Int]) throws(ReplayBufferError) {
    guard tensor.dataType == dataType, tensor.shape == shape else {
      throw .columnMismatch(name, expected: "\(dataType) \(shape)", found: tensor.summary)
    }
  }
}
