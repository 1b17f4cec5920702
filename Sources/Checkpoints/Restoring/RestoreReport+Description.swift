internal import FileSystems
internal import SystemPackage

extension RestoreReport: CustomStringConvertible {
  /// Whether the run goes on bit for bit: everything restored as it was saved, and no proof failed.
  public var isExact: Bool { reasonsForInexactness.isEmpty }

  /// Why the run may not go on bit for bit; empty if it does.
  public var reasonsForInexactness: [String] {
    var reasons = inexactBecause
    reasons += lossReasons
    reasons += skipped.map { "\($0) was skipped" }
    reasons += missing.map { "\($0) is not in the checkpoint" }
    reasons += joined.filter { $0.stepsBehind != 0 }.map { "\($0.component) was joined from a dump" }
    reasons += omitted.filter { note in !joined.contains { $0.component == note.name } }
      .map { "\($0.name) was left out when saving" }
    reasons += changed.map { "\($0.path) was changed" }
    reasons += defaulted.map { "\($0.name) was not saved" }
    reasons += lostClosures.map { "the closure \($0) is gone" }
    for (component, proof) in proofs {
      if case .failed = proof { reasons.append("the proof of \(component) failed") }
    }
    return reasons
  }

  /// For each buffer that lost steps, how many.
  public var lossReasons: [String] {
    var counts: [(component: String, steps: Int)] = []
    for loss in lost where loss.stepCount > 0 {
      if let index = counts.firstIndex(where: { $0.component == loss.component }) {
        counts[index].steps += loss.stepCount
      } else {
        counts.append((loss.component, loss.stepCount))
      }
    }
    return counts.map { "\($0.component) was restored without \(Count.text($0.steps)) steps, which are lost" }
  }

  /// The report, a line a fact, in aligned columns; sections without facts are left out.
  public var description: String {
    let steps = "\(Count.text(environmentSteps)) environment steps"
    var lines = ["restored \(checkpoint): iteration \(Count.text(iteration)), \(steps)"]
    let width = sections.flatMap(\.entries).map(\.name.count).max() ?? 0
    for section in sections {
      lines += section.entries.map { entry in
        let column = entry.name.isEmpty ? "" : Self.padded(entry.name, width) + "  "
        return "  " + Self.padded(section.word, 14) + column + entry.text
      }
    }
    lines += verdict
    return lines.map(printable).joined(separator: "\n")
  }

  /// For each section its word, and names with what there is to say of them.
  private var sections: [(word: String, entries: [(name: String, text: String)])] {
    [
      ("passed over", passedOver.map { ("", "\($0)") }),
      ("restored", restored.map { ($0.component, $0.amount) }),
      ("lost", lost.map { ($0.component, $0.explanation) }),
      ("joined", joined.map { ($0.component, $0.explanation) }),
      ("skipped", skipped.map { ($0, "not selected") }),
      ("left out", omitted.map { ($0.name, $0.reason) }),
      ("missing", missing.map { ($0, "not in the checkpoint; it begins anew") }),
      ("extra", extra.map { ($0, "in the checkpoint; this run has no such part") }),
      ("changed", changed.map { ($0.path, "\($0.saved) -> \($0.now)") }),
      ("defaulted", defaulted.map { ($0.name, $0.reason) }),
      ("lost closure", lostClosures.map { ($0, "the saved run had it; give it again") }),
      ("proof", proofs.map { ($0.component, $0.proof.explanation) }), ("warning", warnings.map { ("", $0) }),
    ]
  }

  private var verdict: [String] {
    let reasons = reasonsForInexactness
    guard let first = reasons.first else { return ["exact: the run goes on bit for bit"] }
    return ["not exact: \(first)"] + reasons.dropFirst().map { "           \($0)" }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension RestoreReport.Restored {
  fileprivate var amount: String {
    let bytes = "\(Count.text(byteCount)) bytes"
    return steps.map { "\(Count.text($0)) steps, \(bytes)" } ?? bytes
  }
}

extension RestoreReport.Lost {
  fileprivate var explanation: String {
    var text = stepCount == 0 ? "no step" : stepCount == 1 ? "1 step" : "\(Count.text(stepCount)) steps"
    if stepCount > 0, let steps, !steps.isEmpty {
      let range = "\(Count.text(steps.lowerBound))-\(Count.text(steps.upperBound - 1))"
      text += steps.count == stepCount ? " \(range)" : " within \(range)"
    }
    return text + (segment.map { " of the segment \($0)" } ?? "") + ": \(reason)"
  }
}

extension RestoreReport.Joined {
  fileprivate var explanation: String {
    var text = "\(Count.text(steps)) steps of \(path)"
    if let iteration { text += ", iteration \(Count.text(iteration))" }
    if let stepsBehind { text += ", \(Count.text(stepsBehind)) steps behind" }
    return text
  }
}

extension RestoreReport.Proof {
  fileprivate var explanation: String {
    switch self {
    case .confirmed: "confirmed: its next draws are those of the saved run"
    case .failed(let saved, let now): "failed: its next draws are \(now.prefix(8)), saved were \(saved.prefix(8))"
    case .absent: "absent: there is nothing to compare"
    }
  }
}

/// Counts as people read them.
private enum Count {
  /// The digits in groups of three: `1,234,567`.
  static func text(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return count < 0 ? "-" + text : text
  }
}
