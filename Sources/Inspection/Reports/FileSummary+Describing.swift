internal import BufferFiles
internal import ForeignFormats
internal import ReplayBuffers
internal import StateTree

extension FileSummary {
  /// What the summary of a file would say of a dump, from the same accumulators.
  init(describing dump: RLlibDump, state: StateValue) {
    self.init()
    rowCount = dump.rowCount
    stepCount = dump.episodes.stepCount
    columns = dump.schema.columns.map { column in
      (try? Tensor(zeros: column.dataType, shape: [0])).flatMap { ColumnStatistics(of: $0) }
    }
    var accumulator = EpisodeAccumulator(layout: dump.layout, schema: dump.schema)
    let rowsPerGroup = max(1, FormatLimits.rowGroupBytes / max(1, dump.schema.rowBytes))
    for first in stride(from: 0, to: rowCount, by: rowsPerGroup) {
      let batch = dump.rows(first..<min(first + rowsPerGroup, rowCount))
      add(batch, dump.schema)
      accumulator.add(batch)
    }
    episodes = accumulator.statistics(dump.episodes)
    if case .tensor(let tensor)? = state["priorities"] { priorities = ColumnStatistics(of: tensor) }
    if case .map(let map) = state { counters = StateMap(map.filter { $0.value.isScalar }.map { ($0.key, $0.value) }) }
  }

  private mutating func add(_ batch: RowBatch, _ schema: BufferSchema) {
    let stepRows = batch.steps.indices.filter { batch.steps[$0] >= 0 }
    if let low = stepRows.map({ batch.steps[$0] }).min(), let high = batch.steps.max() {
      let range = Int(low)..<Int(high) + 1
      steps = steps.isEmpty ? range : min(steps.lowerBound, range.lowerBound)..<max(steps.upperBound, range.upperBound)
    }
    for (index, tensor) in batch.columns.enumerated() {
      // The row of a final observation has no action and no reward: what stands there is filling.
      let values = schema.columns[index].isObservation ? tensor : tensor.gathered(stepRows)
      if let one = ColumnStatistics(of: values) { columns[index]?.merge(one) }
    }
  }
}

extension ColumnSchema {
  /// Whether the column holds observations, of which an episode has one more than steps.
  var isObservation: Bool { name == "obs" || name.hasPrefix("obs/") }
}

extension StateValue {
  fileprivate var isScalar: Bool {
    switch self {
    case .nil, .bool, .int, .unsigned, .double, .string: true
    case .bytes, .array, .map, .tensor: false
    }
  }
}
