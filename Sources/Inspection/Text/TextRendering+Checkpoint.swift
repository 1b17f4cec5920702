internal import BufferFiles
internal import ForeignFormats
internal import StateTree
internal import SystemPackage

extension TextRendering {
  /// How many counters and metrics are listed before they are folded.
  private static let counterLimit = 12

  func add(_ report: CheckpointReport, to page: inout TextPage) {
    page.title(report.path.string)
    page.paragraph("checkpoint directory of RLlib")
    page.blank()
    page.facts(facts(report))
    if !report.problems.isEmpty {
      page.heading("could not be read: \(NumberText.count(report.problems.count))")
      for problem in report.problems { page.paragraph(problem, .alarming) }
    }
    addCounters(report, to: &page)
    for module in report.modules { add(module, to: &page) }
    for optimizer in report.optimizers { add(optimizer, to: &page) }
    addMetrics(report, to: &page)
    addFiles(report, to: &page)
    for state in report.states {
      page.heading(state.name.string)
      add(state.tree, to: &page)
    }
    addPickles(report, to: &page)
  }

  private func facts(_ report: CheckpointReport) -> [(label: String, text: String)] {
    let bytes = report.files.reduce(0) { $0 + $1.byteCount }
    var facts = [("size", "\(NumberText.bytes(bytes)) in \(NumberText.count(report.files.count, "file"))")]
    facts.append(("integrity", "none: the files carry no checksum, damage cannot be told from data"))
    if let metadata = report.metadata {
      let commit = metadata.rayCommit.map { ", commit \($0)" } ?? ""
      facts.append(("written by", "Ray \(metadata.rayVersion ?? "of unknown version")\(commit)"))
      facts.append(("layout", metadata.checkpointVersion.map { "version \($0)" } ?? "unknown"))
    } else {
      facts.append(("written by", "unknown: there is no metadata"))
    }
    if !report.modules.isEmpty {
      let count = report.modules.reduce(0) { $0 + $1.parameterCount }
      facts.append(("parameters", "\(NumberText.count(count)) in \(NumberText.count(report.modules.count, "module"))"))
    }
    if report.isPickled {
      let remedy = "RLlib's save_to_path(..., use_msgpack=True) writes state that can be shown and compared"
      facts.append(("state", "in pickles only, which are never opened; \(remedy)"))
    }
    return facts
  }

  private func addCounters(_ report: CheckpointReport, to page: inout TextPage) {
    guard !report.counters.isEmpty else { return }
    page.heading("counters: \(NumberText.count(report.counters.count))")
    let shown = shown(report.counters.count, of: Self.counterLimit)
    var table = TextTable([.init(title: "", minimumWidth: 20), .init(title: "", alignment: .right)])
    for counter in report.counters.prefix(shown) {
      let number = counter.value.asDouble.map { NumberText.number($0, digits: 16) }
      table.append([counter.name, number ?? Self.scalar(counter.value)])
    }
    page.table(table)
    addHidden(report.counters.count - shown, to: &page)
  }

  private func addHidden(_ count: Int, to page: inout TextPage) {
    if count > 0 { page.paragraph("… \(NumberText.count(count)) more: --state lists them all", .secondary) }
  }

  func add(_ module: ParameterTable, to page: inout TextPage) {
    let remark = "\(NumberText.count(module.parameterCount, "parameter")), \(NumberText.bytes(module.byteCount))"
    page.heading("module \(module.module)", remark: remark)
    var table = TextTable([
      .init(title: "parameter", minimumWidth: 16), .init(title: "type"), .init(title: "shape"),
      .init(title: "norm", alignment: .right), .init(title: "min", alignment: .right, dispensability: 1),
      .init(title: "max", alignment: .right, dispensability: 1), .init(title: "NaN", alignment: .right),
    ])
    for parameter in module.parameters {
      let (tensor, statistics) = (parameter.tensor, parameter.tensor.statistics)
      table.append([
        parameter.name, tensor.dataType.description, Self.shape(tensor.shape),
        statistics?.norm.map { NumberText.number($0) } ?? "-", NumberText.bound(statistics?.minimum),
        NumberText.bound(statistics?.maximum), statistics.map { NumberText.count($0.nanCount) } ?? "-",
      ])
    }
    page.table(table)
    if !module.others.isEmpty { page.paragraph("no tensors: " + module.others.joined(separator: ", "), .secondary) }
  }

