import RLBuf
import SystemPackage

/// What a run is, as its first line says.
struct RunStart: Encodable {
  let event = "started"
  let schema = "rlbuf.train/1"
  let algorithm: String
  let environment: String
  let seed: UInt64?
  let experiment: String

  init<A: Algorithm>(_ algorithm: A, in experiment: FilePath) {
    self.algorithm = A.Config.algorithm
    environment = algorithm.config.common.environment
    seed = algorithm.config.common.seed
    self.experiment = experiment.string
  }

  /// `DQN on CartPole-v1 with seed 7, in runs/cartpole`.
  var text: String {
    "\(algorithm) on \(environment)" + (seed.map { " with seed \($0)" } ?? "") + ", in \(experiment)"
  }
}

/// What was restored, as the first line of a restored run says.
struct RestoreFacts: Encodable {
  let event = "restored"
  let schema = "rlbuf.train/1"
  let checkpoint: String
  let iteration: Int
  let environmentSteps: Int
  let isExact: Bool
  let reasonsForInexactness: [String]
  let warnings: [String]
  /// Where what lay after the restored iteration was moved, if there was anything.
  let superseded: [String]
  let isDryRun: Bool
  /// What would be moved, if this is a dry run.
  let wouldMove: [String]
  /// The report as text, a line a fact.
  let report: [String]

  /// - Parameter wouldMove: What lies after the iteration; nil unless this is a dry run.
  init(_ report: RestoreReport, superseded: [FilePath], wouldMove: [FilePath]?) {
    checkpoint = report.checkpoint.string
    iteration = report.iteration
    environmentSteps = report.environmentSteps
    isExact = report.isExact
    reasonsForInexactness = report.reasonsForInexactness
    warnings = report.warnings
    self.superseded = superseded.map(\.string)
    isDryRun = wouldMove != nil
    self.wouldMove = (wouldMove ?? []).map(\.string)
    self.report = report.description.split(separator: "\n").map(String.init)
  }

  /// The report, and what becomes of what lies behind the iteration.
  var lines: [String] {
    var lines = report
    lines += superseded.map { "what lay after iteration \(NumberText.count(iteration)) is now in \($0)" }
    guard isDryRun else { return lines + [""] }
    lines += wouldMove.map { "would move aside: \($0)" }
    return lines + ["dry run: nothing was written"]
  }
}

/// How a run of this process begins.
enum RunBeginning {
  /// A new run.
  case new(RunStart)
  /// One that goes on.
  case restored(RestoreFacts)
}

/// Why training ended.
enum Ending: Equatable {
  /// All iterations are done.
  case iterations
  /// A result reached its value.
  case reached(StopCondition, value: Double)
  /// Somebody asked for it.
  case signal(Int32)

  fileprivate var reason: String {
    switch self {
    case .iterations: "iterations"
    case .reached: "stop"
    case .signal: "signal"
    }
  }
}

/// What a run leaves behind.
struct RunEnd: Encodable {
  let event = "ended"
  let reason: String
  /// Iterations of this process.
  let iterations: Int
  /// The last iteration of the run.
  let iteration: Int
  let environmentSteps: Int
  let episodeReturnMean: Double?
  /// How long this process trained and saved.
  let seconds: Double
  let experiment: String
  let dumps: [String]
  let checkpoints: [String]

  private let ending: Ending
  /// How many iterations were asked for; nil for no limit.
  private let wanted: Int?
  private let listing: ExperimentListing?

  private enum CodingKeys: CodingKey {
    case event, reason, iterations, iteration, environmentSteps, episodeReturnMean, seconds, experiment, dumps,
      checkpoints
  }

  init(
    _ ending: Ending, last: IterationFacts, iterations: Int, of wanted: Int?, seconds: Double, in experiment: FilePath
  ) {
    (self.ending, self.wanted) = (ending, wanted)
    (self.iterations, self.seconds) = (iterations, seconds)
    (reason, self.experiment) = (ending.reason, experiment.string)
    (iteration, environmentSteps) = (last.iteration, last.environmentSteps)
    episodeReturnMean = last.episodeReturnMean
    listing = try? ExperimentListing.of(experiment)
    dumps = listing?.dumps.map(\.path.string) ?? []
    checkpoints = listing?.checkpoints.filter { $0.incompleteBecause == nil }.map(\.path.string) ?? []
  }

  /// What happened, where everything lies, and what one would do next.
  var lines: [String] {
    headline + [""] + places.map { "  \($0)" } + ["", "next:"] + next.map { "  \($0)" }
  }

  private var headline: [String] {
    let mean = episodeReturnMean.map { ", mean return \(DecimalText.fixed($0, places: 2))" } ?? ""
    let facts =
      "\(NumberText.count(iterations, "iteration")) in \(DurationText.short(seconds)), "
      + "\(NumberText.count(environmentSteps)) environment steps\(mean)"
    switch ending {
    case .iterations: return ["done: \(facts)"]
    case .reached(let condition, let value):
      let (found, bound) = (NumberText.number(value, digits: 9), NumberText.number(condition.bound, digits: 9))
      let reached = "\(condition.key) is \(found), asked for was \(bound)"
      return iterations == 0 ? ["nothing to do: \(reached)"] : ["done: \(facts)", reached]
    case .signal(let number): return ["stopped by \(StopSignals.name(number)): \(facts)"]
    }
  }

  private var places: [String] {
    var lines = ["experiment   \(experiment)", "results      result.json, progress.csv; settings: params.json"]
    if let newest = listing?.dumps.last {
      lines.append(
        "dumps        \(NumberText.count(dumps.count)), the newest buffers/\(name(newest.path)), \(NumberText.bytes(newest.byteCount))"
      )
    }
    if let newest = listing?.checkpoints.last(where: { $0.incompleteBecause == nil }) {
      lines.append(
        "checkpoints  \(NumberText.count(checkpoints.count)), the newest \(name(newest.path)), \(NumberText.bytes(newest.byteCount ?? 0))"
      )
    } else {
      lines.append("checkpoints  none: this run cannot be restored")
    }
    return lines
  }

  private func name(_ path: FilePath) -> String { path.lastComponent?.string ?? path.string }

  /// What a signal left undone; otherwise as many again.
  private var remaining: Int {
    if isBySignal, let wanted, wanted > iterations { return wanted - iterations }
    return max(iterations, 1)
  }

  private var next: [String] {
    var commands: [String] = []
    if !checkpoints.isEmpty {
      commands.append("rlbuf restore \(ShellText.quoted(experiment)) --iterations \(remaining)")
    }
    if let dump = dumps.last { commands.append("rlbuf show \(ShellText.quoted(dump))") }
    let pair = (dumps.count > 1 ? dumps : checkpoints).suffix(2)
    if pair.count == 2 { commands.append("rlbuf diff " + pair.map(ShellText.quoted).joined(separator: " ")) }
    return commands.isEmpty ? ["rlbuf ls \(ShellText.quoted(experiment))"] : commands
  }
}

/// Words for a shell.
enum ShellText {
  /// The word as it is, or in quotes if a shell would not take it so.
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        let scalar = Unicode.Scalar(byte)
        return scalar.properties.isAlphabetic && byte < 0x80 || ("0"..."9").contains(scalar)
          || "/._-+:,@%".unicodeScalars.contains(scalar)
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
