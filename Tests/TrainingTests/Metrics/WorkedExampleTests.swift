import StateTree
import Testing

@testable import Training

/// The worked examples of the notes on RLlib (`RLLIB.md`, 5.3), each with RLlib's number.
@Suite struct WorkedExampleTests {
  struct Example: CustomTestStringConvertible, Sendable {
    var name: String
    var values: [StateValue]
    var options = MetricOptions()
    var peek: StateValue
    /// What is left after reducing.
    var after: StateValue

    var testDescription: String { name }
  }

  static let five: [StateValue] = [1, 2, 3, 4, 5]
  static let ten: [StateValue] = (1...10).map { .int($0) }
  static let nan = StateValue.double(.nan)

  static let examples: [Example] = [
    Example(name: "default", values: five, peek: 1.0990049900000002, after: 1.0990049900000002),
    Example(
      name: "ema .5", values: five, options: .init(reduce: .ema, emaCoefficient: 0.5), peek: 4.0625, after: 4.0625),
    Example(
      name: "ema .5 with NaN", values: [1, nan, 3], options: .init(reduce: .ema, emaCoefficient: 0.5), peek: 2, after: 2
    ),
    Example(name: "window", values: five, options: .init(window: 3), peek: 4, after: nan),
    Example(name: "mean", values: five, options: .init(reduce: .mean), peek: 3, after: nan),
    Example(name: "min", values: [3, 1, 2], options: .init(reduce: .min), peek: 1, after: nan),
    Example(name: "max", values: [3, 1, 2], options: .init(reduce: .max), peek: 3, after: nan),
    Example(name: "sum", values: [3, 1, 2], options: .init(reduce: .sum), peek: 6, after: 0),
    Example(name: "min window", values: [3, 1, 2, 10], options: .init(reduce: .min, window: 2), peek: 2, after: nan),
    Example(name: "max window", values: [3, 1, 2, 10], options: .init(reduce: .max, window: 2), peek: 10, after: nan),
    Example(name: "sum window", values: [3, 1, 2, 10], options: .init(reduce: .sum, window: 2), peek: 12, after: 0),
    Example(name: "lifetime sum", values: [3, 1, 2], options: .init(reduce: .lifetimeSum), peek: 6, after: 0),
    Example(
      name: "percentiles", values: ten, options: .init(reduce: .percentiles),
      peek: ["0": 1, "50": 5.5, "75": 7.75, "90": 9.1, "95": 9.55, "99": 9.91, "100": 10],
      after: ["0": nil, "50": nil, "75": nil, "90": nil, "95": nil, "99": nil, "100": nil]),
    Example(
      name: "percentiles window", values: ten,
      options: .init(reduce: .percentiles, window: 4, percentiles: [0, 25, 50, 100]),
      peek: ["0": 7, "25": 7.75, "50": 8.5, "100": 10], after: ["0": nil, "25": nil, "50": nil, "100": nil]),
    Example(name: "item", values: ["a", "b"], options: .init(reduce: .item), peek: "b", after: nil),
    Example(
      name: "series", values: ["a", "b", "c"], options: .init(reduce: .itemSeries), peek: ["a", "b", "c"], after: []),
    Example(
      name: "series window", values: ["a", "b", "c", "d"], options: .init(reduce: .itemSeries, window: 2),
      peek: ["c", "d"], after: []),
    Example(name: "mean of NaN and 2", values: [nan, 2], options: .init(window: 5), peek: 2, after: nan),
    Example(name: "min of 2 and NaN", values: [2, nan], options: .init(reduce: .min), peek: 2, after: nan),
    Example(name: "sum of NaN", values: [nan], options: .init(reduce: .sum), peek: nan, after: 0),
    Example(name: "sum of NaN and 2", values: [nan, 2], options: .init(reduce: .sum), peek: 2, after: 0),
  ]

  private func expect(_ found: StateValue, _ expected: StateValue) {
    #expect(found.isNear(expected), "\(found), expected \(expected)")
  }

