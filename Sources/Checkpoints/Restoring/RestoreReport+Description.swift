internal import FileSystems
internal import SystemPackage

extension RestoreReport: CustomStringConvertible {
  /// Whether the run goes on bit for bit: everything restored as it was saved, and no proof failed.
  public var isExact: Bool { reasonsForInexactness.isEmpty }

  /// Why the run may not go on bit for bit; empty if it does.
  public var reasonsForInexactness: [String] {
    var reasons = inexactBecause
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

  /// The report, a line a fact, in aligned columns; sections without facts are left out.
  public var description: String {
    var lines = ["restored \(checkpoint): iteration \(iteration), \(environmentSteps) environment steps"]
    lines += passedOver.map { "  passed over   \($0)" }
    lines += Self.section("restored", restored.map { ($0.component, $0.amount) })
    lines += Self.section("joined", joined.map { ($0.component, $0.explanation) })
    lines += Self.section("skipped", skipped.map { ($0, "not selected") })
    lines += Self.section("left out", omitted.map { ($0.name, $0.reason) })
    lines += Self.section("missing", missing.map { ($0, "not in the checkpoint; it begins anew") })
    lines += Self.section("extra", extra.map { ($0, "in the checkpoint; this run has no such part") })
    lines += Self.section("changed", changed.map { ($0.path, "\($0.saved) -> \($0.now)") })
    lines += Self.section("defaulted", defaulted.map { ($0.name, $0.reason) })
    lines += Self.section("lost closure", lostClosures.map { ($0, "the saved run had it; give it again") })
    lines += Self.section("proof", proofs.map { ($0.component, $0.proof.explanation) })
    lines += Self.section("warning", warnings.map { ("", $0) })
    lines += verdict
    return lines.map(printable).joined(separator: "\n")
  }

  private var verdict: [String] {
    let reasons = reasonsForInexactness
    guard let first = reasons.first else { return ["exact: the run goes on bit for bit"] }
    return ["not exact: \(first)"] + reasons.dropFirst().map { "           \($0)" }
  }

  /// Lines of a section: its word, a name, what there is to say of it.
  private static func section(_ word: String, _ entries: [(name: String, text: String)]) -> [String] {
    let width = entries.map { $0.name.count }.max() ?? 0
    return entries.map { name, text in
      let column = width == 0 ? "" : padded(name, width) + "  "
      return "  " + padded(word, 14) + column + text
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension RestoreReport.Restored {
  fileprivate var amount: String {
    steps.map { "\($0) steps, \(byteCount) bytes" } ?? "\(byteCount) bytes"
  }
}

extension RestoreReport.Joined {
  fileprivate var explanation: String {
    var text = "\(steps) steps of \(path)"
    if let iteration { text += ", iteration \(iteration)" }
    if let stepsBehind { text += ", \(stepsBehind) steps behind" }
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
