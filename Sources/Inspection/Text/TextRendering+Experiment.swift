internal import BufferFiles
internal import Checkpoints
internal import StateTree
internal import SystemPackage

extension TextRendering {
  /// How many checkpoints and dumps are listed before they are folded.
  private static let listLimit = 8
  /// How many results are shown of the last one.
  private static let resultKeys: [(key: String, label: String)] = [
    ("env_runners/episode_return_mean", "return"), ("env_runners/episode_return_min", "smallest return"),
    ("env_runners/episode_return_max", "largest return"), ("env_runners/episode_len_mean", "episode length"),
    ("num_env_steps_sampled_lifetime", "environment steps"),
    ("env_runners/num_episodes_lifetime", "episodes"),
  ]

  func add(_ report: ExperimentReport, to page: inout TextPage) {
    page.title(report.path.string)
    page.paragraph("experiment, " + Self.summary(report.run))
    page.blank()
    page.facts(facts(report))
    addProblems(report.problems, to: &page)
    addCourse(report.progress, to: &page)
    addCheckpoints(report.run.listing.checkpoints, now: nil, limit: Self.listLimit, to: &page)
    addDumps(report.run.listing.dumps, now: nil, limit: Self.listLimit, to: &page)
    addRest(report.run.listing, to: &page)
    if detail == .complete {
      addSettings(report.configuration, "configuration", to: &page)
      addResults(report.lastResult, to: &page)
    }
    if let newest = report.newest { addShort(newest, to: &page) }
  }

  private func facts(_ report: ExperimentReport) -> [(label: String, text: String)] {
    var facts: [(label: String, text: String)] = []
    if let run = report.newest?.manifest.runID { facts.append(("run", run)) }
    facts.append(("environment", report.environment ?? "not known"))
    facts.append(("algorithm", report.algorithm ?? "not known"))
    if let seed = report.configuration["seed"], seed != .nil { facts.append(("seed", seed.outline)) }
    let iteration = report.progress.iterations.last ?? report.newest?.manifest.iteration
    facts.append(("iterations", iteration.map { NumberText.count($0) } ?? "none yet"))
    for (key, label) in Self.resultKeys {
      if let number = report.lastResult.number(at: key) { facts.append((label, NumberText.number(number, digits: 6))) }
    }
    return facts
  }

  /// The mean return over the iterations, in a line.
  private func addCourse(_ progress: ExperimentReport.Progress, to page: inout TextPage) {
    let finite = progress.returns.filter(\.isFinite)
    guard finite.count > 1, let low = finite.min(), let high = finite.max(), let first = progress.iterations.first,
      let last = progress.iterations.last
    else { return }
    let range = "\(NumberText.number(low, digits: 4)) to \(NumberText.number(high, digits: 4))"
    page.heading(
      "mean return", remark: "iterations \(NumberText.count(first)) to \(NumberText.count(last)), \(range)")
    page.paragraph(Sparkline.text(course: progress.returns, width: min(width - 4, 60)))
  }

  /// The newest checkpoint in short: what it holds, not what is in it.
  private func addShort(_ report: RunCheckpointReport, to page: inout TextPage) {
    let name = report.path.lastComponent?.string ?? report.path.string
    page.heading("newest checkpoint: \(name)")
    var facts = Self.provenance(report.manifest.provenance).filter { $0.label == "created" }
    facts.append(("exact", Self.exactness(report.manifest)))
    let parameters = report.modules.reduce(0) { $0.addingOrMaximum($1.parameterCount) }
    if parameters > 0 {
      facts.append(("parameters", "\(NumberText.count(parameters)) in \(NumberText.count(report.modules.count, "module"))"))
    }
    for optimizer in report.optimizers {
      if let steps = optimizer.steps { facts.append(("updates", NumberText.number(steps, digits: 16))) }
    }
    for buffer in report.buffers {
      let capacity = buffer.report.turnover.capacity.map { " of \(NumberText.count($0))" } ?? ""
      facts.append((buffer.name, "\(NumberText.count(buffer.report.stepCount))\(capacity) steps, \(Self.words(buffer.report.kind))"))
    }
    for omission in report.manifest.omitted { facts.append((omission.name, "left out: \(omission.because)")) }
    if !report.episodes.isEmpty { facts.append(("under way", NumberText.count(report.episodes.count, "episode"))) }
    page.facts(facts)
    for buffer in report.buffers { for sample in buffer.report.samples { add(sample, to: &page) } }
  }
}
