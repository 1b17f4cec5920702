internal import FileSystems
public import SystemPackage

/// The names of what lies in the directory of an experiment.
/// - Source: `Checkpoints.md`, "The directory".
public struct ExperimentLayout: Sendable, Hashable {
  /// The experiment's directory.
  public let directory: FilePath

  /// The layout of an experiment in this directory.
  public init(_ directory: FilePath) { self.directory = directory }

  /// The configuration of the run: `params.json`.
  public var parameters: FilePath { directory.appending("params.json") }
  /// The results, one JSON object a line: `result.json`.
  public var results: FilePath { directory.appending("result.json") }
  /// The results as a table: `progress.csv`.
  public var progress: FilePath { directory.appending("progress.csv") }
  /// Where dumps lie: `buffers`.
  public var dumps: FilePath { directory.appending("buffers") }
  /// The pool of segments that checkpoints share: `segments`.
  public var segments: FilePath { directory.appending("segments") }
  /// The file whose lock the writer holds: `experiment.lock`.
  public var lock: FilePath { directory.appending("experiment.lock") }

  /// What was read whole once and found as it was saved: `verified.json`.
  public var verified: FilePath { directory.appending(Self.verifiedName) }

  /// The directory of a checkpoint: `checkpoint_000004`.
  public func checkpoint(_ iteration: Int) -> FilePath {
    directory.appending(Self.checkpointPrefix + Self.padded(iteration))
  }

  /// A dump: `buffers/iteration-000004.msgpack.zst`.
  public func dump(_ iteration: Int) -> FilePath {
    dumps.appending(Self.dumpPrefix + Self.padded(iteration) + Self.fileSuffix)
  }

  /// Where what lies after an iteration is moved: `superseded-000004-1`.
  func superseded(after iteration: Int, _ number: Int) -> FilePath {
    directory.appending("\(Self.supersededPrefix)\(Self.padded(iteration))-\(number)")
  }

  static let checkpointPrefix = "checkpoint_"
  static let dumpPrefix = "iteration-"
  static let supersededPrefix = "superseded-"
  static let fileSuffix = ".msgpack.zst"
  static let manifestName = "checkpoint.json"
  static let verifiedName = "verified.json"
  /// Event files for TensorBoard: `events.out.tfevents.<seconds>.<host>`.
  package static let eventFilePrefix = "events.out.tfevents."

  /// The iteration to which a restore has gone back, in the name of the directory with what it moved aside.
  static func iteration(ofSuperseded name: String) -> Int? {
    guard name.hasPrefix(supersededPrefix) else { return nil }
    let numbers = name.dropFirst(supersededPrefix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 2, let iteration = Int(numbers[0]), let number = Int(numbers[1]), number > 0,
      "\(padded(iteration))-\(number)" == "\(numbers[0])-\(numbers[1])"
    else { return nil }
    return iteration
  }

  /// The iteration in the name of a checkpoint's directory; nil for any other name.
  public static func iteration(ofCheckpoint name: String) -> Int? {
    number(name, between: checkpointPrefix, and: "")
  }

  /// The iteration in the name of a dump; nil for any other name.
  public static func iteration(ofDump name: String) -> Int? {
    number(name, between: dumpPrefix, and: fileSuffix)
  }

  /// At least six digits, as Tune writes them.
  static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// Accepts exactly the names that `padded` makes, so that no two names are one iteration.
  private static func number(_ name: String, between prefix: String, and suffix: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.utf8.count > prefix.utf8.count + suffix.utf8.count
    else { return nil }
    let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(digits),
      padded(number) == digits
    else { return nil }
    return number
  }
}