  func add(_ optimizer: OptimizerReport, to page: inout TextPage) {
    page.heading("optimizer \(optimizer.name)", remark: optimizer.module.map { "of module \($0)" } ?? "")
    var facts: [(label: String, text: String)] = []
    if let steps = optimizer.steps { facts.append(("updates", NumberText.number(steps, digits: 16))) }
    let slots = optimizer.slots.isEmpty ? "nothing" : optimizer.slots.joined(separator: ", ")
    facts.append(
      (
        "keeps",
        "\(slots) for \(NumberText.count(optimizer.tensorCount, "tensor")), \(NumberText.bytes(optimizer.byteCount))"
      ))
    for (index, group) in optimizer.groups.enumerated() {
      let settings = group.settings.map { "\($0.name) \(Self.scalar($0.value))" }.joined(separator: ", ")
      facts.append((optimizer.groups.count == 1 ? "settings" : "group \(index)", settings))
    }
    page.facts(facts)
  }

  private func addMetrics(_ report: CheckpointReport, to page: inout TextPage) {
    guard !report.metrics.isEmpty else { return }
    var kinds: [String: Int] = [:]
    for metric in report.metrics { kinds[metric.kind, default: 0] += 1 }
    let remark = kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
    page.heading("metrics: \(NumberText.count(report.metrics.count))", remark: remark.joined(separator: ", "))
    // What training is judged by: losses, norms, returns. Sums are counters, averages over time are mostly timers.
    let telling = report.metrics.filter { $0.value != nil && ["mean", "min", "max", "percentiles"].contains($0.kind) }
    let listed = detail == .complete ? report.metrics : telling
    let shown = shown(listed.count, of: Self.counterLimit)
    var table = TextTable([
      .init(title: "name", minimumWidth: 20), .init(title: "kind"), .init(title: "latest", alignment: .right),
    ])
    for metric in listed.prefix(shown) {
      table.append([metric.name, metric.kind, metric.value.map { NumberText.number($0, digits: 6) } ?? "-"])
    }
    if shown > 0 { page.table(table) }
    addHidden(report.metrics.count - shown, to: &page)
  }

  private func addFiles(_ report: CheckpointReport, to page: inout TextPage) {
    page.heading("files: \(NumberText.count(report.files.count))")
    var table = TextTable([
      .init(title: "name", minimumWidth: 20), .init(title: "bytes", alignment: .right), .init(title: "content"),
    ])
    for file in report.files {
      table.append([file.name.string, NumberText.count(file.byteCount), file.content.words])
    }
    page.table(table)
  }

  private func addPickles(_ report: CheckpointReport, to page: inout TextPage) {
    guard !report.embeddedPickles.isEmpty else { return }
    page.heading("pickles inside of states, never opened: \(NumberText.count(report.embeddedPickles.count))")
    let shown = shown(report.embeddedPickles.count, of: Self.counterLimit)
    for path in report.embeddedPickles.prefix(shown) { page.paragraph(path, .alarming) }
    addHidden(report.embeddedPickles.count - shown, to: &page)
  }
}

extension CheckpointReport.File.Content {
  /// What the file holds, for people.
  fileprivate var words: String {
    switch self {
    case .state: "state"
    case .pickle: "pickle: never opened"
    case .metadata: "metadata"
    case .unreadable: "unreadable"
    case .other: "unknown"
    }
  }
}

extension CheckpointReport {
  /// Whether all of its state is in pickles, as RLlib writes it if not told otherwise.
  fileprivate var isPickled: Bool {
    files.contains { $0.content == .pickle } && !files.contains { [.state, .unreadable].contains($0.content) }
  }
}
