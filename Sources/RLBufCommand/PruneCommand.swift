import ArgumentParser
import FoundationEssentials
import RLBuf
import SystemPackage

struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Deletes checkpoints and dumps that nothing keeps, and says what stays and why.",
    discussion: """
      rlbuf prune runs/cartpole --keep-last 3 --dry-run
          What would go, how many bytes that frees, and why the others stay.
      rlbuf prune runs --keep-last 3 --keep-best 2 --metric env_runners/episode_return_mean
          Of every experiment below runs the three newest and the two best checkpoints stay.
      rlbuf prune runs --keep-every 10 --max-age 7d --max-bytes 50GB
          Every tenth stays, and of the others those of the last week, the newest ones as far as 50 GB go.
      rlbuf prune runs/cartpole --dumps --keep-last 5
          Dumps instead of checkpoints; --checkpoints --dumps for both, each by itself.

      What --keep-last, --keep-best and --keep-every name stays whatever its age and size; --max-age and --max-bytes say \
      which of the others may stay too. Only checkpoints that are verified count; what was never verified is read first. \
      The newest one that is verified and the best always stay, and so does what is not this run's. Bytes are those on \
      disk: what others share does not count. Without --dry-run it takes the lock, which a run that is going on has.

      Exit codes: 0 done, also where nothing goes, 1 failed.
      """)

  @Argument(help: "Experiments, or folders with experiments in them.", completion: .directory)
  var runs: [String]

  @Option(help: ArgumentHelp("The newest ones stay.", valueName: "count"))
  var keepLast: Int?

  @Option(help: ArgumentHelp("The best ones by --metric stay (default with --metric: 1).", valueName: "count"))
  var keepBest: Int?

  @Option(
    help: ArgumentHelp(
      "The result that says which are the best, its keys with slashes between them.", valueName: "keys"))
  var metric: String?

  @Option(help: "Whether high or low values are the best: max or min.")
  var mode: Mode = .max

  @Option(help: ArgumentHelp("Those stay whose iteration is a multiple of this.", valueName: "iterations"))
  var keepEvery: Int?

  @Option(help: ArgumentHelp("How old the others may be: 90s, 30m, 12h, 7d, 2w.", valueName: "age"))
  var maxAge: AgeArgument?

  @Option(help: ArgumentHelp("How much all may take on disk before others go: 500MB, 50GB, 1TiB.", valueName: "size"))
  var maxBytes: SizeArgument?

  @Flag(help: "Look at checkpoints; so it does unless --dumps or --superseded says something else.")
  var checkpoints = false

  @Flag(help: "Look at the dumps in buffers.")
  var dumps = false

  @Flag(help: "Delete what restores have moved aside, too.")
  var superseded = false

  @Flag(help: "Delete nothing, and say what would go.")
  var dryRun = false

  @Flag(help: "Print one JSON object (schema rlbuf.prune/1).")
  var json = false

  @Option(help: "Colours: auto, always or never.")
  var color: ColorChoice = .auto

  enum Mode: String, ExpressibleByArgument, CaseIterable { case max, min }

  func validate() throws {
    for (option, count) in [("--keep-last", keepLast), ("--keep-best", keepBest), ("--keep-every", keepEvery)] {
      if let count, count < 1 { throw ValidationError("\(option) is a count of at least 1") }
    }
    if keepBest != nil, metric == nil {
      throw ValidationError("--keep-best needs --metric, such as env_runners/episode_return_mean")
    }
    if let metric, metric.isEmpty { throw ValidationError("--metric is the name of a result") }
    guard hasRules || superseded && !checkpoints && !dumps else {
      throw ValidationError("say what stays: --keep-last, --keep-best, --keep-every, --max-age or --max-bytes")
    }
  }

  private var retention: Retention {
    Retention(
      last: keepLast, best: metric.map { .init(keepBest ?? 1, metric: $0, mode: mode == .max ? .max : .min) },
      every: keepEvery, age: maxAge?.duration, bytes: maxBytes?.bytes)
  }

  private var hasRules: Bool { retention != Retention() }

  private var scope: PruneScope {
    var scope: PruneScope = superseded ? .superseded : []
    if checkpoints || hasRules && !dumps { scope.insert(.checkpoints) }
    if dumps { scope.insert(.dumps) }
    return scope
  }

  func run() throws {
    var reports: [PruneReport] = []
    var failure: ExitCode?
    for path in runs {
      // What cannot be pruned shall not hide the others.
      do {
        try Failure.reporting {
          for listing in try ExperimentListing.all(in: FilePath(path)) {
            do { try Failure.reporting { reports.append(try prune(listing.path)) } } catch let exit as ExitCode {
              failure = exit
            }
          }
        }
      } catch let exit as ExitCode { failure = exit }
    }
    if !reports.isEmpty || json { try Failure.reporting { try Console.write(text(reports)) } }
    if reports.isEmpty, failure == nil { Console.note("rlbuf: no experiment here, nothing to prune") }
    if let failure { throw failure }
  }

  private func prune(_ path: FilePath) throws -> PruneReport {
    if dryRun { return try ExperimentDirectory.planPruning(at: path, retention, scope: scope) }
    do { return try ExperimentDirectory.open(at: path).prune(retention, scope: scope) } catch {
      guard case .locked(let path, let holder) = error else { throw error }
      throw Running(path: path, holder: holder)
    }
  }

  private func text(_ reports: [PruneReport]) -> String {
    guard !json else { return PruneJSONRendering().text(of: reports, metric: metric, isPlan: dryRun) }
    let rendering = TextRendering(width: Console.width, style: color.isOn ? .colored : .plain)
    let now = Int64(Date().timeIntervalSince1970)
    return rendering.text(of: reports, now: now, metric: metric, isPlan: dryRun)
  }
}

/// An experiment that somebody is writing to.
private struct Running: Error, CustomStringConvertible {
  let path: FilePath
  let holder: String?

  var description: String {
    "\(path) is being written by \(holder ?? "another process"); nothing was deleted there: wait for it or stop it, "
      + "or see with --dry-run what would go"
  }
}
