import StateTree
import Testing

@testable import BufferFiles

@Suite struct HistogramTests {
  private static let extremes: [Double] = [
    0, -0.0, 1, -1, 1e308, -1e308, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
    -.leastNonzeroMagnitude, 1e-300, -1e-300, 0x1p53, -0x1p53, 0.1, 1e17, -3.5, 2.5e-13,
  ]

  private func numbers(_ random: inout PCG64, _ count: Int) -> [Double] {
    (0..<count).map { _ in
      switch random.integers(in: 0..<4) {
      case 0: Self.extremes[Int(random.integers(in: 0..<Int64(Self.extremes.count)))]
      case 1: random.uniform(in: -10..<10)
      case 2:
        Double(
          sign: random.next() & 1 == 0 ? .plus : .minus, exponent: Int(random.integers(in: -1040..<1023)),
          significand: 1.5)
      default: Double(random.integers(in: -5..<5))
      }
    }
  }

  @Test("the result does not depend on the order", arguments: 0..<60)
  func order(_ seed: UInt64) {
    var random = PCG64(seed: seed)
    var values = numbers(&random, 40)
    var first = Histogram()
    first.add(values)
    for _ in 0..<10 {
      random.shuffle(&values)
      var again = Histogram()
      again.add(values)
      #expect(again == first, "seed \(seed)")
    }
  }

  @Test("merging is adding all", arguments: 0..<60)
  func merging(_ seed: UInt64) {
    var random = PCG64(seed: seed)
    let values = numbers(&random, 50)
    var whole = Histogram()
    whole.add(values)
    var merged = Histogram()
    var start = 0
    while start < values.count {
      let end = min(values.count, start + Int(random.integers(in: 1..<20)))
      var part = Histogram()
      part.add(values[start..<end])
      merged.merge(part)
      start = end
    }
    merged.merge(Histogram())
    #expect(merged == whole, "seed \(seed)")
  }

  @Test("every number is in a bin, in at most 32 of the narrowest that hold all", arguments: 0..<60)
  func invariants(_ seed: UInt64) throws {
    var random = PCG64(seed: seed)
    let values = numbers(&random, 30)
    var histogram = Histogram()
    histogram.add(values)
    #expect(histogram.total == values.count)
    #expect(histogram.counts.count <= Histogram.maximumBins)
    #expect(histogram.counts.first != 0 && histogram.counts.last != 0)
    let (low, high) = (try #require(values.min()), try #require(values.max()))
    #expect(histogram.lowerBound <= low && high <= histogram.upperBound)
    #expect(
      Histogram(exponent: histogram.exponent, firstBin: histogram.firstBin, counts: histogram.counts) == histogram)
  }

  @Test("NaN and infinities are left out, both zeros are in one bin")
  func special() {
    var histogram = Histogram()
    histogram.add([.nan, .infinity, -.infinity])
    #expect(histogram == Histogram())
    histogram.add([0, -0.0])
    #expect(histogram.counts == [2])
    histogram.add(-.leastNonzeroMagnitude)
    #expect(histogram.counts == [1, 2] && histogram.firstBin == -1)
  }

  @Test("the whole range of doubles fits")
  func wholeRange() {
    var histogram = Histogram()
    histogram.add([.greatestFiniteMagnitude, -.greatestFiniteMagnitude])
    #expect(histogram.exponent == Histogram.maximumExponent)
    #expect(histogram.counts.count == 32)
  }

  @Test("parts that make no histogram are refused")
  func invalid() {
    #expect(Histogram(exponent: -41, firstBin: 0, counts: [1]) == nil)
    #expect(Histogram(exponent: 1021, firstBin: 0, counts: [1]) == nil)
    #expect(Histogram(exponent: 0, firstBin: .min, counts: [1]) == nil)
    #expect(Histogram(exponent: 0, firstBin: 0, counts: [0, 1]) == nil)
    #expect(Histogram(exponent: 0, firstBin: 0, counts: [1, 0]) == nil)
    #expect(Histogram(exponent: 0, firstBin: 0, counts: [1, -1, 1]) == nil)
    #expect(Histogram(exponent: 0, firstBin: 0, counts: Array(repeating: 1, count: 33)) == nil)
    #expect(Histogram(exponent: 0, firstBin: 0, counts: [.max, 1]) == nil)
  }
}
