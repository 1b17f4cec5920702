import ArgumentParser
import RLBuf

/// The exit codes that users may rely on.
enum ExitStatus: Int32 {
  /// Something was unreadable or could not be carried over.
  case partial = 3
  /// A foreign file without checksums.
  case unverifiable = 4
  /// Stopped by a signal, after a last checkpoint.
  case stopped = 5
  /// A documented limit was reached.
  case limit = 65

  var code: ExitCode { ExitCode(rawValue) }
}

/// Says what went wrong in one line and ends with the code that the command promises.
enum Failure {
  /// Runs a command's work; what it throws is told on standard error.
  static func reporting(code: Int32 = 1, _ body: () throws -> Void) throws {
    do { try body() } catch let exit as ExitCode { throw exit } catch let usage as ValidationError { throw usage } catch {
      Console.note("rlbuf: " + TerminalText.escaped("\(error)"))
      throw ExitCode(isLimit(error) ? ExitStatus.limit.rawValue : code)
    }
  }

  private static func isLimit(_ error: any Error) -> Bool {
    switch error {
    case let error as ForeignFormatError: error.isLimit
    case let error as BufferFileError: error.isLimit
    case let error as CheckpointError: error.isLimit
    case let error as InspectionError: error.isLimit
    case let error as MessagePackError: error.isLimit
    case let error as ZstandardError: error.isLimit
    default: false
    }
  }
}

/// Options of every command that opens files of others.
struct OpeningOptions: ParsableArguments {
  @Option(help: ArgumentHelp(
    "How many values one MessagePack object may hold (default: 1,048,576, or one for every four bytes of the file).",
    valueName: "count"))
  var maxNodes: Int?

  @Option(help: ArgumentHelp(
    "How many numbers its lists may hold (default: 12,582,912, or two for every byte of the file).", valueName: "count"))
  var maxNumbers: Int?

  @Option(help: ArgumentHelp("How many bytes a compressed file may become (default: 8 GiB).", valueName: "bytes"))
  var maxBytes: Int?

  func validate() throws {
    if let maxNodes, maxNodes < 1 { throw ValidationError("--max-nodes is a count of at least 1") }
    if let maxNumbers, maxNumbers < 1 { throw ValidationError("--max-numbers is a count of at least 1") }
    if let maxBytes, maxBytes < 1 { throw ValidationError("--max-bytes is a size of at least 1") }
  }

  var limits: ForeignLimits {
    var limits = ForeignLimits()
    limits.nodes = maxNodes
    limits.numbers = maxNumbers
    if let maxBytes {
      limits.decompression.outputBytes = maxBytes
      // Who names a size trusts the file to become that large, however well it compresses.
      limits.decompression.outputBytesBeforeRatio = maxBytes
    }
    return limits
  }
}
