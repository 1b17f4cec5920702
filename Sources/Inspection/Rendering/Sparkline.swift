internal import BufferFiles

/// A histogram in one line of bars.
enum Sparkline {
  /// The most bars of a line.
  static let maximumBars = 16

  private static let bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The histogram as bars, an empty bin as the lowest and the fullest as the highest. Nothing for a histogram of
  /// nothing.
  static func text(_ histogram: Histogram) -> String {
    let counts = folded(histogram)
    guard let most = counts.max(), most > 0 else { return "" }
    return counts.map { count in
      // Whatever is there at all stands above the ground.
      bars[count == 0 ? 0 : max(1, Int((Double(count) / Double(most) * 7).rounded()))]
    }.joined()
  }

  /// A course of numbers as at most `width` bars, each the mean of its stretch, the lowest for the smallest of them. A
  /// stretch without a number leaves a gap; nothing for a course without numbers.
  static func text(course: [Double], width: Int) -> String {
    let stretches = min(course.count, max(1, width))
    let means = (0..<stretches).map { index -> Double in
      let stretch = course[course.count * index / stretches..<course.count * (index + 1) / stretches]
      let values = stretch.filter(\.isFinite)
      // Divided before it is added up, so that no sum is too large.
      return values.isEmpty ? .nan : values.reduce(0) { $0 + $1 / Double(values.count) }
    }
    let finite = means.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return "" }
    // Halved, so that the distance of the two is never too large.
    let span = high / 2 - low / 2
    return means.map { mean in
      guard mean.isFinite else { return " " }
      let height = span > 0 ? (mean / 2 - low / 2) / span : 0.5
      return bars[Int((min(1, max(0, height)) * 7).rounded())]
    }.joined()
  }

  /// The counts, neighbours put together until they fit.
  private static func folded(_ histogram: Histogram) -> [Int] {
    var (counts, first) = (histogram.counts, histogram.firstBin)
    while counts.count > maximumBars {
      // A bin of twice the width begins at an even bin, as in `Histogram` itself.
      let padded = (first.isMultiple(of: 2) ? [] : [0]) + counts
      counts = stride(from: 0, to: padded.count, by: 2).map {
        padded[$0] + ($0 + 1 < padded.count ? padded[$0 + 1] : 0)
      }
      first >>= 1
    }
    return counts
  }
}
