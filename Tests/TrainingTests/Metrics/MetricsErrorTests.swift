import StateTree
import Testing

@testable import Training

@Suite struct MetricsErrorTests {
  static let messages: [(MetricsError, String)] = [
    (
      .invalidKey("a//b"),
      "\"a//b\" is no key of a metric; give names with \"/\" between them, such as env_runners/episode_return_mean"
    ),
    (.unknownKey("a"), "no metric was logged at a; log it first, or read it with a default"),
    (
      .keyConflict("a/b", with: "a"),
      "a/b and a cannot both be metrics, one lies inside the other; log one of them under another key"
    ),
    (
      .invalidOption(key: "a", option: "window", found: "0", expected: "1 or more"),
      "the metric a has window 0, expected 1 or more"
    ),
    (
      .otherOption(key: "a", option: "reduce", has: "sum", given: "max"),
      "the metric a has reduce sum and was logged with max; use another key, or leave the option out to go on as before"
    ),
    (
      .notANumber(key: "a", reduction: .lifetimeSum, found: "string"),
      "the metric a was given a value of type string, and lifetime_sum takes numbers; log it with reduce: .item or .itemSeries"
    ),
    (.unorderedValue(key: "a"), "the metric a was given NaN, which has no place among percentiles; leave it out"),
    (
      .merged(key: "a"), "the metric a is merged from other loggers and cannot be logged here; log it under another key"
    ),
    (
      .logged(key: "a"), "the metric a was logged here and cannot be merged from other loggers; merge under another key"
    ),
    (
      .severalItems(key: "a", count: 2),
      "2 loggers have an item at a, which holds one; log it in one of them, or with reduce: .itemSeries"
    ),
    (.neverMerged(key: "a"), "the metric a is logged here, so there is no last merge of it; read its value"),
  ]

  @Test(arguments: messages)
  func `a message says what, where and how to go on`(_ error: MetricsError, _ message: String) {
    #expect(error.description == message)
  }

  static let invalid: [(MetricOptions, String)] = [
    (.init(reduce: .mean, window: 0), "the metric a has window 0, expected 1 or more"),
    (.init(reduce: .percentiles, window: -3), "the metric a has window -3, expected 1 or more"),
    (
      .init(reduce: .ema, window: 3),
      "the metric a has window 3, expected none with .ema; it is for .mean, .min, .max, .sum, .percentiles or .itemSeries"
    ),
    (
      .init(reduce: .lifetimeSum, window: 3),
      "the metric a has window 3, expected none with .lifetimeSum; it is for .mean, .min, .max, .sum, .percentiles or "
        + ".itemSeries"
    ),
    (
      .init(reduce: .mean, emaCoefficient: 0.5),
      "the metric a has emaCoefficient 0.5, expected none with .mean; it is for .ema"
    ),
    (.init(emaCoefficient: 0), "the metric a has emaCoefficient 0.0, expected a number above 0 and at most 1"),
    (.init(emaCoefficient: .nan), "the metric a has emaCoefficient nan, expected a number above 0 and at most 1"),
    (
      .init(reduce: .mean, percentiles: [1]),
      "the metric a has percentiles [1.0], expected none with .mean; it is for .percentiles"
    ),
    (
      .init(reduce: .percentiles, percentiles: []),
      "the metric a has percentiles [], expected at least one, each from 0 to 100"
    ),
    (
      .init(reduce: .percentiles, percentiles: [50, 101]),
      "the metric a has percentiles [50.0, 101.0], expected at least one, each from 0 to 100"
    ),
    (
      .init(reduce: .mean, withThroughput: true),
      "the metric a has withThroughput true, expected none with .mean; it is for .sum or .lifetimeSum"
    ),
    (
      .init(reduce: .lifetimeSum, clearOnReduce: true),
      "the metric a has clearOnReduce true, expected none with .lifetimeSum; .sum is emptied"
    ),
    (
      .init(reduce: .mean, clearOnReduce: false),
      "the metric a has clearOnReduce false, expected a window with it, or .lifetimeSum for a sum"
    ),
  ]

  @Test(arguments: invalid)
  func `an option that cannot be is refused and leaves no metric`(_ options: MetricOptions, _ message: String) {
    var logger = MetricsLogger()
    let error = #expect(throws: MetricsError.self) { try logger.log(1, at: "a", options) }
    #expect(error?.description == message)
    #expect(logger.keys.isEmpty)
  }

  @Test(arguments: ["", "/a", "a/", "a//b", "/"])
  func `a key with an empty part is refused`(_ key: String) {
    var logger = MetricsLogger()
    #expect(throws: MetricsError.invalidKey(key)) { try logger.log(1, at: key) }
  }

