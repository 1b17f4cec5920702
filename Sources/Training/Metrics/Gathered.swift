internal import StateTree

/// What a metric has gathered, and what it comes to.
enum Gathered: Sendable {
  /// The values of a mean, a minimum, a maximum, a sum or percentiles, oldest first.
  case numbers([Double])
  /// An exponential moving average, NaN before the first value, and those of other loggers that are to be averaged.
  case average(Double, merged: [Double])
  /// A sum over the run.
  case total(Double)
  /// Items, oldest first; of `.item` at most one.
  case items([StateValue])

  /// Nothing.
  init(nothingFor reduction: MetricReduction) {
    self =
      switch reduction {
      case .mean, .min, .max, .sum, .percentiles: .numbers([])
      case .ema: .average(.nan, merged: [])
      case .lifetimeSum: .total(0)
      case .item, .itemSeries: .items([])
      }
  }

  /// Whether it is what a metric of this reduction gathers.
  func suits(_ reduction: MetricReduction) -> Bool {
    switch (self, Gathered(nothingFor: reduction)) {
    case (.numbers, .numbers), (.average, .average), (.total, .total): true
    case (.items(let items), .items): reduction == .itemSeries || items.count <= 1
    default: false
    }
  }

  /// The items, none if there are numbers.
  var items: [StateValue] {
    if case .items(let items) = self { items } else { [] }
  }

  /// The one number, of reductions that have one.
  func number(_ reduction: MetricReduction) -> Double {
    switch self {
    case .numbers(let numbers): Self.reduce(numbers, by: reduction)
    case .average(let average, let merged): merged.isEmpty ? average : Self.reduce(merged, by: .mean)
    case .total(let total): total
    case .items: .nan
    }
  }

  private static func reduce(_ numbers: [Double], by reduction: MetricReduction) -> Double {
    if numbers.isEmpty, reduction == .sum { return 0 }
    let known = numbers.filter { !$0.isNaN }
    guard let first = known.first else { return .nan }
    let folded = known.dropFirst().reduce(first) { fold($0, $1, reduction) ?? $0 + $1 }
    return reduction == .mean ? folded / Double(known.count) : folded
  }

  /// Two values of a minimum, a maximum or a sum as one; nil for what needs all its values.
  static func fold(_ a: Double, _ b: Double, _ reduction: MetricReduction) -> Double? {
    guard reduction == .min || reduction == .max || reduction == .sum else { return nil }
    if a.isNaN || b.isNaN { return a.isNaN ? b : a }
    return reduction == .sum ? a + b : reduction == .min ? Swift.min(a, b) : Swift.max(a, b)
  }

  /// Each percentile under its number, nil for each without values.
  /// - Source: RLlib, `percentiles.py::compute_percentiles`: at the index `p / 100 * (n - 1)`, linear between neighbours.
  func percentiles(_ percentiles: [Double]) -> StateMap {
    var map = StateMap()
    guard case .numbers(let numbers) = self else { return map }
    let sorted = numbers.sorted()
    for percentile in percentiles {
      let key = StateKey(Int(exactly: percentile).map { "\($0)" } ?? "\(percentile)")
      map[key] = Self.percentile(percentile, of: sorted).map(StateValue.double) ?? StateValue.nil
    }
    return map
  }

  private static func percentile(_ percentile: Double, of sorted: [Double]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let index = percentile / 100 * Double(sorted.count - 1)
    let lower = min(Int(index), sorted.count - 1)
    let weight = index - Double(lower)
    guard weight > 0, lower + 1 < sorted.count else { return sorted[lower] }
    return sorted[lower] * (1 - weight) + sorted[lower + 1] * weight
  }
}
