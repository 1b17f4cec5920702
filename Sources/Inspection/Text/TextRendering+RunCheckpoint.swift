internal import BufferFiles
internal import Checkpoints
internal import StateTree
internal import SystemPackage

extension TextRendering {
  /// How many settings and results are listed before they are folded.
  private static let settingLimit = 16
  /// How many episodes under way are listed before they are folded.
  private static let episodeLimit = 8

  func add(_ report: RunCheckpointReport, to page: inout TextPage) {
    page.title(report.path.string)
    page.paragraph(
      "checkpoint of rlbuf, iteration \(NumberText.count(report.manifest.iteration)), "
        + NumberText.count(report.manifest.environmentSteps, "environment step"))
    page.blank()
    page.facts(facts(report))
    addProblems(report.problems, to: &page)
    addComponents(report, to: &page)
    addSettings(report.manifest.configuration, "configuration", to: &page)
    addResults(report.manifest.results, to: &page)
    for module in report.modules { add(module, to: &page) }
    for optimizer in report.optimizers { add(optimizer, to: &page) }
    for buffer in report.buffers { add(buffer, to: &page) }
    addEpisodes(report.episodes, to: &page)
    addStates(report, to: &page)
  }

  /// Who saved it, whether it is exact, what it takes.
  private func facts(_ report: RunCheckpointReport) -> [(label: String, text: String)] {
    let manifest = report.manifest
    var provenance = manifest.provenance
    provenance["run_id"] = nil
    return [("run", manifest.runID)] + Self.provenance(provenance) + [
      ("exact", Self.exactness(manifest)), ("size", Self.size(report)),
      ("integrity", "SHA-256 of every file; \"rlbuf verify\" reads them all"),
    ]
  }

  /// Who saved it, when and on what; a time as people read it.
  static func provenance(_ provenance: StateMap) -> [(label: String, text: String)] {
    var facts = StateMap()
    for (key, value) in provenance {
      switch (key.string, value) {
      case ("run_id", let id): facts["run"] = id
      case ("timestamp", .int(let seconds)): facts["created"] = .string(ISO8601.text(seconds: seconds))
      case ("time_total_s", .double(let seconds)): facts["trained for"] = .string(RelativeTime.duration(seconds))
      case ("process", .int(let number)): facts[key] = .string("\(number)")
      default: facts[key] = value
      }
    }
    return named(facts)
  }

  /// Whether a restored run goes on bit for bit, or why not.
  static func exactness(_ manifest: CheckpointManifest) -> String {
    guard !manifest.isExact else { return "yes: a restored run goes on bit for bit" }
    let omitted = manifest.omitted.map { "\($0.name) was left out (\($0.because))" }
    return "no: " + (manifest.inexactBecause + omitted).joined(separator: "; ")
  }

  private static func size(_ report: RunCheckpointReport) -> String {
    var text = "\(NumberText.bytes(report.manifest.byteCount)) in \(NumberText.count(report.manifest.files.count, "file"))"
    let sharing = report.sharing
    guard sharing.segmentCount > 0 else { return text }
    text += ", \(NumberText.bytes(sharing.segmentBytes)) of it in \(NumberText.count(sharing.segmentCount, "segment"))"
    if sharing.sharedCount > 0 {
      text += ", \(NumberText.bytes(sharing.sharedBytes)) shared with other checkpoints"
    } else {
      text += " of its own"
    }
    return text
  }

  func addProblems(_ problems: [String], to page: inout TextPage) {
    guard !problems.isEmpty else { return }
    page.heading("could not be read: \(NumberText.count(problems.count))")
    for problem in problems { page.paragraph(problem, .alarming) }
  }

  private func addComponents(_ report: RunCheckpointReport, to page: inout TextPage) {
    page.heading("components: \(NumberText.count(report.components.count))")
    var table = TextTable([
      .init(title: "name", minimumWidth: 16), .init(title: "content", minimumWidth: 20),
      .init(title: "size", alignment: .right), .init(title: "proof", dispensability: 1),
    ])
    for component in report.components {
      let size = if case .omitted = component.content { "-" } else { NumberText.bytes(component.byteCount) }
      table.append([component.name, Self.words(component.content), size, component.proof.map { "\($0.prefix(12))" } ?? "-"])
    }
    page.table(table, omission: "")
  }

  private static func words(_ content: RunCheckpointReport.Component.Content) -> String {
    switch content {
    case .state(let count?): "state, \(NumberText.count(count, "value"))"
    case .state(nil): "state, unreadable"
    case .buffer(_, let steps): "replay buffer, \(NumberText.count(steps, "step"))"
    case .omitted(let reason): "left out: \(reason)"
    }
  }

