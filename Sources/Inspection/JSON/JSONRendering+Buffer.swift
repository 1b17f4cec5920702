internal import BufferFiles
internal import ReplayBuffers
internal import StateTree

extension JSONRendering {
  static func fields(_ report: BufferReport) -> [(key: String, value: JSONValue)] {
    [
      ("file", file(report.file)), ("buffer", .string(report.kind)), ("layout", .string(report.layout.rawValue)),
      ("from_rllib", .bool(report.isFromRLlib)), ("rows", .integer(report.rowCount)),
      ("row_bytes", .integer(report.rowBytes)), ("steps", steps(report)), ("turnover", turnover(report.turnover)),
      ("generator", .text(report.generator)), ("episodes", episodes(report.episodes)),
      ("column_count", .integer(report.columnCount)), ("columns", .array(report.columns.map(column))),
      ("priorities", priorities(report.priorities)), ("counters", map(report.counters)),
      ("spaces", spaces(report.spaces)),
      (
        "not_understood",
        [
          "count": .integer(max(report.notUnderstoodCount, report.notUnderstood.count)),
          "lines": .array(report.notUnderstood.map(JSONValue.string)),
        ]
      ),
      ("state", listing(report.state)), ("samples", .array(report.samples.map(sample))),
    ]
  }

  private static func steps(_ report: BufferReport) -> JSONValue {
    let isEmpty = report.stepCount == 0
    return [
      "count": .integer(report.stepCount), "first": isEmpty ? .null : .integer(report.steps.lowerBound),
      "end": isEmpty ? .null : .integer(report.steps.upperBound),
    ]
  }

  private static func turnover(_ turnover: BufferReport.Turnover) -> JSONValue {
    [
      "capacity": .integer(turnover.capacity), "added": .integer(turnover.added),
      "evicted_steps": .integer(turnover.evictedSteps), "evicted_episodes": .integer(turnover.evictedEpisodes),
      "sampled": .integer(turnover.sampled),
    ]
  }

  private static func episodes(_ episodes: EpisodeStatistics?) -> JSONValue {
    guard let episodes else { return .null }
    return [
      "count": .integer(episodes.count), "terminated": .integer(episodes.terminatedCount),
      "truncated": .integer(episodes.truncatedCount), "open": .integer(episodes.openCount),
      "returns": statistics(episodes.returns), "lengths": statistics(episodes.lengths),
    ]
  }

  private static func column(_ column: BufferReport.Column) -> JSONValue {
    [
      "name": .string(column.schema.name), "dtype": .string(column.schema.dataType.description),
      "shape": shape(column.schema.shape), "bytes": .integer(column.byteCount),
      "statistics": statistics(column.statistics),
    ]
  }

  private static func priorities(_ priorities: BufferReport.Priorities?) -> JSONValue {
    guard let priorities else { return .null }
    return [
      "statistics": statistics(priorities.statistics), "max_priority": .double(priorities.maximumPriority),
      "alpha": .double(priorities.alpha), "effective_sample_size": .double(priorities.effectiveSampleSize),
      "tree_capacity": .integer(priorities.treeCapacity),
    ]
  }

  private static func spaces(_ spaces: [BufferReport.Space]?) -> JSONValue {
    guard let spaces else { return .null }
    return .array(spaces.map { ["name": .string($0.name), "space": .string($0.description)] })
  }

  private static func sample(_ sample: RowSample) -> JSONValue {
    var fields: [(key: String, value: JSONValue)] = [("selection", .string(name(sample.selection)))]
    if case .episode(let episode, let index) = sample.selection {
      fields.append(("episode", self.episode(episode, index)))
    }
    fields += [
      ("found", .integer(sample.found)), ("rows", .array(sample.rows.map { .integer($0) })),
      ("steps", .array(sample.steps.map { $0 < 0 ? .null : .integer($0) })),
      (
        "columns",
        .array(
          zip(sample.columns, sample.values).map { column, tensor in
            [
              "name": .string(column.name), "dtype": .string(column.dataType.description),
              "shape": shape(column.shape), "values": values(tensor, sample.steps, column),
            ]
          })
      ),
    ]
    return .object(fields)
  }

  private static func name(_ selection: RowSample.Selection) -> String {
    switch selection {
    case .first: "first"
    case .last: "last"
    case .steps: "steps"
    case .episode: "episode"
    }
  }

  private static func episode(_ episode: EpisodeRecord, _ index: Int) -> JSONValue {
    [
      "id": .string(episode.id), "index": .integer(index), "lane": .integer(episode.lane),
      "length": .integer(episode.length), "start_time": .integer(episode.startTime),
      "terminated": .bool(episode.isTerminated), "truncated": .bool(episode.isTruncated),
    ]
  }

  /// The rows of a column as nested lists; null where a final observation has no value, and for types without numbers.
  private static func values(_ tensor: Tensor, _ steps: [Int64], _ column: ColumnSchema) -> JSONValue {
    .array(
      steps.indices.map { row in
        steps[row] < 0 && !column.holdsObservations ? .null : nested(tensor.rows(row..<row + 1), column.shape)
      })
  }

  private static func nested(_ tensor: Tensor, _ shape: [Int]) -> JSONValue {
    let elements: [JSONValue]
    if tensor.dataType == .bool {
      elements = tensor.bytes.map { .bool($0 != 0) }
    } else if let integers = tensor.integers() {
      elements = integers.map { .integer($0) }
    } else if let large = try? tensor.scalars(as: UInt64.self) {
      elements = large.map { .integer($0) }
    } else if let doubles = tensor.doubles() {
      elements = doubles.map { .double($0) }
    } else {
      return .null
    }
    return folded(elements[...], shape[...])
  }

  private static func folded(_ elements: ArraySlice<JSONValue>, _ shape: ArraySlice<Int>) -> JSONValue {
    guard let length = shape.first else { return elements.first ?? .null }
    let size = shape.dropFirst().reduce(1, *)
    return .array(
      (0..<length).map { index in
        let start = elements.startIndex + index * size
        return folded(elements[start..<start + size], shape.dropFirst())
      })
  }
}
