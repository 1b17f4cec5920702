internal import StateTree

extension Gathered {
  /// The values under RLlib's names.
  var state: StateValue {
    switch self {
    case .numbers(let numbers): ["values": .tensor(Tensor(vector: numbers))]
    case .average(let average, let merged):
      ["value": .double(average), "values_to_merge": .tensor(Tensor(vector: merged))]
    case .total(let total): ["lifetime_sum": .double(total)]
    case .items(let items): ["items": .array(items)]
    }
  }

  init(_ reader: StateReader, for reduction: MetricReduction) throws(StateTreeError) {
    switch Gathered(nothingFor: reduction) {
    case .numbers: self = .numbers(try reader.vector("values"))
    case .average: self = .average(try reader.double("value"), merged: try reader.vector("values_to_merge"))
    case .total: self = .total(try reader.double("lifetime_sum"))
    case .items: self = .items(try reader.array("items"))
    }
  }
}

extension MetricSettings {
  /// The settings under RLlib's names.
  var state: StateMap {
    [
      "reduce": .string(reduction.rawValue), "window": window.map { .integer($0) } ?? .nil,
      "ema_coeff": .double(emaCoefficient), "percentiles": .tensor(Tensor(vector: percentiles)),
      "clear_on_reduce": .bool(clears), "with_throughput": .bool(measuresThroughput),
    ]
  }

  init(_ reader: StateReader, key: String) throws {
    let name = try reader.string("reduce")
    guard let reduction = MetricReduction(rawValue: name) else {
      let known = MetricReduction.allCases.map(\.rawValue).joined(separator: ", ")
      throw StateTreeError.invalidValue(
        path: (reader.path / "reduce").description, found: name, expected: "one of \(known)")
    }
    self.reduction = reduction
    window = try reader.value("window") == .nil ? nil : try reader.int("window")
    emaCoefficient = try reader.double("ema_coeff")
    percentiles = try reader.vector("percentiles")
    clears = try reader.bool("clear_on_reduce")
    measuresThroughput = try reader.bool("with_throughput")
    try check(key)
  }
}

extension Metric {
  /// Settings and values. Times are left out: throughput is measured anew after a restore.
  var state: StateValue {
    var map = settings.state
    map["origin"] = .string(origin.rawValue)
    map["whole"] = .bool(isWhole)
    map["changed"] = .bool(isChanged)
    map["gathered"] = gathered.state
    map["latest_merged"] = latest?.state ?? .nil
    return .map(map)
  }

  /// What the state was taken from, with throughput measured from `time` on.
  /// - Throws: `StateTreeError`, `MetricsError.invalidOption`.
  init(_ reader: StateReader, key: String, since time: Duration) throws {
    let name = try reader.string("origin")
    guard let origin = Origin(rawValue: name) else {
      throw StateTreeError.invalidValue(
        path: (reader.path / "origin").description, found: name, expected: "logged or merged")
    }
    self.init(try MetricSettings(reader, key: key), origin, since: time)
    isWhole = try reader.bool("whole")
    isChanged = try reader.bool("changed")
    gathered = try Gathered(try reader.reader("gathered"), for: settings.reduction)
    if try reader.value("latest_merged") != .nil {
      latest = try Gathered(try reader.reader("latest_merged"), for: settings.reduction)
    }
    if case .total(let total) = gathered { (lastReduction.total, beginning.total) = (total, total) }
    if let problem = problem(key) {
      throw StateTreeError.invalidValue(
        path: reader.path.description, found: problem, expected: "what its settings allow")
    }
  }

  /// What must not be, in words; nil if all is well.
  func problem(_ key: String) -> String? {
    guard gathered.suits(settings.reduction) else {
      return "the metric \(key) holds what \(settings.reduction) never gathers"
    }
    guard origin == .logged, let window = settings.window else { return nil }
    let count = max(numbers.count, gathered.items.count)
    return count <= window ? nil : "the metric \(key) holds \(count) values in a window of \(window)"
  }
}
