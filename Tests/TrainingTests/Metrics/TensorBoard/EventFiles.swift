import FileSystems
import StateTree
import SystemPackage

@testable import Training

/// Services with a clock of one's own, and what lies in a directory of event files.
struct EventFiles {
  var directory: FilePath
  var services: TrainingServices

  init(_ directory: FilePath, timestamp: Int = 1_700_000_000, host: String = "host") {
    self.directory = directory
    services = TrainingServices(
      clock: TrainingClock(now: { .zero }, timestamp: { timestamp }),
      machine: MachineDescription(host: host, process: 7, processor: "none"))
  }

  var log: EventLog { get throws { try EventLog(directory, services) } }

  var names: [String] { get throws { try POSIXFileSystem().list(directory).map(\.name.string) } }

  func bytes(_ name: String) throws -> [UInt8] {
    try POSIXFileSystem().readAll(directory.appending(name), limit: 1 << 24)
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try POSIXFileSystem().commit(bytes.span, to: directory.appending(name))
  }
}

extension TrainingResult {
  /// A result after so many environment steps.
  init(steps: Int, _ values: StateMap) {
    let counted: StateMap = ["num_env_steps_sampled_lifetime": .integer(steps)]
    self.init(counted.merging(values))
  }
}
