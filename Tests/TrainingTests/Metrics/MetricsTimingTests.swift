import StateTree
import Testing

@testable import Training

@Suite struct MetricsTimingTests {
  struct Stop: Error {}

  @Test func `times are averaged with their first value dominating, as RLlib has it`() throws {
    let hands = HandClock()
    var logger = MetricsLogger(clock: hands.clock)
    for seconds in [2, 4] {
      let given = try logger.time("timers/step") {
        hands.move(.seconds(seconds))
        return seconds
      }
      #expect(given == seconds)
    }
    #expect(try #require(logger["timers/step"]) == 0.01 * 4 + 0.99 * 2)
  }

  @Test func `several times may be measured at once, and the logger used meanwhile`() throws {
    let hands = HandClock()
    var logger = MetricsLogger(clock: hands.clock)
    let outer = logger.startTimer("outer", window: 10)
    hands.move(.seconds(1))
    let inner = logger.startTimer("inner", reduce: .sum)
    try logger.log(1, at: "meanwhile", reduce: .sum)
    hands.move(.milliseconds(500))
    try logger.stop(inner)
    try logger.stop(outer)
    #expect(logger.peek() == ["inner": 0.5, "meanwhile": 1, "outer": 1.5])
  }

  @Test func `what throws is timed too, and its error wins`() throws {
    let hands = HandClock()
    var logger = MetricsLogger(clock: hands.clock)
    #expect(throws: Stop.self) {
      try logger.time("t", reduce: .sum) {
        hands.move(.seconds(3))
        throw Stop()
      }
    }
    #expect(logger["t"] == 3)
    #expect(throws: MetricsError.self) { try logger.time("t", reduce: .max) {} }
  }

  @Test func `throughput is what came since the last report in a second`() throws {
    let hands = HandClock()
    var family = Family(clock: hands.clock)
    func log(_ steps: Int) throws {
      try family.a.log(steps, at: "steps", reduce: .sum, withThroughput: true)
      try family.b.log(steps, at: "life", reduce: .lifetimeSum, withThroughput: true)
      try family.merge()
    }
    try log(10)
    hands.move(.seconds(4))
    #expect(family.root.throughput("x/steps") == 2.5)
    var result = family.report()
    #expect(
      result.values["x"] == [
        "life": 10, "life_throughput": ["throughput_since_last_reduce": 2.5, "throughput_since_last_restore": 2.5],
        "steps": 10, "steps_throughput": 2.5,
      ])
    try log(3)
    hands.move(.seconds(1))
    result = family.report()
    #expect(result["x/steps_throughput"] == 3)
    #expect(result["x/life_throughput/throughput_since_last_reduce"] == 3)
    #expect(result["x/life_throughput/throughput_since_last_restore"] == 2.6)
    #expect(result.withoutTimes.values["x"] == ["life": 13, "steps": 3])
  }

  @Test func `throughput after a restore counts from the restore`() throws {
    let hands = HandClock()
    var root = MetricsLogger(.root, clock: hands.clock)
    try root.log(100, at: "life", reduce: .lifetimeSum, withThroughput: true)
    hands.move(.seconds(10))
    try root.restore(from: root.state)
    try root.log(6, at: "life")
    hands.move(.seconds(2))
    #expect(
      root.throughput("life") == ["throughput_since_last_reduce": 3.0, "throughput_since_last_restore": 3.0])
    #expect(root["life"] == 106)
    #expect(root.throughput("none") == nil)
  }

  @Test func `a throughput over no time is NaN`() throws {
    var root = MetricsLogger(.root, clock: HandClock().clock)
    try root.log(1, at: "a", reduce: .sum, withThroughput: true)
    #expect(root.report()["a_throughput"]?.isNaN == true)
  }
}