  @Test(arguments: examples)
  func `a logger gives what RLlib's gives, and keeps or empties what RLlib's does`(_ example: Example) throws {
    var logger = MetricsLogger()
    for value in example.values { try logger.log(value, at: "a", example.options) }
    expect(try logger.peek("a"), example.peek)
    let reduced = logger.reduce()
    expect(try logger.peek("a"), example.after)
    #expect(try #require(reduced["a"]).isNear(example.peek))
  }

  @Test func `the root keeps a lifetime sum, a runner hands it over`() throws {
    var root = MetricsLogger(.root)
    for value in [3, 1, 2] { try root.log(value, at: "a", reduce: .lifetimeSum) }
    #expect(root.report()["a"] == 6)
    #expect(root["a"] == 6)
  }

  // MARK: Merging: A logs 1, 2, 3 and B logs 10; then A logs 4

  struct Merge: CustomTestStringConvertible, Sendable {
    var name: String
    var options: MetricOptions
    var first: StateValue
    var second: StateValue
    var afterReport: StateValue

    var testDescription: String { name }
  }

  static let merges: [Merge] = [
    Merge(name: "mean", options: .init(reduce: .mean), first: 6, second: .double(16.0 / 3), afterReport: nan),
    Merge(name: "mean window", options: .init(window: 2), first: 6.25, second: 5.5, afterReport: nan),
    Merge(name: "ema", options: .init(emaCoefficient: 0.5), first: 6.125, second: 5.125, afterReport: nan),
    Merge(name: "ema default", options: .init(), first: 5.51495, second: 4.029833666666667, afterReport: nan),
    Merge(name: "min", options: .init(reduce: .min), first: 1, second: 1, afterReport: nan),
    Merge(name: "max", options: .init(reduce: .max), first: 10, second: 10, afterReport: nan),
    Merge(name: "sum", options: .init(reduce: .sum), first: 16, second: 20, afterReport: 0),
    Merge(name: "lifetime sum", options: .init(reduce: .lifetimeSum), first: 16, second: 20, afterReport: 20),
  ]

  @Test(arguments: merges)
  func `two loggers merge as RLlib's do, an idle one between them`(_ merge: Merge) throws {
    var (a, b, root) = (MetricsLogger(), MetricsLogger(), MetricsLogger(.root))
    for value in [1, 2, 3] as [StateValue] { try a.log(value, at: "a", merge.options) }
    try b.log(10, at: "a", merge.options)
    try root.merge([a.reduce(), b.reduce()])
    expect(try root.peek("a"), merge.first)
    try a.log(4, at: "a", merge.options)
    try root.merge([a.reduce()])
    expect(try root.peek("a"), merge.second)
    _ = root.report()
    expect(try root.peek("a"), merge.afterReport)
  }

  @Test func `percentiles are merged from all values, series one behind the other`() throws {
    var family = Family()
    for value in [1.0, 2, 3] { try family.a.log(value, at: "p", reduce: .percentiles, percentiles: [0, 50, 100]) }
    for value in [10.0, 20] { try family.b.log(value, at: "p", reduce: .percentiles, percentiles: [0, 50, 100]) }
    try family.a.log("a", at: "s", reduce: .itemSeries)
    try family.b.log("b", at: "s", reduce: .itemSeries)
    try family.merge()
    #expect(try family.root.peek("x/p") == ["0": 1.0, "50": 3.0, "100": 20.0])
    #expect(try family.root.peek("x/s") == ["a", "b"])
  }

  @Test func `a dictionary is averaged without a window unless told otherwise`() throws {
    var logger = MetricsLogger()
    for value in 1...5 { try logger.log(["a": .int(Int64(value)), "in": ["b": 2]], at: "x") }
    #expect(logger.peek() == ["x": ["a": 3.0, "in": ["b": 2.0]]])
    try logger.log(["c": 3], reduce: .sum)
    #expect(try logger.peek("c") == 3)
  }
}