  @Test func `a key cannot be a metric and a group`() throws {
    var logger = MetricsLogger()
    try logger.log(1, at: "a/b/c")
    #expect(throws: MetricsError.keyConflict("a/b", with: "a/b/c")) { try logger.log(1, at: "a/b") }
    #expect(throws: MetricsError.keyConflict("a/b/c/d", with: "a/b/c")) { try logger.log(1, at: "a/b/c/d") }
    try logger.log(1, at: "a/bc")
    #expect(logger.keys == ["a/b/c", "a/bc"])
  }

  @Test func `values that a reduction cannot take are refused`() throws {
    var logger = MetricsLogger()
    #expect(throws: MetricsError.notANumber(key: "a", reduction: .ema, found: "string")) {
      try logger.log("x", at: "a")
    }
    #expect(throws: MetricsError.notANumber(key: "a", reduction: .mean, found: "tensor")) {
      try logger.log(Tensor(vector: [1.0]), at: "a", reduce: .mean)
    }
    try logger.log(1.0, at: "p", reduce: .percentiles)
    #expect(throws: MetricsError.unorderedValue(key: "p")) { try logger.log(Double.nan, at: "p") }
    #expect(logger.keys == ["p"])
  }

  @Test func `a dictionary with one bad value is not logged at all`() throws {
    var logger = MetricsLogger()
    try logger.log(["a": 1])
    #expect(throws: MetricsError.notANumber(key: "b", reduction: .mean, found: "string")) {
      try logger.log(["a": 5, "b": "x"])
    }
    #expect(logger.peek() == ["a": 1.0])
  }

  @Test func `reading what is not there is an error, or the default`() throws {
    var logger = MetricsLogger()
    try logger.log(1.0, at: "a/b")
    #expect(throws: MetricsError.unknownKey("a/c")) { try logger.peek("a/c") }
    #expect(throws: MetricsError.unknownKey("")) { try logger.peek("") }
    #expect(throws: MetricsError.neverMerged(key: "a/b")) { try logger.peekLatestMerge("a") }
    #expect(logger.peek("a/c", default: 7) == 7)
    #expect(try logger.peek("a") == ["b": 1.0])
    #expect(logger["a/c"] == nil && logger["a/b"] == 1)
    #expect(logger.contains("a") && !logger.contains("b"))
  }

  @Test func `what is deleted is gone, what is not there cannot be deleted`() throws {
    var logger = MetricsLogger()
    for key in ["a/b", "a/c", "ab"] { try logger.log(1, at: key) }
    try logger.delete("a")
    #expect(logger.keys == ["ab"])
    #expect(throws: MetricsError.unknownKey("a")) { try logger.delete("a") }
    logger.reset()
    #expect(logger.keys.isEmpty)
  }

  @Test func `a merge that does not fit leaves everything as it was`() throws {
    var (a, b, root) = (MetricsLogger(), MetricsLogger(), MetricsLogger(.root))
    try root.log(1.0, at: "x/own")
    try a.log(1.0, at: "aa", reduce: .mean)
    try a.log(1.0, at: "own", reduce: .mean)
    let before = root.state
    let handedOver = a.reduce()
    #expect(throws: MetricsError.logged(key: "x/own")) { try root.merge([handedOver], under: "x") }
    #expect(root.state == before)
    #expect(throws: MetricsError.keyConflict("x/own/aa", with: "x/own")) {
      try root.merge([handedOver], under: "x/own")
    }
    #expect(root.state == before)
    try b.log(1.0, at: "aa", reduce: .max)
    let others = [handedOver, b.reduce()]
    #expect(throws: MetricsError.otherOption(key: "y/aa", option: "reduce", has: "mean", given: "max")) {
      try root.merge(others, under: "y")
    }
    #expect(throws: MetricsError.invalidKey("y//aa")) { try root.merge([handedOver], under: "y/") }
    #expect(root.state == before)
  }

  @Test func `an item of two loggers, percentiles of other ranks and logging onto a merge are refused`() throws {
    var family = Family()
    try family.a.log(1, at: "i", reduce: .item)
    try family.b.log(2, at: "i", reduce: .item)
    #expect(throws: MetricsError.severalItems(key: "x/i", count: 2)) { try family.merge() }
    try family.a.log(1, at: "p", reduce: .percentiles, percentiles: [5])
    try family.b.log(2, at: "p", reduce: .percentiles, percentiles: [6])
    #expect(throws: MetricsError.otherOption(key: "x/p", option: "percentiles", has: "[5.0]", given: "[6.0]")) {
      try family.merge()
    }
    try family.a.log(1, at: "m")
    try family.root.merge([family.a.reduce(.under("m"))])
    #expect(throws: MetricsError.merged(key: "m")) { try family.root.log(1, at: "m") }
  }
}
