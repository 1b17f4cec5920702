internal import StateTree

extension ColumnStatistics.Bound? {
  /// The bound as a number of state, nil where there is none.
  var state: StateValue {
    switch self {
    case nil: .nil
    case .int(let value): .int(value)
    case .unsigned(let value): .unsigned(value)
    case .double(let value): .double(value)
    }
  }

  init(state: StateValue, at path: StatePath) throws(StateTreeError) {
    switch state {
    case .nil: self = nil
    case .int(let value): self = .int(value)
    case .unsigned(let value): self = .unsigned(value)
    case .double(let value): self = .double(value)
    default: throw .wrongType(path: path.description, expected: "a number", found: state.typeName)
    }
  }
}

extension ColumnStatistics {
  /// The statistics as the summary holds them.
  var state: StateValue {
    [
      "count": .int(Int64(count)), "nan": .int(Int64(nanCount)), "infinite": .int(Int64(infiniteCount)),
      "min": minimum.state, "max": maximum.state, "mean": .double(mean),
      "squared_distances": .double(squaredDistances),
      "histogram": [
        "exponent": .int(Int64(histogram.exponent)), "first_bin": .int(Int64(histogram.firstBin)),
        "counts": .array(histogram.counts.map { .int(Int64($0)) }),
      ],
    ]
  }

  init(state reader: StateReader) throws(StateTreeError) {
    self.init()
    count = try reader.count("count")
    nanCount = try reader.count("nan")
    infiniteCount = try reader.count("infinite")
    minimum = try .init(state: try reader.value("min"), at: reader.path / "min")
    maximum = try .init(state: try reader.value("max"), at: reader.path / "max")
    mean = try reader.double("mean")
    squaredDistances = try reader.double("squared_distances")
    let bins = try reader.reader("histogram")
    let counts = try bins.counts("counts")
    guard count < 1 << 60, nanCount <= count, infiniteCount <= count - nanCount,
      let histogram = Histogram(
        exponent: try bins.int("exponent"), firstBin: try bins.int("first_bin"), counts: counts)
    else { throw .invalidValue(path: reader.path.description, found: "impossible counts", expected: "statistics") }
    self.histogram = histogram
  }
}

extension EpisodeStatistics {
  var state: StateValue {
    [
      "terminated": .int(Int64(terminatedCount)), "truncated": .int(Int64(truncatedCount)),
      "open": .int(Int64(openCount)), "returns": returns.state, "lengths": lengths.state,
    ]
  }

  init(state reader: StateReader) throws(StateTreeError) {
    self.init()
    terminatedCount = try reader.count("terminated")
    truncatedCount = try reader.count("truncated")
    openCount = try reader.count("open")
    returns = try ColumnStatistics(state: try reader.reader("returns"))
    lengths = try ColumnStatistics(state: try reader.reader("lengths"))
  }
}
