internal import StateTree

extension Metric {
  /// What is handed to the logger above: of most reductions the one value, all of percentiles and series.
  var handedOver: Metric {
    var metric = Metric(settings, .merged, since: .zero)
    metric.gathered =
      switch gathered {
      case .numbers([]): gathered
      case .numbers(let numbers) where settings.reduction == .percentiles: .numbers(numbers.sorted())
      case .numbers: .numbers([gathered.number(settings.reduction)])
      case .average: .average(gathered.number(settings.reduction), merged: [])
      case .total, .items: gathered
      }
    (metric.isWhole, metric.isChanged) = (isWhole, isChanged)
    return metric
  }

  /// Begins a new cycle: what is not kept is emptied.
  ///
  /// Kept are averages where they are logged, a root's lifetime sums, and what was logged with `clearOnReduce: false`.
  mutating func beginCycle(at now: Duration, isRoot: Bool) {
    isChanged = false
    lastReduction.time = now
    switch gathered {
    case .total(let total) where isRoot: lastReduction.total = total
    case .total:
      gathered = .total(0)
      (lastReduction.total, beginning.total) = (0, 0)
    case .average(let average, _) where origin == .merged: gathered = .average(average, merged: [])
    case .numbers, .items, .average:
      if origin == .merged || settings.clears { gathered = Gathered(nothingFor: settings.reduction) }
    }
  }

  /// Checks that it can take what these hand over.
  /// - Throws: `MetricsError.logged`, `.otherOption`, `.severalItems`.
  func check(merging others: [Metric], key: String) throws(MetricsError) {
    guard origin == .merged else { throw .logged(key: key) }
    for other in others {
      var options = MetricOptions(reduce: other.settings.reduction)
      // A window limits only where it is logged; percentiles over different ones would mean nothing.
      if settings.reduction == .percentiles {
        (options.percentiles, options.window) = (other.settings.percentiles, other.settings.window)
      }
      try settings.agree(with: options, key: key)
    }
    let items = others.count { !$0.gathered.items.isEmpty }
    if settings.reduction == .item, items > 1 { throw .severalItems(key: key, count: items) }
  }

  /// Takes what others hand over, in their order.
  mutating func merge(_ others: [Metric]) {
    switch gathered {
    case .numbers(var numbers):
      gathered = .items([])
      let incoming = others.flatMap(\.numbers)
      numbers += incoming
      (gathered, latest) = (.numbers(numbers), .numbers(incoming))
    case .average(let average, let merged):
      let incoming = others.map { $0.gathered.number(.ema) }
      (gathered, latest) = (.average(average, merged: merged + incoming), .average(.nan, merged: incoming))
    case .total(let total):
      let incoming = others.reduce(0) { $0 + $1.gathered.number(.lifetimeSum) }
      (gathered, latest) = (.total(total + incoming), .total(incoming))
    case .items(let items):
      let incoming = others.flatMap(\.gathered.items)
      // An idle logger has no item, and does not take that of another away.
      let isReplaced = settings.reduction == .item && !incoming.isEmpty
      (gathered, latest) = (.items(isReplaced ? incoming : items + incoming), .items(incoming))
    }
    isWhole = isWhole && others.allSatisfy(\.isWhole)
    isChanged = isChanged || others.contains(where: \.isChanged)
  }

  /// The values of numbers; none of other kinds.
  var numbers: [Double] {
    if case .numbers(let numbers) = gathered { numbers } else { [] }
  }
}