  /// Settings by name, what matters most first; those that are nil are folded.
  func addSettings(_ settings: StateMap, _ title: String, to page: inout TextPage) {
    let all = settings.flattened
    guard !all.isEmpty else { return }
    let telling = all.filter { $0.value != .nil && $0.value != .map([:]) && $0.value != .array([]) }
    let ranked = telling.enumerated().sorted { (Self.rank($0.element.key), $0.offset) < (Self.rank($1.element.key), $1.offset) }
    let listed = detail == .complete ? Array(all) : ranked.map(\.element)
    let shown = shown(listed.count, of: Self.settingLimit)
    page.heading("\(title): \(NumberText.count(all.count, "setting"))")
    page.facts(listed.prefix(shown).map { ($0.key.string, Self.setting($0.value)) })
    let hidden = all.count - shown
    if hidden > 0 { page.paragraph("… \(NumberText.count(hidden)) more: --state lists them all", .secondary) }
  }

  /// What somebody wants to know of a run before anything else.
  private static let importantSettings: [StateKey] = [
    "env", "environment", "algo_class", "algorithm", "seed", "lr", "gamma", "n_step", "train_batch_size",
    "train_batch_size_per_learner", "num_envs_per_env_runner", "epsilon",
  ]

  private static func rank(_ key: StateKey) -> Int {
    importantSettings.firstIndex(of: key) ?? importantSettings.count
  }

  private static func setting(_ value: StateValue) -> String {
    switch value {
    case .string(let text): text.utf8.count <= 512 ? text : value.outline
    case .double(let number): NumberText.number(number, digits: 6)
    case .int, .unsigned, .bool, .nil: value.outline
    case .array(let elements) where elements.count <= 16: "[" + elements.map(setting).joined(separator: ", ") + "]"
    case .map(let map) where map.count <= 16:
      "{" + map.map { "\($0.key.string): \(setting($0.value))" }.joined(separator: ", ") + "}"
    default: value.outline
    }
  }

  /// The numbers of a result; times and places are folded.
  func addResults(_ results: StateMap, to page: inout TextPage) {
    let all = results.flattened
    let telling = all.filter { !RunVariation.isVolatileResult($0.key.string) && $0.value != .nil }
    let listed = detail == .complete ? Array(all) : Array(telling)
    guard !all.isEmpty else { return }
    let shown = shown(listed.count, of: Self.settingLimit)
    page.heading("results: \(NumberText.count(all.count))")
    var table = TextTable([.init(title: "", minimumWidth: 20), .init(title: "", alignment: .right)])
    for entry in listed.prefix(shown) { table.append([entry.key.string, Self.result(entry.value)]) }
    if shown > 0 { page.table(table) }
    if all.count > shown { page.paragraph("… \(NumberText.count(all.count - shown)) more: --state lists them all", .secondary) }
  }

  private static func result(_ value: StateValue) -> String {
    switch value {
    case .int(let number): NumberText.count(number)
    case .unsigned(let number): NumberText.count(number)
    case .double(let number): NumberText.number(number, digits: 6)
    default: setting(value)
    }
  }

  private func add(_ buffer: RunCheckpointReport.Buffer, to page: inout TextPage) {
    page.heading("buffer \(buffer.name)", remark: Self.words(buffer.report.kind))
    addContents(buffer.report, to: &page)
    guard buffer.leftoverRowCount > 0 else { return }
    page.paragraph(
      "statistics of columns include \(NumberText.count(buffer.leftoverRowCount, "row")) that the buffer has evicted and "
        + "its segments still hold", .secondary)
  }

  private func addEpisodes(_ episodes: [RunCheckpointReport.Episode], to page: inout TextPage) {
    guard !episodes.isEmpty else { return }
    page.heading("episodes under way: \(NumberText.count(episodes.count))")
    let shown = shown(episodes.count, of: Self.episodeLimit)
    var table = TextTable([
      .init(title: "runner", minimumWidth: 12), .init(title: "environment", minimumWidth: 12),
      .init(title: "episode", minimumWidth: 8), .init(title: "steps", alignment: .right),
      .init(title: "return", alignment: .right),
    ])
    for episode in episodes.prefix(shown) {
      table.append([
        episode.component, episode.environment ?? "-", episode.id, NumberText.count(episode.length),
        episode.totalReward.map { NumberText.number($0) } ?? "-",
      ])
    }
    page.table(table)
    if shown < episodes.count {
      page.paragraph("… \(NumberText.count(episodes.count - shown)) more: --state lists them all", .secondary)
    }
  }

  /// The states of components, if all of them were asked for.
  private func addStates(_ report: RunCheckpointReport, to page: inout TextPage) {
    guard detail == .complete else { return }
    for state in report.states { add(state.listing, of: state.name, to: &page) }
  }
}
