internal import BufferFiles
internal import ReplayBuffers
internal import StateTree

/// A comparison as lines of text: first whether the two differ, then schema, ring, values, episodes, counters and state.
public struct DiffTextRendering: Sendable {
  /// The most lines of one section; what follows is counted.
  public var limit: Int
  /// How words are marked.
  public var style: TextStyle

  /// A rendering.
  public init(limit: Int = 20, style: TextStyle = .plain) {
    self.limit = limit
    self.style = style
  }

  /// The text, ending with a line break.
  public func render(_ report: DiffReport) -> String {
    var lines = [verdict(report)]
    switch report.comparison {
    case .buffers(let diff): lines += render(diff)
    case .trees(let diff): lines += section("state", diff.changes.map(line))
    case .runs(let diff): lines += render(diff)
    }
    lines += section("header", report.header.map(line))
    lines += section("not compared", report.notes.map { "  ? " + TerminalText.escaped($0) })
    return lines.joined(separator: "\n") + "\n"
  }

  private func verdict(_ report: DiffReport) -> String {
    let (old, new) = (TerminalText.escaped(report.old.path), TerminalText.escaped(report.new.path))
    let verdict = style.apply(.strong, to: report.isSame ? "same" : "different")
    let what = report.old.what == report.new.what ? report.old.what : "\(report.old.what); \(report.new.what)"
    return "\(verdict): \(old) and \(new) " + style.apply(.secondary, to: "(\(TerminalText.escaped(what)))")
  }

  func render(_ diff: BufferDiff) -> [String] {
    guard !diff.isSame else { return ["  " + ringLine("steps", diff.ring.steps)] }
    var lines = section("schema", diff.schema.map(line))
    lines += ring(diff) + values(diff)
    lines += section("episodes that ended otherwise", diff.episodes.map(line))
    lines += section("priorities", diff.priorities.map { [line($0, at: diff.worstPriority)] } ?? [])
    let bookkeeping = foldedBookkeeping(diff)
    let state = diff.state.filter { bookkeeping.isEmpty || !$0.isBookkeeping }
    lines += section("counters", state.filter(\.isCounter).map(line))
    let others = state.filter { !$0.isCounter }
    guard !others.isEmpty || !bookkeeping.isEmpty else { return lines }
    return lines + (others.isEmpty ? [style.apply(.strong, to: "state")] : section("state", others.map(line))) + bookkeeping
  }

  /// Of rows that do not lie alike nothing is known.
  private func ring(_ diff: BufferDiff) -> [String] {
    if diff.schema.contains(where: { if case .layout = $0 { true } else { false } }) { return [] }
    let ring = diff.ring
    var lines = [style.apply(.strong, to: "ring"), "  " + ringLine("steps", ring.steps)]
    if let episodes = ring.episodes { lines.append("  " + ringLine("episodes", episodes)) }
    if ring.renumbered > 0 {
      lines.append("  ~ \(NumberText.count(ring.renumbered)) kept steps have other numbers: added in another order, or counted otherwise")
    }
    return lines
  }

  private func values(_ diff: BufferDiff) -> [String] {
    guard diff.columns.isEmpty else { return section("values that differ in kept steps", diff.columns.map(line)) }
    let kept = diff.ring.steps.kept
    guard kept > 0 else { return [] }
    // Values of two types are not compared, so that nothing can be said of them.
    let retyped = diff.schema.contains { if case .changed = $0 { true } else { false } }
    let verdict = "none of the \(NumberText.count(kept)) kept steps differs\(retyped ? " in columns of one type" : "")"
    return [style.apply(.strong, to: "values"), "  " + verdict]
  }

  /// What RLlib keeps for itself changes whenever its buffer does: one line, unless nothing else differs.
  private func foldedBookkeeping(_ diff: BufferDiff) -> [String] {
    let own = diff.state.filter(\.isBookkeeping)
    let differsElsewhere = own.count < diff.state.count || !diff.schema.isEmpty || !diff.ring.isSame
      || !diff.columns.isEmpty || !diff.episodes.isEmpty || diff.priorities != nil
    guard !own.isEmpty, differsElsewhere else { return [] }
    let names = own.prefix(4).map { TerminalText.escaped(String($0.path.dropFirst("rllib/".count))) }
    let more = own.count > 4 ? ", ..." : ""
    let places = own.count == 1 ? "1 place" : "\(NumberText.count(own.count)) places"
    return ["  ~ RLlib's own bookkeeping differs too: \(places) (\(names.joined(separator: ", "))\(more)); --json lists them"]
  }

