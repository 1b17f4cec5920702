import ArgumentParser
import RLBuf
import SystemPackage

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows what is in a file.")
  @Argument var path: String
  func run() throws {}
}
