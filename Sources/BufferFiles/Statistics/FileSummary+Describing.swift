public import ReplayBuffers
public import StateTree

extension FileSummary {
  /// What the summary of a file of these contents would say, sizes and places in the file left out.
  /// - Parameter state: the state of the contents.
  /// - Throws: what reading the rows throws, or what is wrong with the episodes in the state.
  /// - Complexity: O(rows): everything is read once, in batches.
  public init(describing contents: some BufferContents, state: StateValue) throws {
    self.init()
    let content = FileHeader.Content.replayBuffer(
      kind: contents.kind, layout: contents.layout, schema: contents.schema)
    var (rows, values) = (RowTotals(content), StateTotals(content))
    try contents.forEachBatch(ofBytes: FormatLimits.rowGroupBytes(ofRows: contents.schema.rowBytes)) { batch in
      rows.add(batch, batch.statistics(contents.schema))
    }
    try values.add(StateRecord(path: [], value: state))
    rows.complete(&self, table: try values.table())
    values.complete(&self)
  }
}

extension RowBatch {
  /// The statistics of each column; nil for columns without order.
  ///
  /// The row of a final observation has no action and no reward: what stands there is filling, and is left out.
  func statistics(_ schema: BufferSchema) -> [ColumnStatistics?] {
    let stepRows = steps.contains { $0 < 0 } ? steps.indices.filter { steps[$0] >= 0 } : nil
    return zip(schema.columns, columns).map { column, tensor in
      guard let stepRows, !column.holdsObservations else { return ColumnStatistics(of: tensor) }
      return ColumnStatistics(of: tensor.gathered(stepRows))
    }
  }
}
