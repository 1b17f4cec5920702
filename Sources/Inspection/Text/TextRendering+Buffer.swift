internal import BufferFiles
internal import ReplayBuffers
internal import StateTree

extension TextRendering {
  /// How many columns of a buffer are listed before they are folded.
  private static let columnLimit = 40

  func add(_ report: BufferReport, to page: inout TextPage) {
    add(report.file, title: title(report), to: &page)
    page.blank()
    addContents(report, to: &page)
  }

  /// What is in a buffer, whatever it lies in.
  func addContents(_ report: BufferReport, to page: inout TextPage) {
    page.facts(stock(report))
    if let episodes = report.episodes { add(episodes, to: &page) }
    add(report.columns, of: report.columnCount, to: &page)
    if let priorities = report.priorities { add(priorities, isFromRLlib: report.isFromRLlib, to: &page) }
    if !report.counters.isEmpty {
      page.heading("counters")
      page.facts(Self.named(report.counters))
    }
    add(report.state, to: &page)
    addNotUnderstood(report, to: &page)
    for sample in report.samples { add(sample, to: &page) }
  }

  private func title(_ report: BufferReport) -> String {
    let kind = Self.words(report.kind)
    return switch report.file.format {
    case .bufferFile(let version):
      "\(kind), rlbuf file, format \(version)" + (report.isFromRLlib ? ", converted from a dump of RLlib" : "")
    case .checkpoint: "\(kind) of a checkpoint"
    case .rllibDump, .messagePack: "\(kind), dumped by RLlib (MessagePack, arrays as nested lists)"
    }
  }

  /// What is stored and how it came there.
  private func stock(_ report: BufferReport) -> [(label: String, text: String)] {
    let notSaved = report.isFromRLlib ? "not saved by RLlib" : "not saved"
    var facts = [
      ("steps", Self.steps(report)), ("rows", Self.rows(report)),
      ("capacity", report.turnover.capacity.map { NumberText.count($0, "step") } ?? notSaved),
      ("turnover", Self.turnover(report.turnover)),
      // A queue draws nothing.
      ("generator", report.generator ?? (report.kind == FIFOReplayBuffer.kind ? "none" : notSaved)),
    ]
    if let spaces = report.spaces, !spaces.isEmpty {
      facts.append(("spaces", spaces.map { "\($0.name) \($0.description)" }.joined(separator: "; ")))
    }
    return facts
  }

  private static func steps(_ report: BufferReport) -> String {
    guard report.stepCount > 0 else { return "none" }
    let (first, last) = (report.steps.lowerBound, report.steps.upperBound - 1)
    var text =
      "\(NumberText.count(report.stepCount)) stored, numbers \(NumberText.count(first)) to \(NumberText.count(last))"
    let gaps = report.steps.count - report.stepCount
    if gaps > 0 { text += " with \(NumberText.count(gaps)) missing in between" }
    return text
  }

  private static func rows(_ report: BufferReport) -> String {
    let finals = report.rowCount - report.stepCount
    let split = report.layout == .episodes && finals > 0 ? " with \(NumberText.count(finals, "final observation"))" : ""
    let bytes = "\(NumberText.bytes(report.rowBytes)) as arrays"
    guard let ratio = report.ratio, ratio > 1 else { return "\(NumberText.count(report.rowCount))\(split), \(bytes)" }
    return
      "\(NumberText.count(report.rowCount))\(split), \(bytes), \(NumberText.number(ratio, digits: 3)) times the file"
  }

  private static func turnover(_ turnover: BufferReport.Turnover) -> String {
    var parts: [String] = []
    if let added = turnover.added { parts.append("\(NumberText.count(added)) added") }
    if let evicted = turnover.evictedSteps {
      let episodes = turnover.evictedEpisodes.map { " (\(NumberText.count($0, "episode")))" } ?? ""
      parts.append("\(NumberText.count(evicted)) evicted\(evicted > 0 ? episodes : "")")
    }
    if let sampled = turnover.sampled { parts.append("\(NumberText.count(sampled)) sampled") }
    return parts.isEmpty ? "not saved" : parts.joined(separator: ", ")
  }

  private func add(_ episodes: EpisodeStatistics, to page: inout TextPage) {
    let remark =
      "\(NumberText.count(episodes.terminatedCount)) terminated, "
      + "\(NumberText.count(episodes.truncatedCount)) truncated, \(NumberText.count(episodes.openCount)) open"
    page.heading("episodes: \(NumberText.count(episodes.count))", remark: remark)
    guard episodes.count > 0 else { return }
    var table = TextTable(
      [.init(title: "")] + ["min", "mean", "max", "std"].map { .init(title: $0, alignment: .right) }
        + [.init(title: "histogram", dispensability: 1)])
    for (name, statistics) in [("return", episodes.returns), ("length", episodes.lengths)] where statistics.count > 0 {
      table.append([name] + Self.moments(statistics) + [Sparkline.text(statistics.histogram)])
    }
    page.table(table)
  }

