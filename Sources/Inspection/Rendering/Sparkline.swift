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
