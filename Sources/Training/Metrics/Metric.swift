internal import StateTree

/// One metric of a logger: its settings and what it has gathered.
///
/// Where it is logged it takes values (RLlib: a leaf); where it is merged it takes what other loggers hand over, each of
/// equal weight however many values it stands for.
struct Metric: Sendable {
  /// Where its values come from.
  enum Origin: String { case logged, merged }

  var settings: MetricSettings
  let origin: Origin
  var gathered: Gathered
  /// What the last merge brought; nil before the first.
  var latest: Gathered?
  /// Whether every value was an integer, so that sums and extremes are given as integers.
  var isWhole = true
  /// Whether something was logged or merged since the last reduction.
  var isChanged = false
  /// The time of the last reduction and of the beginning, and the lifetime sum then, for throughput.
  var lastReduction: (time: Duration, total: Double)
  var beginning: (time: Duration, total: Double)

  init(_ settings: MetricSettings, _ origin: Origin, since time: Duration) {
    self.settings = settings
    self.origin = origin
    gathered = Gathered(nothingFor: settings.reduction)
    lastReduction = (time, 0)
    beginning = (time, 0)
  }

  // MARK: Values

  /// Takes a value.
  /// - Throws: `MetricsError.merged`, `.notANumber`, `.unorderedValue`.
  mutating func push(_ value: StateValue, key: String) throws(MetricsError) {
    guard origin == .logged else { throw .merged(key: key) }
    if settings.reduction.takesAnything {
      pushItem(value)
    } else {
      guard let number = value.metricNumber else {
        throw .notANumber(key: key, reduction: settings.reduction, found: value.typeName)
      }
      if settings.reduction == .percentiles, number.value.isNaN { throw .unorderedValue(key: key) }
      push(number.value)
      isWhole = isWhole && number.isWhole
    }
    isChanged = true
  }

  private mutating func push(_ number: Double) {
    switch gathered {
    case .numbers(var numbers):
      // Out of its place while it changes: an array that is referred to twice would be copied.
      gathered = .items([])
      push(number, onto: &numbers)
      gathered = .numbers(numbers)
    case .average(let average, _) where !number.isNaN:
      let weight = settings.emaCoefficient
      gathered = .average(average.isNaN ? number : weight * number + (1 - weight) * average, merged: [])
    case .total(let total) where !number.isNaN: gathered = .total(total + number)
    case .average, .total, .items: break
    }
  }

  private func push(_ number: Double, onto numbers: inout [Double]) {
    if settings.window == nil, !numbers.isEmpty, let folded = Gathered.fold(numbers[0], number, settings.reduction) {
      numbers[0] = folded
      return
    }
    numbers.append(number)
    if let window = settings.window { trim(&numbers, to: window) }
  }

  private mutating func pushItem(_ value: StateValue) {
    var items = gathered.items
    gathered = .items([])
    if settings.reduction == .item { items = [] }
    items.append(value)
    if let window = settings.window { trim(&items, to: window) }
    gathered = .items(items)
  }

  private func trim<Value>(_ values: inout [Value], to window: Int) {
    if values.count > window { values.removeFirst(values.count - window) }
  }

  // MARK: Reading

  /// What the metric comes to now.
  var value: StateValue { value(of: gathered) }

  /// What the last merge came to: what nothing comes to before the first.
  /// - Throws: `MetricsError.neverMerged` if it is logged here.
  func latestValue(key: String) throws(MetricsError) -> StateValue {
    guard origin == .merged else { throw .neverMerged(key: key) }
    return value(of: latest ?? Gathered(nothingFor: settings.reduction))
  }

  private func value(of gathered: Gathered) -> StateValue {
    switch settings.reduction {
    case .percentiles: .map(gathered.percentiles(settings.percentiles))
    case .item: gathered.items.last ?? .nil
    case .itemSeries: .array(gathered.items)
    case .mean, .ema: .double(gathered.number(settings.reduction))
    case .min, .max, .sum, .lifetimeSum: wholeIfPossible(gathered.number(settings.reduction))
    }
  }

  private func wholeIfPossible(_ number: Double) -> StateValue {
    guard isWhole, let whole = Int64(exactly: number) else { return .double(number) }
    return .int(whole)
  }

  /// What comes in a second: since the last reduction, and for a lifetime sum at the root since the beginning or restore
  /// too; NaN if no time has passed. Nil if it is not measured.
  func throughput(at now: Duration, isRoot: Bool) -> StateValue? {
    guard settings.measuresThroughput else { return nil }
    let total = gathered.number(settings.reduction)
    guard settings.reduction == .lifetimeSum else { return .double(Self.rate(total, lastReduction.time, now)) }
    var map: StateMap = [
      "throughput_since_last_reduce": .double(Self.rate(total - lastReduction.total, lastReduction.time, now))
    ]
    if isRoot {
      map["throughput_since_last_restore"] = .double(Self.rate(total - beginning.total, beginning.time, now))
    }
    return .map(map)
  }

  private static func rate(_ amount: Double, _ start: Duration, _ now: Duration) -> Double {
    now > start ? amount / (now - start).seconds : .nan
  }
}
