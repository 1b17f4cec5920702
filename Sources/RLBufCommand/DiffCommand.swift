import ArgumentParser
import RLBuf
import SystemPackage

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Says whether two saved buffers or states differ, and where.",
    discussion: """
      First whether they differ, then schema, ring (+new -evicted =kept, by step number; by episode for RLlib's), values \
      that differ in kept steps (largest first), counters and state. Any two kinds of files are compared: RLlib's dump \
      and its conversion are the same. Of checkpoints and experiments, which stand for their newest checkpoint, it \
      compares settings, results and component after component; with a dump it compares their replay buffer. Times, hosts and paths are left out unless asked for.

      Two numbers count as the same if their distance is at most the larger of --atol and --rtol times the larger \
      magnitude; without either, if their bits are the same.

      Exit codes: 0 same, 1 different, 2 failed.
      """)

  enum NaNChoice: String, ExpressibleByArgument, CaseIterable { case equal, different }

  @Argument(help: "The first, older file or directory.", completion: .file())
  var old: String

  @Argument(help: "The second, newer file or directory.", completion: .file())
  var new: String

  @Option(help: "The distance that is always allowed.")
  var atol = 0.0

  @Option(help: "The distance that is allowed as a fraction of the larger magnitude.")
  var rtol = 0.0

  @Option(help: "How NaN compares with NaN: equal or different.")
  var nan: NaNChoice = .equal

  @Flag(help: "Compare provenance too: times, hosts, processes, paths.")
  var provenance = false

  @Flag(name: .shortAndLong, help: "Print nothing; the exit code tells.")
  var quiet = false

  @Flag(help: "Print one JSON object (schema rlbuf.diff/1).")
  var json = false

  @Option(name: [.customShort("n"), .long], help: "The most lines of one section.")
  var limit = 20

  @Option(help: "Colours: auto, always or never.")
  var color: ColorChoice = .auto

  @OptionGroup var opening: OpeningOptions

  func validate() throws {
    guard atol >= 0, rtol >= 0, limit >= 0 else { throw ValidationError("--atol, --rtol and --limit are not negative") }
  }

  func run() throws {
    try Failure.reporting(code: 2) {
      let before = try SavedState.open(FilePath(old), limits: opening.limits)
      let after = try SavedState.open(FilePath(new), limits: opening.limits)
      let tolerance = Tolerance(absolute: atol, relative: rtol, nan: nan == .equal ? .equal : .different)
      let report = try DiffReport(
        from: before, to: after,
        options: .init(tolerance: tolerance, provenance: provenance ? .compared : .ignored))
      if !quiet { try Console.write(text(report)) }
      guard report.isSame else { throw ExitCode(1) }
    }
  }

  private func text(_ report: DiffReport) throws -> String {
    guard !json else { return try DiffJSONRendering().render(report) }
    return DiffTextRendering(limit: limit, style: color.isOn ? .colored : .plain).render(report)
  }
}
