import FoundationEssentials
import RLBuf

/// Who tells what a run does, on standard output.
protocol RunPrinter {
  /// Whether a bar may be shown within an iteration.
  var wantsBar: Bool { get }

  /// Tells how it begins.
  mutating func started(_ start: RunStart)
  /// Tells what was restored.
  mutating func restored(_ facts: RestoreFacts)
  /// Tells what an iteration gave.
  mutating func iteration(_ facts: IterationFacts)
  /// Tells that a dump or checkpoint is durable.
  mutating func saved(_ facts: SaveFacts)
  /// Tells how it ended.
  mutating func ended(_ end: RunEnd)
}

/// Text for people.
struct TextPrinter: RunPrinter {
  private var output = RunOutput()
  private var table = IterationTable()

  var wantsBar: Bool { true }

  mutating func started(_ start: RunStart) { output.write([start.text, ""]) }

  mutating func restored(_ facts: RestoreFacts) { output.write(facts.lines) }

  mutating func iteration(_ facts: IterationFacts) { output.write(table.lines(facts)) }

  mutating func saved(_ facts: SaveFacts) { output.write([table.line(facts)]) }

  mutating func ended(_ end: RunEnd) { output.write((end.iterations > 0 ? [""] : []) + end.lines) }
}

/// One JSON object a line for programs.
struct JSONPrinter: RunPrinter {
  private var output = RunOutput()
  private let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // What JSON has no number for.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }()

  var wantsBar: Bool { false }

  mutating func started(_ start: RunStart) { write(start) }
  mutating func restored(_ facts: RestoreFacts) { write(facts) }
  mutating func iteration(_ facts: IterationFacts) { write(facts) }
  mutating func saved(_ facts: SaveFacts) { write(facts) }
  mutating func ended(_ end: RunEnd) { write(end) }

  private mutating func write(_ event: some Encodable) {
    guard let bytes = try? encoder.encode(event) else { return }
    output.write([String(decoding: bytes, as: UTF8.self)], escaping: false)
  }
}

/// Nothing but warnings.
struct QuietPrinter: RunPrinter {
  var wantsBar: Bool { false }

  mutating func started(_ start: RunStart) {}

  mutating func restored(_ facts: RestoreFacts) {
    for warning in facts.warnings { Console.note("warning: " + TerminalText.escaped(warning)) }
  }

  mutating func iteration(_ facts: IterationFacts) {}
  mutating func saved(_ facts: SaveFacts) {}
  mutating func ended(_ end: RunEnd) {}
}

/// Standard output of a run, which goes on when nobody takes its lines any more.
struct RunOutput {
  private var isLost = false

  /// Writes lines.
  mutating func write(_ lines: [String], escaping: Bool = true) {
    guard !isLost, !lines.isEmpty else { return }
    let text = lines.map { (escaping ? TerminalText.escaped($0) : $0) + "\n" }.joined()
    do { try Console.write(text) } catch {
      isLost = true
      Console.note("warning: \(error); training goes on, and result.json has every iteration")
    }
  }
}
