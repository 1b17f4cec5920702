import ArgumentParser
import RLBuf
import SystemPackage

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows what is in a saved buffer, a checkpoint, an experiment or any MessagePack file.",
    discussion: """
      A file of rlbuf answers from its header and summary, whatever its size. Of RLlib's dumps it rebuilds columns, \
      shapes and dtypes. An experiment is shown with its course, its checkpoints and dumps, and its newest checkpoint in \
      short. Statistics are over all elements of a column.

      Exit codes: 0 done, 1 failed, 3 done but something was unreadable.
      """)

  @Argument(help: "A file, a checkpoint directory or an experiment.", completion: .file())
  var path: String

  @Flag(help: "Print one JSON object (schema rlbuf.show/1).")
  var json = false

  @Option(help: ArgumentHelp("Only this column; may be given several times.", valueName: "name"))
  var column: [String] = []

  @Option(help: ArgumentHelp("Print the first steps, row by row.", valueName: "count"))
  var head = 0

  @Option(help: ArgumentHelp("Print the last steps, row by row.", valueName: "count"))
  var tail = 0

  @Option(help: ArgumentHelp("Print the steps with these numbers, as in 100...119, or '100..<120' in quotes.", valueName: "range"))
  var rows: StepRange?

  @Option(help: ArgumentHelp("Print the steps of one episode: its id, the beginning of it, or its number.", valueName: "id"))
  var episode: String?

  @Flag(help: "List the whole state, not only the beginning.")
  var state = false

  @Flag(help: "Show a MessagePack file as the tree it is, even if it is a dump of RLlib.")
  var tree = false

  @Option(help: ArgumentHelp("How deep a tree is shown.", valueName: "levels"))
  var depth: Int?

  @Option(help: "Colours: auto, always or never.")
  var color: ColorChoice = .auto

  @OptionGroup var opening: OpeningOptions

  func validate() throws {
    guard head >= 0, tail >= 0, depth ?? 0 >= 0 else { throw ValidationError("--head, --tail and --depth are not negative") }
  }

  func run() throws {
    try Failure.reporting {
      let saved = try SavedState.open(
        FilePath(path), as: tree ? .plainMessagePack : .automatic, limits: opening.limits)
      let report = try Report(of: saved, options: options)
      try Console.write(rendering.text(of: report))
      for problem in report.problems { Console.note("rlbuf: " + TerminalText.escaped(problem)) }
      guard report.isComplete else { throw ExitStatus.partial.code }
    }
  }

  private var options: ReportOptions {
    var options = ReportOptions()
    options.columns = column
    (options.head, options.tail) = (head, tail)
    options.steps = rows?.steps
    options.episode = episode
    options.state = state ? .complete : .outline
    if let depth { options.tree.depth = depth }
    return options
  }

  private var rendering: any Rendering {
    if json { return JSONRendering() }
    return TextRendering(
      width: Console.width, style: color.isOn ? .colored : .plain, detail: state ? .complete : .folded)
  }
}

/// Step numbers as Swift writes them: `100..<120`, or `100...119`.
struct StepRange: ExpressibleByArgument {
  let steps: Range<Int>

  init?(argument: String) {
    guard let parts = argument.wholeMatch(of: /(\d+)\.\.(<|\.)(\d+)/), let low = Int(parts.1), let high = Int(parts.3),
      high < Int.max
    else { return nil }
    let end = parts.2 == "<" ? high : high + 1
    guard low <= end else { return nil }
    steps = low..<end
  }
}
