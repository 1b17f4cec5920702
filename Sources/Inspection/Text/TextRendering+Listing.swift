internal import Checkpoints
internal import SystemPackage

extension TextRendering {
  /// What `ls` prints of some paths.
  /// - Parameter now: the moment of asking, in seconds since 1970, which ages count from.
  public func text(of listings: [RunListing], now: Int64) -> String {
    var page = TextPage(width: width, style: style)
    for listing in listings {
      if listing.runs.isEmpty {
        page.blank()
        page.title(listing.path.string)
        page.paragraph("no experiment here", .secondary)
      }
      for run in listing.runs { add(run, now: now, to: &page) }
    }
    return page.text
  }

  private func add(_ run: RunListing.Run, now: Int64, to page: inout TextPage) {
    page.blank()
    page.title(run.listing.path.string)
    page.paragraph(Self.summary(run))
    addCheckpoints(run.listing.checkpoints, now: now, to: &page)
    addDumps(run.listing.dumps, now: now, to: &page)
    addRest(run.listing, to: &page)
  }

  /// The experiment in a line: `running, 2 checkpoints, 2 dumps, 3.1 MB on disk`.
  static func summary(_ run: RunListing.Run) -> String {
    let listing = run.listing
    var parts = run.isRunning ? ["running"] : []
    parts.append(NumberText.count(listing.checkpoints.count, "checkpoint"))
    parts.append(NumberText.count(listing.dumps.count, "dump"))
    parts.append("\(NumberText.bytes(run.byteCount)) on disk")
    return parts.joined(separator: ", ")
  }

  /// The checkpoints as a table, and why those that are not complete are not.
  func addCheckpoints(
    _ checkpoints: [ExperimentListing.CheckpointEntry], now: Int64?, limit: Int? = nil, to page: inout TextPage
  ) {
    guard !checkpoints.isEmpty else { return }
    let listed = limit.map { shown(checkpoints.count, of: $0) } ?? checkpoints.count
    var table = TextTable(
      [
        .init(title: "checkpoint"), .init(title: "iteration", alignment: .right, dispensability: 2),
        .init(title: "steps", alignment: .right), .init(title: "return", alignment: .right),
        .init(title: "size", alignment: .right),
      ] + (now == nil ? [] : [.init(title: "age", alignment: .right)]) + [.init(title: "state")])
    for entry in checkpoints.suffix(listed) {
      table.append(Self.cells(entry, now))
    }
    page.blank()
    page.table(table, omission: "")
    for entry in checkpoints {
      if let reason = entry.incompleteBecause { page.paragraph(Self.fault(entry.path, reason), .alarming) }
    }
    addEarlier(checkpoints.count - listed, "checkpoint", to: &page)
  }

  /// The dumps as a table, and why those that cannot be read cannot.
  func addDumps(
    _ dumps: [ExperimentListing.DumpEntry], now: Int64?, limit: Int? = nil, to page: inout TextPage
  ) {
    guard !dumps.isEmpty else { return }
    let listed = limit.map { shown(dumps.count, of: $0) } ?? dumps.count
    var table = TextTable(
      [
        .init(title: "dump"), .init(title: "iteration", alignment: .right, dispensability: 2),
        .init(title: "stored steps", alignment: .right), .init(title: "size", alignment: .right),
      ] + (now == nil ? [] : [.init(title: "age", alignment: .right)]))
    for entry in dumps.suffix(listed) {
      let steps = entry.steps.map { NumberText.count($0) } ?? "unreadable"
      table.append(
        ["buffers/" + Self.name(entry.path), NumberText.count(entry.iteration), steps, NumberText.bytes(entry.byteCount)]
          + Self.age(entry.modificationSeconds, now))
    }
    page.blank()
    page.table(table, omission: "")
    for entry in dumps {
      if let reason = entry.unreadableBecause { page.paragraph(Self.fault(entry.path, reason), .alarming) }
    }
    addEarlier(dumps.count - listed, "dump", to: &page)
  }

  private static func cells(_ entry: ExperimentListing.CheckpointEntry, _ now: Int64?) -> [String] {
    let steps = entry.environmentSteps.map { NumberText.count($0) } ?? "-"
    let mean = entry.episodeReturn.map { NumberText.number($0, digits: 4) } ?? "-"
    let size = entry.byteCount.map { NumberText.bytes($0) } ?? "-"
    let state = entry.incompleteBecause == nil ? "complete" : "incomplete"
    return [name(entry.path), NumberText.count(entry.iteration), steps, mean, size] + age(entry.modificationSeconds, now)
      + [state]
  }

  private static func age(_ seconds: Int64, _ now: Int64?) -> [String] {
    now.map { [RelativeTime.text(seconds, now: $0)] } ?? []
  }

  /// What is wrong with what, naming it once.
  private static func fault(_ path: FilePath, _ reason: String) -> String {
    reason.contains(name(path)) ? reason : "\(name(path)): \(reason)"
  }

  private func addEarlier(_ count: Int, _ noun: String, to page: inout TextPage) {
    if count > 0 { page.paragraph("… \(NumberText.count(count, "earlier \(noun)")): \"rlbuf ls\" lists them all", .secondary) }
  }

  /// What was moved aside and what is none of an experiment's.
  func addRest(_ listing: ExperimentListing, to page: inout TextPage) {
    var notes: [String] = []
    if !listing.superseded.isEmpty {
      let names = listing.superseded.prefix(3).map(Self.name).joined(separator: ", ")
      notes.append("moved aside by a restore: \(names)\(listing.superseded.count > 3 ? ", …" : "")")
    }
    if listing.otherNames > 0 { notes.append("\(NumberText.count(listing.otherNames, "other name")) ignored") }
    guard !notes.isEmpty else { return }
    page.blank()
    for note in notes { page.paragraph(note, .secondary) }
  }

  private static func name(_ path: FilePath) -> String { path.lastComponent?.string ?? path.string }
}
