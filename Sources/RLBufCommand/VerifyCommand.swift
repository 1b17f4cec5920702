import ArgumentParser
import RLBuf
import SystemPackage

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads a file whole and checks every frame, digest, record and statistic.",
    discussion: "Exit codes: 0 sound, 1 damaged, 2 could not run, 4 unverifiable (a file of others without checksums).")

  @Argument(help: "The files to check.", completion: .file())
  var paths: [String]

  @Flag(name: .shortAndLong, help: "Print nothing; the exit code tells.")
  var quiet = false

  @Flag(help: "Print one JSON object a file.")
  var json = false

  @OptionGroup var opening: OpeningOptions

  func run() throws {
    try Failure.reporting(code: 2) {
    }
  }
}
