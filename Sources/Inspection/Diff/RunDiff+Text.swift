internal import BufferFiles
internal import StateTree

extension DiffTextRendering {
  /// What differs between two checkpoints: settings, results, then component after component.
  func render(_ diff: RunDiff) -> [String] {
    guard !diff.isSame else { return same(diff) }
    var lines = section("run", diff.run.map(line))
    lines += section("configuration", diff.configuration.map(line))
    let compared = diff.comparedResults.map { " (of \(NumberText.count($0, "iteration")) that both have)" } ?? ""
    lines += section("results\(compared)", diff.results.map(line))
    for component in diff.components where !component.isSame { lines += render(component) }
    lines += section("provenance", diff.provenance.map(line))
    let alike = diff.components.filter(\.isSame).map { TerminalText.escaped($0.name) }
    return lines + (alike.isEmpty ? [] : [style.apply(.secondary, to: "the same: \(alike.joined(separator: ", "))")])
  }

  private func same(_ diff: RunDiff) -> [String] {
    var parts = diff.comparedResults.map { [NumberText.count($0, "result")] } ?? []
    let names = diff.components.map { TerminalText.escaped($0.name) }
    parts.append("\(NumberText.count(names.count, "component")): \(names.joined(separator: ", "))")
    return ["  " + parts.joined(separator: "; ")]
  }

  private func render(_ component: RunDiff.Component) -> [String] {
    switch component.content {
    case .state(let changes): section(TerminalText.escaped(component.name), changes.map(line))
    case .buffer(let diff):
      [style.apply(.strong, to: TerminalText.escaped(component.name))] + render(diff).map { "  " + $0 }
    }
  }
}
