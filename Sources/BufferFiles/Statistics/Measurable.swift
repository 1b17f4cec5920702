internal import StateTree

/// An element type with an order, of which statistics can be made.
protocol Measurable: TensorScalar, Comparable {
  /// The number as a double; 64-bit integers beyond 2^53 round.
  var asDouble: Double { get }
  /// The number as a bound, exactly; a zero without its sign.
  var bound: ColumnStatistics.Bound { get }
}

/// An integer type.
protocol MeasurableInteger: Measurable, FixedWidthInteger {}

extension MeasurableInteger {
  var asDouble: Double { Double(self) }
  var bound: ColumnStatistics.Bound { .int(Int64(self)) }
}

extension Int8: MeasurableInteger {}
extension Int16: MeasurableInteger {}
extension Int32: MeasurableInteger {}
extension Int64: MeasurableInteger {}
extension UInt8: MeasurableInteger {}
extension UInt16: MeasurableInteger {}
extension UInt32: MeasurableInteger {}
extension UInt64: MeasurableInteger {
  var bound: ColumnStatistics.Bound { Int64(exactly: self).map(ColumnStatistics.Bound.int) ?? .unsigned(self) }
}

/// A floating-point type.
protocol MeasurableFloat: Measurable, BinaryFloatingPoint {}

extension MeasurableFloat {
  var bound: ColumnStatistics.Bound { .double(asDouble + 0) }
}

extension Float16: MeasurableFloat { var asDouble: Double { Double(self) } }
extension Float: MeasurableFloat { var asDouble: Double { Double(self) } }
extension Double: MeasurableFloat { var asDouble: Double { self } }
