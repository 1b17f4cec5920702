public import Checkpoints
internal import SystemPackage

extension TextRendering {
  /// What `prune` prints of some experiments.
  /// - Parameters:
  ///   - now: the moment of asking, in seconds since 1970, which ages count from.
  ///   - metric: the name of the result that the best were chosen by; nil if none were.
  ///   - isPlan: whether nothing was touched.
  public func text(of reports: [PruneReport], now: Int64, metric: String?, isPlan: Bool) -> String {
    var page = TextPage(width: width, style: style)
    for report in reports { add(report, now, metric, isPlan, to: &page) }
    return page.text
  }

  private func add(
    _ report: PruneReport, _ now: Int64, _ metric: String?, _ isPlan: Bool, to page: inout TextPage
  ) {
    page.blank()
    page.title(report.path.string)
    page.paragraph(Self.summary(report, isPlan))
    // The last key says it; the others would take the room of the reasons.
    let metric = metric.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    for (title, entries) in [
      ("checkpoint", report.checkpoints), ("dump", report.dumps), ("moved aside", report.superseded),
    ] where !entries.isEmpty {
      var table = TextTable(
        [.init(title: title)]
          + (metric.map { [.init(title: $0, alignment: .right, minimumWidth: 8, dispensability: 2)] } ?? [])
          + [
            .init(title: "age", alignment: .right, dispensability: 1), .init(title: "frees", alignment: .right),
            .init(title: ""), .init(title: "because", minimumWidth: 12),
          ])
      for entry in entries { table.append(Self.cells(entry, now, hasMetric: metric != nil)) }
      page.blank()
      page.table(table, omission: "")
    }
    for warning in report.warnings { page.paragraph(warning, .alarming) }
  }

  /// What goes in a line: `deleted 2 of 5, freed 3.1 MB`.
  private static func summary(_ report: PruneReport, _ isPlan: Bool) -> String {
    let going = report.entries.count(where: \.goes)
    guard going > 0 || report.unusedBytes > 0 else {
      return report.entries.isEmpty ? "nothing to delete" : "nothing to delete, \(report.entries.count) stay"
    }
    let freed = NumberText.bytes(report.freedBytes)
    return isPlan
      ? "would delete \(going) of \(report.entries.count) and free \(freed)"
      : "deleted \(going) of \(report.entries.count), freed \(freed)"
  }

  private static func cells(_ entry: PruneReport.Entry, _ now: Int64, hasMetric: Bool) -> [String] {
    let metric = hasMetric ? [entry.metric.map { NumberText.number($0, digits: 4) } ?? "-"] : []
    let reasons = entry.reasons.map(\.description).joined(separator: "; ")
    return [entry.path.lastComponent?.string ?? entry.path.string] + metric + [
      RelativeTime.text(entry.modificationSeconds, now: now), entry.goes ? NumberText.bytes(entry.freedBytes) : "-",
      entry.goes ? "goes" : "stays", reasons,
    ]
  }
}
