/// What the items of one update add up to.
struct LossTally {
  private var errors: [Double] = []
  private var lossSum: Float = 0
  private var valueSum: Float = 0
  private var errorSum: Float = 0
  private var least = Float.infinity
  private var greatest = -Float.infinity
  private let count: Int

  init(count: Int) {
    self.count = count
    errors.reserveCapacity(count)
  }

  /// Adds an item: its value, the value less the target, and the weighted loss.
  mutating func add(_ value: Float, _ difference: Float, _ loss: Float) {
    errors.append(Double(abs(difference)))
    lossSum += loss
    valueSum += value
    errorSum += abs(difference)
    least = min(least, value)
    greatest = max(greatest, value)
  }

  var loss: Double { Double(lossSum / Float(count)) }

  func update(gradientNorm: Double) -> DQNUpdate {
    DQNUpdate(
      absoluteTDErrors: errors, loss: loss, meanValue: Double(valueSum / Float(count)), leastValue: Double(least),
      greatestValue: Double(greatest), meanTDError: Double(errorSum / Float(count)), gradientNorm: gradientNorm)
  }
}
