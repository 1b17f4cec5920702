import FileSystems
import StateTree
import SystemPackage
import Testing

@testable import Training

/// `Fixtures/rllib-2.60.0/metrics.json`: what RLlib gave for random sequences; made by `tools/fixtures/rllib_metrics.py`.
@Suite struct RLlibSequenceTests {
  static let cases: [StateValue] = {
    let path = repository.pushing("Fixtures/rllib-2.60.0/metrics.json")
    guard let bytes = try? POSIXFileSystem().readAll(path, limit: 1 << 24),
      case .array(let cases)? = try? JSONText.parse(String(decoding: bytes, as: UTF8.self))
    else { return [] }
    return cases
  }()

  @Test func `the fixture has sequences of every reduction`() {
    let names = Set(Self.cases.compactMap { $0["options"]?["reduce"] })
    #expect(Self.cases.count == 57)
    #expect(names == Set(MetricReduction.allCases.map { .string($0.rawValue) }))
  }

  @Test(arguments: cases.indices)
  func `every step of a random sequence gives what RLlib gave`(_ index: Int) throws {
    let options = try Self.options(try #require(Self.cases[index]["options"]))
    guard case .array(let steps)? = Self.cases[index]["steps"] else { throw StateTreeError.missingKey(path: "steps") }
    var below = [MetricsLogger(), MetricsLogger()]
    var root = MetricsLogger(.root)
    var compared = 0
    func expect(_ found: StateValue, _ recorded: StateValue, _ number: Int) {
      let expected = Self.ours(recorded, options)
      #expect(found.isNear(expected), "step \(number): \(found), expected \(expected)")
      compared += 1
    }
    for (number, step) in steps.enumerated() {
      guard case .array(let step) = step else { continue }
      switch (step[0], step.dropFirst().first) {
      case ("log", .int(let logger)):
        try below[Int(logger)].log(step[2] == .nil ? .double(.nan) : step[2], at: "a", options)
      case ("peek", .int(let logger)): expect(try below[Int(logger)].peek("a"), step[2], number)
      case ("merge", .array(let loggers)):
        let reduced = loggers.compactMap { $0.metricNumber.map { below[Int($0.value)].reduce() } }
        try root.merge(reduced, under: "x")
        expect(try root.peek("x/a"), step[2], number)
        if options.reduction != .item { expect(try root.peekLatestMerge("x/a"), step[3], number) }
      case ("report", let expected?): expect(root.report().value(at: "x/a") ?? "missing", expected, number)
      default: Issue.record("step \(number) is unknown")
      }
      try root.checkInvariants()
    }
    #expect(compared > 5)
  }

  /// Where we decide otherwise: a sum of nothing is 0 and a series of nothing is empty, where RLlib says NaN.
  private static func ours(_ recorded: StateValue, _ options: MetricOptions) -> StateValue {
    switch options.reduction ?? .ema {
    case .sum where recorded == .nil: 0
    case .itemSeries where recorded == .nil: []
    case .mean, .ema, .min, .max: recorded == .nil ? .double(.nan) : recorded
    default: recorded
    }
  }

  private static func options(_ value: StateValue) throws -> MetricOptions {
    let reader = try StateReader(value)
    var options = MetricOptions()
    options.reduce = try reader.map["reduce"] == nil ? nil : MetricReduction(rawValue: reader.string("reduce"))
    options.window = reader.map["window"]?.metricNumber.map { Int($0.value) }
    options.emaCoefficient = reader.map["ema_coeff"]?.metricNumber?.value
    if case .bool(let clears)? = reader.map["clear_on_reduce"] { options.clearOnReduce = clears }
    if case .array(let list)? = reader.map["percentiles"] {
      options.percentiles = list.compactMap { $0.metricNumber?.value }
    }
    return options
  }
}
