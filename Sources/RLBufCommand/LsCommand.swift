import ArgumentParser
import FoundationEssentials
import RLBuf
import SystemPackage

struct LsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists experiments with their checkpoints and dumps.",
    discussion: """
      Of each checkpoint its environment steps, the mean return, its size, its age, and whether it is complete; of each \
      dump the steps it holds. Sizes on disk count what checkpoints share once. It takes no lock and works while a run \
      is going on.

      Exit codes: 0 done, also where there is no experiment, 1 failed.
      """)

  @Argument(help: "Experiments, or folders with experiments in them.", completion: .directory)
  var paths: [String]

  @Flag(help: "Print one JSON object (schema rlbuf.ls/1).")
  var json = false

  @Option(help: "Colours: auto, always or never.")
  var color: ColorChoice = .auto

  func run() throws {
    var listings: [RunListing] = []
    var failure: ExitCode?
    for path in paths {
      // A path that cannot be listed shall not hide the others.
      do { try Failure.reporting { listings.append(try RunListing(of: FilePath(path))) } } catch let exit as ExitCode {
        failure = exit
      }
    }
    if !listings.isEmpty { try Failure.reporting { try Console.write(text(listings)) } }
    if let failure { throw failure }
  }

  private func text(_ listings: [RunListing]) -> String {
    guard !json else { return ListingJSONRendering().text(of: listings) }
    let rendering = TextRendering(width: Console.width, style: color.isOn ? .colored : .plain)
    return rendering.text(of: listings, now: Int64(Date().timeIntervalSince1970))
  }
}
