import ArgumentParser
import RLBuf
import SystemPackage

struct RecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Writes everything that is whole in a damaged file into a sound new one.",
    discussion: """
      rlbuf recover runs/cartpole/buffers/iteration-000004.msgpack.zst -o rescued.msgpack.zst
          Every row group that is whole, and what is left of the state. Says what is lost.
      rlbuf recover .iteration-000006.msgpack.zst.1234-0.partial -o rescued.msgpack.zst
          What a killed writer left.

      The damaged file is only read. The new one loads as a buffer: a torn episode ends with its last whole \
      observation, a ring counts on over a gap, priorities that are lost are equal. Capacity, alpha and random state, if \
      they are lost, are left out: give them when you load it. The new file is read whole before it gets its name.

      Exit codes: 0 everything came back, 3 something is lost, 1 nothing came back or it failed.
      """)

  @Argument(help: "The damaged file.", completion: .file())
  var input: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
  var output: String

  @Flag(help: "Replace the output if it is there already.")
  var force = false

  @Flag(help: "Print one JSON object (schema rlbuf.recover/1).")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing; the exit code tells.")
  var quiet = false

  func run() throws {
    try Failure.reporting {
      guard force || !OutputPath(output).exists else { throw OutputExists(path: output) }
      let interruption = Interruption(removingTemporariesBeside: FilePath(output))
      defer { interruption.end() }
      let report = try recover()
      if !quiet { try Console.write(json ? RecoveryJSONRendering().text(of: report) : text(report)) }
      guard report.isComplete else { throw ExitStatus.partial.code }
    }
  }

  private func recover() throws -> RecoveryReport {
    let bytes = Int((try? POSIXFileSystem().status(of: FilePath(input)).byteCount) ?? 0)
    var progress = ProgressLine("recovering", of: bytes)
    defer { progress.end() }
    return try BufferFile.recover(
      FilePath(input), to: FilePath(output), provenance: Provenance.now(source: input, bytes: bytes),
      options: WritingOptions(existing: force ? .replace : .refuse), progress: { progress.update($0) })
  }
}

extension RecoverCommand {
  /// The most lines of one section.
  private static let lines = 20

  /// The report, a line a fact.
  private func text(_ report: RecoveryReport) -> String {
    var lines = ["wrote \(report.output): \(contents(report)), \(NumberText.bytes(report.outputByteCount))"]
    let evidence = report.evidence == .digests ? "their digests" : "zstd's checksums alone"
    lines.append("  vouched for by \(evidence)")
    lines += Self.section("lost", report.lostRows.map(\.text))
    if report.tornStepCount > 0 {
      let steps = NumberText.count(report.tornStepCount, "step")
      lines.append("  lost  \(steps) at the ends of torn episodes: their observations are the final ones now")
    }
    lines += Self.section("lost", report.lostState.map { $0.keys.isEmpty ? "state" : "state at \($0)" })
    if report.isHeaderLost { lines.append("  lost  the header: columns and kind were made up from the rows") }
    if !report.isEndKnown { lines.append("  lost  whatever came behind what was found: nothing says how much that was") }
    lines += Self.section("state", report.repairs.map(\.description))
    lines += Self.section("damage", report.damage.map(\.text))
    lines.append(report.isComplete ? "complete: nothing is lost" : "not complete: \(report.path) had more")
    return lines.map { TerminalText.escaped($0) + "\n" }.joined()
  }

  private func contents(_ report: RecoveryReport) -> String {
    guard report.rowCount > 0 else { return "state" }
    let episodes = report.episodeCount.map { " in \(NumberText.count($0, "episode"))" } ?? ""
    return "\(NumberText.count(report.stepCount, "step"))\(episodes), \(NumberText.count(report.rowCount, "row"))"
  }

  private static func section(_ word: String, _ entries: [String]) -> [String] {
    let more = entries.count > lines ? ["  \(word)  ... \(NumberText.count(entries.count - lines)) more"] : []
    return entries.prefix(lines).map { "  \(word)  \($0)" } + more
  }
}

extension RecoveryReport.LostRows {
  /// `rows 100-199, steps 100-199 (1 row group)`.
  fileprivate var text: String {
    var text = "rows \(NumberText.count(rows.lowerBound))-\(NumberText.count(rows.upperBound - 1))"
    if let steps { text += ", steps \(NumberText.count(steps.lowerBound))-\(NumberText.count(steps.upperBound - 1))" }
    return text + (rowGroups.map { " (\(NumberText.count($0, "row group")))" } ?? "")
  }
}

extension RecoveryReport.Damage {
  /// `bytes 1048576-1052671: why`.
  fileprivate var text: String { "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1): \(reason)" }
}
