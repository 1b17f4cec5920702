import StateTree
import Testing

@testable import Training

@Suite struct MetricsStateTests {
  static let metrics: [(String, MetricOptions)] = [
    ("mean", .init(reduce: .mean)), ("window", .init(window: 5)),
    ("going on", .init(window: 5, clearOnReduce: false)), ("ema", .init(emaCoefficient: 0.3)),
    ("min", .init(reduce: .min)),
    ("max", .init(reduce: .max, window: 3)), ("sum", .init(reduce: .sum)), ("life", .init(reduce: .lifetimeSum)),
    ("percentiles", .init(reduce: .percentiles, window: 8, percentiles: [0, 33.3, 100])),
    ("series", .init(reduce: .itemSeries, window: 4)),
  ]

  /// Random logging, merging and reporting; returns every result.
  private func run(_ family: inout Family, _ generator: inout PCG64, steps: Int) throws -> [TrainingResult] {
    var results: [TrainingResult] = []
    for _ in 0..<steps {
      let (key, options) = Self.metrics[Int.random(in: 0..<Self.metrics.count, using: &generator)]
      let value = StateValue.double(Double(Int.random(in: -1000...1000, using: &generator)) / 7)
      switch Int.random(in: 0..<20, using: &generator) {
      case 0..<9: try family.a.log(value, at: key, options)
      case 9..<16: try family.b.log(value, at: key, options)
      case 16..<19: try family.merge()
      default: results.append(family.report())
      }
      for logger in [family.a, family.b, family.root] { try logger.checkInvariants() }
    }
    results.append(family.report())
    return results
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `a run that was saved and restored goes on bit for bit`(_ seed: UInt64) throws {
    var generator = PCG64(seed: seed)
    var straight = Family()
    _ = try run(&straight, &generator, steps: 150)
    var restored = Family()
    // Through bytes, as a checkpoint does.
    try restored.a.restore(from: StateValue(decoding: straight.a.state.encoded()))
    try restored.b.restore(from: StateValue(decoding: straight.b.state.encoded()))
    try restored.root.restore(from: StateValue(decoding: straight.root.state.encoded()))
    #expect(restored.root.state == straight.root.state)
    var other = generator
    let expected = try run(&straight, &generator, steps: 150)
    #expect(try run(&restored, &other, steps: 150) == expected)
    #expect(restored.root.state == straight.root.state && restored.a.state == straight.a.state)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `what a child process hands over merges as if it had stayed here`(_ seed: UInt64) throws {
    var generator = PCG64(seed: seed)
    var family = Family()
    _ = try run(&family, &generator, steps: 100)
    var (here, there) = (family.root, family.root)
    let handedOver = [family.a.reduce(), family.b.reduce()]
    let travelled = try handedOver.map { try ReducedMetrics(StateValue(decoding: $0.state.encoded())) }
    try here.merge(handedOver, under: "x")
    try there.merge(travelled, under: "x")
    #expect(here.state == there.state)
    #expect(here.report() == there.report())
  }

  @Test func `restoring replaces what was logged before`() throws {
    var (saved, logger) = (MetricsLogger(), MetricsLogger())
    try saved.log(1.0, at: "a")
    try logger.log(2.0, at: "b")
    try logger.restore(from: saved.state)
    #expect(logger.keys == ["a"])
  }

  /// States with one thing changed, and what is said of it.
  static let hostile: [(key: StateKey, value: StateValue?, message: String)] = [
    (
      "reduce", "median",
      "metrics/a/reduce is median, expected one of mean, ema, min, max, sum, lifetime_sum, percentiles, "
        + "item, item_series"
    ),
    (
      "reduce", "item",
      "the metric a has window 2, expected none with .item; it is for .mean, .min, .max, .sum, "
        + ".percentiles or .itemSeries"
    ),
    ("window", 0, "the metric a has window 0, expected 1 or more"),
    ("window", 1, "metrics/a is the metric a holds 2 values in a window of 1, expected what its settings allow"),
    (
      "window", "x",
      "metrics/a/window is string, expected an integer; the state was written by another version or another "
        + "kind of object"
    ),
    ("origin", "found", "metrics/a/origin is found, expected logged or merged"),
    ("ema_coeff", 7.0, "the metric a has emaCoefficient 7.0, expected a number above 0 and at most 1"),
    (
      "gathered", ["lifetime_sum": 1.0],
      "metrics/a/gathered/values is missing; the state was written by another version "
        + "or another kind of object"
    ),
    ("whole", nil, "metrics/a/whole is missing; the state was written by another version or another kind of object"),
  ]

  @Test(arguments: hostile.indices)
  func `a state that cannot be is refused with where, and nothing is changed`(_ index: Int) throws {
    let (key, value, message) = Self.hostile[index]
    var logger = MetricsLogger()
    for number in [1.0, 2, 3] { try logger.log(number, at: "a", window: 2) }
    let before = logger.state
    guard case .map(var metric)? = before["metrics"]?["a"] else { throw StateTreeError.missingKey(path: "a") }
    metric[key] = value
    let error = #expect(throws: (any Error).self) {
      try logger.restore(from: ["metrics": ["a": .map(metric)]])
    }
    #expect(error.map { "\($0)" }?.contains(message) == true, "\(error.map { "\($0)" } ?? "")")
    #expect(logger.state == before)
  }

  @Test func `keys that cannot be are refused in a state too`() throws {
    var logger = MetricsLogger()
    try logger.log(1.0, at: "a")
    let metric = try #require(logger.state["metrics"]?["a"])
    let accents = StateMap([(StateKey("e\u{301}"), metric), (StateKey("\u{e9}"), metric)])
    for map in [["a": metric, "a/b": metric], ["/": metric], accents] as [StateMap] {
      #expect(throws: MetricsError.self) { try logger.restore(from: ["metrics": .map(map)]) }
    }
    #expect(logger.keys == ["a"])
    #expect(throws: MetricsError.logged(key: "a")) { try ReducedMetrics(["a": metric]) }
  }
}