  func section(_ title: String, _ lines: [String]) -> [String] {
    guard !lines.isEmpty else { return [] }
    let rest = lines.count - limit
    return [style.apply(.strong, to: title)] + lines.prefix(limit) + (rest > 0 ? ["  ... \(NumberText.count(rest)) more"] : [])
  }

  private func ringLine(_ name: String, _ count: RingChange.Count) -> String {
    "\(name) +\(NumberText.count(count.added)) new  -\(NumberText.count(count.evicted)) evicted  "
      + "=\(NumberText.count(count.kept)) kept"
  }

  private func line(_ change: BufferDiff.SchemaChange) -> String {
    switch change {
    case .kind(let old, let new): "  ~ kind: \(TerminalText.escaped(old)) -> \(TerminalText.escaped(new))"
    case .layout(let old, let new): "  ~ layout: \(old.rawValue) -> \(new.rawValue); rows cannot be compared"
    case .added(let column): "  + \(describe(column))"
    case .removed(let column): "  - \(describe(column))"
    case .changed(let old, let new): "  ~ \(describe(old)) -> \(new.dataType) \(new.shape)"
    }
  }

  private func describe(_ column: ColumnSchema) -> String {
    "\(TerminalText.escaped(column.name)): \(column.dataType) \(column.shape)"
  }

  private func line(_ change: BufferDiff.ColumnChange) -> String {
    let rows = "\(NumberText.count(change.differingRows)) of \(NumberText.count(change.comparedRows)) rows"
    let distance = change.largest.map { ", largest \(NumberText.number($0))" } ?? ""
    return "  ~ \(TerminalText.escaped(change.column.name)): \(rows)\(distance) at \(describe(change.worst))"
      + "\(describe(element: change.worst.element, shape: change.column.shape)) (\(change.old) -> \(change.new))"
  }

  private func describe(_ place: BufferDiff.Place) -> String {
    let step = place.step.map { "step \($0)" }
    let episode = place.episode.map { "episode \(TerminalText.escaped($0)) t \(place.time ?? 0)" }
    let words = [step, episode].compactMap(\.self)
    return words.isEmpty ? "a row" : words.joined(separator: ", ")
  }

  /// The position of an element along each axis, nothing for a single number.
  private func describe(element: Int, shape: [Int]) -> String {
    var rest = element
    var indices: [Int] = []
    for length in shape.reversed() {
      indices.insert(rest % max(1, length), at: 0)
      rest /= max(1, length)
    }
    return indices.isEmpty ? "" : " \(indices)"
  }

  private func line(_ difference: TensorDifference, at place: BufferDiff.Place?) -> String {
    let share = "\(NumberText.count(difference.differingCount)) of \(NumberText.count(difference.count)) kept steps differ"
    return "  ~ \(share)\(distances(difference)) at \(place.map(describe) ?? "[\(difference.worst)]") "
      + "(\(difference.values.old) -> \(difference.values.new))"
  }

  func line(_ change: StateDiff.Change) -> String {
    let path = TerminalText.escaped(change.path)
    switch change.kind {
    case .added(let what): return "  + \(path): \(TerminalText.escaped(what))"
    case .removed(let what): return "  - \(path): \(TerminalText.escaped(what))"
    case .changed(let old, let new, _):
      return "  ~ \(path): \(TerminalText.escaped(old)) -> \(TerminalText.escaped(new))"
    case .tensor(let summary, let difference): return "  ~ \(path): \(summary), \(values(difference))"
    }
  }

  private func values(_ difference: TensorDifference) -> String {
    "\(NumberText.count(difference.differingCount)) of \(NumberText.count(difference.count)) differ\(distances(difference)) "
      + "at [\(difference.worst)] (\(difference.values.old) -> \(difference.values.new))"
  }

  private func distances(_ difference: TensorDifference) -> String {
    let largest = difference.largest.map { ", largest \(NumberText.number($0))" } ?? ""
    return largest + (difference.distance.map { ", L2 \(NumberText.number($0))" } ?? "")
  }
}

extension StateDiff.Change {
  /// Whether it is of what RLlib keeps for itself and rlbuf only carries along.
  fileprivate var isBookkeeping: Bool { path.hasPrefix("rllib/") }

  /// Whether it is a single value at the top.
  fileprivate var isCounter: Bool { if case .tensor = kind { false } else { !path.contains("/") } }
}
