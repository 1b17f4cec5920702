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

  private func render(_ diff: BufferDiff) -> [String] {
    guard !diff.isSame else { return ["  " + ringLine("steps", diff.ring.steps)] }
    var lines = section("schema", diff.schema.map(line))
    lines += [style.apply(.strong, to: "ring"), "  " + ringLine("steps", diff.ring.steps)]
    if let episodes = diff.ring.episodes { lines.append("  " + ringLine("episodes", episodes)) }
    let isUntouched = diff.columns.isEmpty && diff.ring.steps.kept > 0
    lines += isUntouched
      ? [style.apply(.strong, to: "values"), "  none of the \(NumberText.count(diff.ring.steps.kept)) kept steps differs"]
      : section("values that differ in kept steps", diff.columns.map(line))
    lines += section("episodes that ended otherwise", diff.episodes.map(line))
    if let priorities = diff.priorities { lines += [style.apply(.strong, to: "priorities"), "  ~ kept steps: \(values(priorities))"] }
    let isScalar = { (change: StateDiff.Change) in if case .tensor = change.kind { false } else { !change.path.contains("/") } }
    lines += section("counters", diff.state.filter(isScalar).map(line))
    lines += section("state", diff.state.filter { !isScalar($0) }.map(line))
    return lines
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
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
    return "  ~ \(TerminalText.escaped(change.column.name)): \(rows)\(distance) at \(describe(change.worst)) "
      + "(\(change.old) -> \(change.new))"
  }

  private func describe(_ place: BufferDiff.Place) -> String {
    let step = place.step.map { "step \($0)" }
    let episode = place.episode.map { "episode \(TerminalText.escaped($0)) t \(place.time ?? 0)" }
    let words = [step, episode].compactMap(\.self)
    return words.joined(separator: ", ") + (place.element > 0 ? " [\(place.element)]" : "")
  }

  private func line(_ change: StateDiff.Change) -> String {
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
    let share = "\(NumberText.count(difference.differingCount)) of \(NumberText.count(difference.count)) differ"
    let distance = difference.largest.map { ", largest \(NumberText.number($0))" } ?? ""
    let norm = difference.distance.map { ", L2 \(NumberText.number($0))" } ?? ""
    return "\(share)\(distance)\(norm) at [\(difference.worst)] (\(difference.values.old) -> \(difference.values.new))"
  }
}
