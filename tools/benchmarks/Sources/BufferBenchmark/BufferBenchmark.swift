/// What `tools/benchmarks/buffers.py` runs, each in a process of its own; the usage tells which.
@main
struct BufferBenchmark {
  static let usage = """
    usage: buffer-benchmark speed ROWS [FIGURE]      microseconds of sampling, updating and adding, over a full ring
           buffer-benchmark snapshot KIND ROWS       milliseconds of snapshots of a flat or prioritized ring in use
           buffer-benchmark memory KIND ROWS         bytes of a flat or prioritized ring, or of episodes, against their columns
           buffer-benchmark held ROWS                bytes more while a snapshot of a full ring is held
    """

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("speed", 2...3): try Speed.measure(rows: Int(arguments[1]) ?? 0, only: arguments.dropFirst(2).first)
    case ("snapshot", 3): try Snapshots.measure(arguments[1], rows: Int(arguments[2]) ?? 0)
    case ("memory", 3): try Memory.measure(arguments[1], rows: Int(arguments[2]) ?? 0)
    case ("held", 2): try Memory.measureHeld(rows: Int(arguments[1]) ?? 0)
    default: print(usage)
    }
  }
}

/// Prints figures as one JSON object.
func report(_ figures: [(String, Double)]) {
  print("{" + figures.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}")
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension [Double] {
  /// The value below which a share of all lies.
  func quantile(_ share: Double) -> Double { sorted()[Swift.min(count - 1, Int(Double(count) * share))] }
  var median: Double { quantile(0.5) }
}
