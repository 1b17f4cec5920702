public import FileSystems
internal import FoundationEssentials
internal import SystemPackage

/// What a run needs of the world outside: files, clocks, somebody to warn, and the callbacks known by name.
public struct TrainingServices: Sendable {
  /// Where files are read and written. Default: the machine's.
  public var fileSystem: any FileSystem
  /// The clocks. Default: the machine's.
  public var clock: TrainingClock
  /// Where warnings go, each a line without its end. Default: standard error.
  public var warn: @Sendable (String) -> Void
  /// The callbacks that can be made again from `params.json`. Default: those that ship.
  public var registry: CallbackRegistry
  /// What is said of the machine and the program in checkpoints and dumps.
  public var machine: MachineDescription
  /// Told within an iteration, after every sampling, how far it is; must not keep training waiting. Default: nobody.
  public var progress: (@Sendable (IterationProgress) -> Void)?
  /// Whether experiments get event files for TensorBoard beside `result.json`. Default: yes.
  public var writesEventFiles = true

  /// Services; the defaults are those of an ordinary run.
  public init(
    fileSystem: any FileSystem = POSIXFileSystem(), clock: TrainingClock = .machine,
    warn: @escaping @Sendable (String) -> Void = TrainingServices.warnOnStandardError,
    registry: CallbackRegistry = .shipped, machine: MachineDescription = .current,
    progress: (@Sendable (IterationProgress) -> Void)? = nil
  ) {
    self.fileSystem = fileSystem
    self.clock = clock
    self.warn = warn
    self.registry = registry
    self.machine = machine
    self.progress = progress
  }

  /// Writes a warning to standard error.
  public static let warnOnStandardError: @Sendable (String) -> Void = { message in
    let bytes = Array("warning: \(message)\n".utf8)
    // A warning that cannot be written has nobody left to be told.
    try? POSIXFileSystem().writeAll(bytes.span, to: OpenFile(number: 2, path: "/dev/stderr"))
  }
}

/// How far an iteration is.
public struct IterationProgress: Sendable, Equatable {
  /// The iteration under way, from 1.
  public var iteration: Int
  /// The environment steps it has sampled.
  public var steps: Int
  /// The environment steps after which it is over; 0 if it is over after one sampling.
  public var wantedSteps: Int

  /// Progress from its parts.
  public init(iteration: Int, steps: Int, wantedSteps: Int) {
    self.iteration = iteration
    self.steps = steps
    self.wantedSteps = wantedSteps
  }
}

/// The machine and process that a run runs on.
public struct MachineDescription: Sendable, Equatable {
  /// The host's name.
  public var host: String
  /// The process.
  public var process: Int
  /// The processor's model, which decides on the last bits of sums.
  public var processor: String

  /// A description from its parts.
  public init(host: String, process: Int, processor: String) {
    self.host = host
    self.process = process
    self.processor = processor
  }

  /// This machine and process.
  public static var current: MachineDescription {
    let process = ProcessInfo.processInfo
    return MachineDescription(
      host: process.hostName, process: Int(process.processIdentifier), processor: processorModel)
  }

  /// - Source: proc(5), `/proc/cpuinfo`, the first `model name`.
  private static var processorModel: String {
    let bytes = (try? POSIXFileSystem().readAll("/proc/cpuinfo", limit: 16 << 20)) ?? []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("model name") {
      return line.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown"
    }
    return "unknown"
  }
}
