import StateTree
import Testing

@testable import Training

/// Where we decide against RLlib.
@Suite struct MetricsDecisionTests {
  @Test func `an idle sum is 0 and not NaN`() throws {
    var family = Family()
    try family.a.log(3, at: "steps", reduce: .sum)
    try family.merge()
    #expect(family.report().value(at: "x/steps") == 3)
    #expect(family.report().value(at: "x/steps") == 0)
    try family.merge()
    #expect(family.report().value(at: "x/steps") == 0)
  }

  @Test func `an evaluation is not reported again an iteration later`() throws {
    var (runner, root) = (MetricsLogger(), MetricsLogger(.root))
    try runner.log(7.0, at: "episode_return_mean", reduce: .mean)
    try root.merge([runner.reduce()], under: "evaluation/env_runners")
    try root.log(1.0, at: "loss", reduce: .mean)
    var first = TrainingResult()
    root.report(into: &first, .under("evaluation"))
    root.report(into: &first, .outside("evaluation"))
    #expect(first.values == ["evaluation": ["env_runners": ["episode_return_mean": 7.0]], "loss": 1.0])
    var second = TrainingResult()
    try root.log(2.0, at: "loss", reduce: .mean)
    root.report(into: &second, .outside("evaluation"))
    #expect(second.values == ["loss": 2.0])
    try runner.log(9.0, at: "episode_return_mean", reduce: .mean)
    try root.merge([runner.reduce()], under: "evaluation/env_runners")
    root.report(into: &second, .under("evaluation"))
    #expect(second["evaluation/env_runners/episode_return_mean"] == 9)
  }

  @Test func `what is logged after a report joins the same result`() throws {
    var root = MetricsLogger(.root)
    try root.log(1.0, at: "before", reduce: .mean)
    var result = root.report()
    try root.log(5.0, at: "by/callback", reduce: .mean)
    root.report(into: &result, .changed)
    #expect(result.values == ["before": 1.0, "by": ["callback": 5.0]])
  }

  @Test func `a key with -- in it survives saving and merging`() throws {
    var logger = MetricsLogger()
    try logger.log(1.0, at: "a--b/c--d", reduce: .mean)
    var restored = MetricsLogger()
    try restored.restore(from: logger.state)
    #expect(restored.keys == ["a--b/c--d"])
    var root = MetricsLogger(.root)
    try root.merge([ReducedMetrics(restored.reduce().state)])
    #expect(root.report().values == ["a--b": ["c--d": 1.0]])
  }

  @Test func `a window goes on from iteration to iteration if it is told to`() throws {
    var family = Family()
    for value in [1.0, 2, 3] { try family.a.log(value, at: "a", window: 3, clearOnReduce: false) }
    try family.merge()
    #expect(family.report()["x/a"] == 2)
    try family.a.log(7.0, at: "a")
    try family.merge()
    #expect(family.report()["x/a"] == 4)
    try family.merge()
    #expect(family.report()["x/a"] == 4, "no episode in this iteration, and still a mean")
  }

  @Test func `integers stay integers where nothing is averaged`() throws {
    var family = Family()
    for (key, reduction) in [("sum", .sum), ("life", .lifetimeSum), ("max", .max)] as [(String, MetricReduction)] {
      try family.a.log(3, at: key, reduce: reduction)
      try family.b.log(4, at: key, reduce: reduction)
    }
    try family.a.log(1, at: "mixed", reduce: .sum)
    try family.b.log(1.0, at: "mixed", reduce: .sum)
    try family.merge()
    #expect(family.report().values["x"] == ["sum": 7, "life": 7, "max": 4, "mixed": 2.0])
  }

  @Test func `a series of one item stays a list, one of none is empty`() throws {
    var logger = MetricsLogger()
    try logger.log("a", at: "s", reduce: .itemSeries)
    #expect(logger.report().value(at: "s") == ["a"])
    #expect(try logger.peek("s") == [])
  }

  @Test func `an idle runner does not take the item of another away`() throws {
    var family = Family()
    try family.a.log("a", at: "i", reduce: .item)
    try family.b.log("b", at: "i", reduce: .item)
    _ = family.b.reduce()
    try family.merge()
    #expect(try family.root.peek("x/i") == "a")
    try family.merge()
    #expect(try family.root.peek("x/i") == "a")
    #expect(family.report().value(at: "x/i") == "a")
    #expect(family.report().value(at: "x/i") == StateValue.nil)
  }

  @Test func `a later call that says nothing goes on, one that says something else is refused`() throws {
    var logger = MetricsLogger()
    try logger.log(1, at: "a", reduce: .sum)
    try logger.log(2, at: "a")
    #expect(throws: MetricsError.otherOption(key: "a", option: "reduce", has: "sum", given: "max")) {
      try logger.log(9, at: "a", reduce: .max)
    }
    #expect(try logger.peek("a") == 3)
    try logger.log(1.0, at: "w", window: 2)
    #expect(throws: MetricsError.otherOption(key: "w", option: "window", has: "2", given: "3")) {
      try logger.log(9.0, at: "w", window: 3)
    }
  }

  @Test func `the result does not depend on which runner answered first`() throws {
    var results: [TrainingResult] = []
    for answered in [[0, 1, 2], [2, 0, 1]] {
      var runners = (0..<3).map { _ in MetricsLogger() }
      var handedOver: [Int: ReducedMetrics] = [:]
      for index in answered {
        try runners[index].log([0.1, 0.2, 0.7][index], at: "r", reduce: .mean)
        try runners[index].log(index, at: "i", reduce: .itemSeries)
        handedOver[index] = runners[index].reduce()
      }
      var root = MetricsLogger(.root)
      try root.merge(handedOver.sorted { $0.key < $1.key }.map(\.value))
      results.append(root.report())
    }
    #expect(results[0] == results[1])
    #expect(results[0].value(at: "i") == [0, 1, 2])
  }
}