  /// Minimum, mean, maximum and deviation.
  static func moments(_ statistics: ColumnStatistics) -> [String] {
    let mean = statistics.finiteCount > 0 ? NumberText.number(statistics.mean) : "-"
    let deviation = statistics.standardDeviation.map { NumberText.number($0) } ?? "-"
    return [NumberText.bound(statistics.minimum), mean, NumberText.bound(statistics.maximum), deviation]
  }

  private func add(_ columns: [BufferReport.Column], of count: Int, to page: inout TextPage) {
    page.heading(columns.count == count ? "columns: \(count)" : "columns: \(columns.count) of \(count)")
    let hasInfinities = columns.contains { ($0.statistics?.infiniteCount ?? 0) > 0 }
    var table = TextTable(Self.columnTitles + (hasInfinities ? [.init(title: "inf", alignment: .right)] : []))
    let total = columns.reduce(0) { $0.addingOrMaximum($1.byteCount) }
    let shown = shown(columns.count, of: Self.columnLimit)
    for column in columns.prefix(shown) {
      let infinities = hasInfinities ? [column.statistics.map { NumberText.count($0.infiniteCount) } ?? "-"] : []
      table.append(Self.cells(column, total) + infinities)
    }
    page.table(table)
    if shown < columns.count {
      page.paragraph(
        "… \(NumberText.count(columns.count - shown)) more columns: ask for some by name, or for all", .secondary)
    }
  }

  private static let columnTitles: [TextTable.Column] = [
    .init(title: "name", minimumWidth: 12), .init(title: "type"), .init(title: "shape", minimumWidth: 8),
    .init(title: "min", alignment: .right), .init(title: "mean", alignment: .right, dispensability: 2),
    .init(title: "max", alignment: .right), .init(title: "std", alignment: .right, dispensability: 4),
    .init(title: "NaN", alignment: .right), .init(title: "histogram", dispensability: 1),
    .init(title: "bytes", alignment: .right, dispensability: 3),
  ]

  private static func cells(_ column: BufferReport.Column, _ total: Int) -> [String] {
    let statistics = column.statistics
    return [
      column.schema.name, column.schema.dataType.description, shape(column.schema.shape),
    ] + (statistics.map(moments) ?? ["-", "-", "-", "-"]) + [
      statistics.map { NumberText.count($0.nanCount) } ?? "-", statistics.map { Sparkline.text($0.histogram) } ?? "",
      NumberText.share(column.byteCount, of: total),
    ]
  }

  /// A shape as numpy writes it, nothing for a single number.
  static func shape(_ shape: [Int]) -> String { shape.isEmpty ? "" : "\(shape)" }

  private func add(_ priorities: BufferReport.Priorities, isFromRLlib: Bool, to page: inout TextPage) {
    page.heading("priorities: \(NumberText.count(priorities.statistics.count))", remark: "to the power of alpha")
    var table = TextTable(
      ["min", "mean", "max", "std"].map { .init(title: $0, alignment: .right) }
        + [.init(title: "NaN", alignment: .right), .init(title: "histogram", dispensability: 1)])
    let statistics = priorities.statistics
    table.append(
      Self.moments(statistics) + [NumberText.count(statistics.nanCount), Sparkline.text(statistics.histogram)])
    page.table(table)
    page.facts(Self.facts(priorities, notSaved: isFromRLlib ? "not saved by RLlib" : "not saved"))
  }

  private static func facts(
    _ priorities: BufferReport.Priorities, notSaved: String
  ) -> [(label: String, text: String)] {
    let largest = priorities.maximumPriority.map { NumberText.number($0, digits: 6) + " for new steps" }
    var facts = [
      ("max_priority", largest ?? notSaved), ("alpha", priorities.alpha.map { NumberText.number($0) } ?? notSaved),
    ]
    if let size = priorities.effectiveSampleSize {
      let count = priorities.statistics.count
      let share = NumberText.share(size / Double(count))
      facts.append(
        ("effective size", "\(NumberText.number(size, digits: 4)) of \(NumberText.count(count)) steps (\(share))"))
    }
    if let leaves = priorities.treeCapacity { facts.append(("tree", NumberText.count(leaves) + " leaves")) }
    return facts
  }

  private func addNotUnderstood(_ report: BufferReport, to page: inout TextPage) {
    guard report.notUnderstoodCount > 0 || !report.notUnderstood.isEmpty else { return }
    let count = max(report.notUnderstoodCount, report.notUnderstood.count)
    page.heading("not understood and kept as it is: \(NumberText.count(count))")
    for line in report.notUnderstood { page.paragraph(line) }
    if report.notUnderstood.isEmpty { page.paragraph("(--state names them)", .secondary) }
  }
}
