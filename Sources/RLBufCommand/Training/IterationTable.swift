import RLBuf

/// A line an iteration under a header, in columns that line up and only ever become wider.
struct IterationTable {
  private static let titles = ["iteration", "steps", "return", "replay", "steps/s"]

  private var widths = [9, 9, 7, 7, 7]
  private var hasHeader = false

  /// The lines of an iteration, under a header if it is the first or the columns have moved.
  mutating func lines(_ facts: IterationFacts) -> [String] {
    let cells = Self.cells(facts)
    let wider = zip(widths, cells).map { max($0, $1.count) }
    let needsHeader = !hasHeader || wider != widths
    (widths, hasHeader) = (wider, true)
    return (needsHeader ? [row(Self.titles)] : []) + [row(cells)] + leftOut(facts)
  }

  /// The line of a save, below the numbers of its iteration.
  func line(_ save: SaveFacts) -> String { indent + save.text }

  private func leftOut(_ facts: IterationFacts) -> [String] {
    [("dump", facts.dumpsLeftOut), ("checkpoint", facts.checkpointsLeftOut)].compactMap { what, count in
      count.map { "\(indent)left out \(NumberText.count($0, what)): an earlier one was still being written" }
    }
  }

  /// Behind the number of the iteration.
  private var indent: String { String(repeating: " ", count: widths[0] + 2) }

  private func row(_ cells: [String]) -> String {
    zip(widths, cells).map { String(repeating: " ", count: max(0, $0 - $1.count)) + $1 }.joined(separator: "  ")
  }

  private static func cells(_ facts: IterationFacts) -> [String] {
    [
      NumberText.count(facts.iteration), NumberText.count(facts.environmentSteps),
      facts.episodeReturnMean.map { DecimalText.fixed($0, places: 2) } ?? "-",
      facts.replaySize.map { NumberText.count($0) } ?? "-",
      facts.stepsPerSecond.map { NumberText.count(Int($0.rounded())) } ?? "-",
    ]
  }
}

/// Numbers with so many places behind the point.
enum DecimalText {
  static func fixed(_ value: Double, places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = (value.magnitude * Double(scale)).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let units = Int(scaled)
    let fraction = String(units % scale)
    let padded = String(repeating: "0", count: max(0, places - fraction.count)) + fraction
    return (value < 0 && units > 0 ? "-" : "") + NumberText.count(units / scale) + (places > 0 ? "." + padded : "")
  }
}

/// Durations as people read them.
enum DurationText {
  /// `0.4 ms`, `21 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
  static func short(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "-" }
    if seconds < 0.00995 { return DecimalText.fixed(seconds * 1000, places: 1) + " ms" }
    if seconds < 0.9995 { return DecimalText.fixed(seconds * 1000, places: 0) + " ms" }
    if seconds < 59.95 { return DecimalText.fixed(seconds, places: 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    if whole < 86_400 { return "\(whole / 3600) h \(whole / 60 % 60) min" }
    return "\(NumberText.count(whole / 86_400)) d \(whole / 3600 % 24) h"
  }
}
