internal import ReplayBuffers
internal import StateTree

extension TextRendering {
  /// How many values of a state are listed before they are folded.
  private static let stateLimit = 16
  /// How many elements of one row of a column are shown one by one.
  private static let fewElements = 8

  func add(_ report: StateReport, to page: inout TextPage) {
    let version = if case .bufferFile(let version) = report.file.format { " \(version)" } else { "" }
    add(report.file, title: "state without rows, rlbuf file, format\(version)", to: &page)
    if !report.counters.isEmpty {
      page.heading("counters")
      page.facts(Self.named(report.counters))
    }
    add(report.state, to: &page)
  }

  /// The values of a state, those that are counters left out unless everything is asked for.
  func add(_ state: StateListing, of name: String? = nil, to page: inout TextPage) {
    let entries =
      detail == .complete ? state.entries : state.entries.filter { $0.path.keys.count > 1 || $0.byteCount > 9 }
    guard !entries.isEmpty || state.count > state.entries.count else { return }
    page.heading("state\(name.map { " of \($0)" } ?? ""): \(NumberText.count(state.count, "value"))")
    let shown = shown(entries.count, of: Self.stateLimit)
    var table = TextTable([
      .init(title: "path", minimumWidth: 20), .init(title: "value", minimumWidth: 12),
      .init(title: "bytes", alignment: .right),
    ])
    for entry in entries.prefix(shown) {
      table.append([entry.path.description, entry.description, NumberText.count(entry.byteCount)])
    }
    page.table(table)
    // The scalars at the top are counters, shown above.
    let hidden = entries.count - shown + state.count - state.entries.count
    if hidden > 0 { page.paragraph("… \(NumberText.count(hidden)) more: --state lists them all", .secondary) }
  }
}

extension TextRendering {
  func add(_ sample: RowSample, to page: inout TextPage) {
    page.heading(Self.title(sample.selection), remark: NumberText.count(sample.found, "row"))
    guard sample.count > 0 else { return }
    var table = TextTable(
      [.init(title: "step", alignment: .right)]
        + sample.columns.enumerated().map { index, column in
          .init(title: TerminalText.escaped(column.name), alignment: .right, minimumWidth: 12, dispensability: index)
        })
    let cells = zip(sample.columns, sample.values).map { column, tensor in
      let cells = Self.cells(tensor)
      return cells.indices.map { sample.steps[$0] < 0 && !column.holdsObservations ? "" : cells[$0] }
    }
    for row in 0..<sample.count {
      let step = sample.steps[row] >= 0 ? NumberText.count(sample.steps[row]) : "end"
      table.append([step] + cells.map { $0[row] })
    }
    page.table(table, omission: "ask for them by name, or for more width")
    if sample.found > sample.count {
      page.paragraph(
        "… \(NumberText.count(sample.found - sample.count)) more rows: ask for fewer at a time", .secondary)
    }
  }

  private static func title(_ selection: RowSample.Selection) -> String {
    switch selection {
    case .first: return "first rows"
    case .last: return "last rows"
    case .steps(let steps):
      return "steps \(NumberText.count(steps.lowerBound)) to \(NumberText.count(steps.upperBound - 1))"
    case .episode(let episode, let index):
      let end = episode.isTerminated ? "terminated" : episode.isTruncated ? "truncated" : "open"
      let start = episode.startTime > 0 ? ", stored from its step \(NumberText.count(episode.startTime)) on" : ""
      return
        "episode \(NumberText.count(index)), \(episode.id), \(NumberText.count(episode.length, "step")), \(end)\(start)"
    }
  }

  /// The elements of each row, below each other, or of many what they are like.
  private static func cells(_ tensor: Tensor) -> [String] {
    let perRow = tensor.shape.dropFirst().reduce(1, *)
    guard perRow <= fewElements else { return (0..<tensor.rowCount).map { range(tensor.rows($0..<$0 + 1)) } }
    let texts: [String]
    if let integers = tensor.integers() {
      texts = integers.map { NumberText.count($0) }
    } else if let values = tensor.doubles() {
      texts = values.map { NumberText.number($0, digits: 4) }
    } else {
      return (0..<tensor.rowCount).map { _ in NumberText.count(tensor.rowBytes, "byte") }
    }
    if tensor.shape.count == 1 { return texts }
    let width = texts.reduce(0) { max($0, TerminalText.width($1)) }
    return (0..<tensor.rowCount).map { row in
      let elements = texts[row * perRow..<(row + 1) * perRow]
      return "[" + elements.map { TerminalText.padded($0, to: width, onTheLeft: true) }.joined(separator: " ") + "]"
    }
  }

  private static func range(_ row: Tensor) -> String {
    guard let values = row.doubles() else { return NumberText.count(row.bytes.count, "byte") }
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return "no finite number" }
    return "\(NumberText.number(low, digits: 4)) … \(NumberText.number(high, digits: 4))"
  }
}
