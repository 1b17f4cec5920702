public import StateTree

/// What can be logged: numbers for every reduction, anything else for `.item` and `.itemSeries`.
public protocol MetricValue: Sendable {
  /// The value as state. A truth value counts as 0 or 1 where a number is wanted.
  var metricValue: StateValue { get }
}

extension Double: MetricValue { /** A double. */ public var metricValue: StateValue { .double(self) } }
extension Float: MetricValue { /** A double. */ public var metricValue: StateValue { .double(Double(self)) } }
extension Int: MetricValue { /** An integer. */ public var metricValue: StateValue { .int(Int64(self)) } }
extension Int64: MetricValue { /** An integer. */ public var metricValue: StateValue { .int(self) } }
extension Bool: MetricValue { /** A truth value. */ public var metricValue: StateValue { .bool(self) } }
extension String: MetricValue { /** A text. */ public var metricValue: StateValue { .string(self) } }
extension Tensor: MetricValue { /** A tensor. */ public var metricValue: StateValue { .tensor(self) } }
extension StateValue: MetricValue { /** The value itself. */ public var metricValue: StateValue { self } }

extension StateValue {
  /// The number that a metric takes it for, and whether it is an integer; nil for what is no number.
  var metricNumber: (value: Double, isWhole: Bool)? {
    switch self {
    case .double(let value): (value, false)
    case .int(let value): (Double(value), true)
    case .unsigned(let value): (Double(value), true)
    case .bool(let value): (value ? 1 : 0, true)
    case .nil, .string, .bytes, .array, .map, .tensor: nil
    }
  }
}
