import Foundation
import Glibc

/// Runs of the command that take a fraction of a second.
enum Runs {
  /// Settings of a small network and short iterations, which learn, and evict after six.
  static let tiny = settings([
    "min_sample_timesteps_per_iteration=100", "model_config/fcnet_hiddens=[16]", "train_batch_size=8",
    "num_steps_sampled_before_learning_starts=100", "target_network_update_freq=50",
    "replay_buffer_config/capacity=600",
  ])

  /// Settings as options.
  static func settings(_ settings: [String]) -> [String] { settings.flatMap { ["--set", $0] } }

  /// Trains in a directory, with the seed 7 and tiny settings.
  static func train(_ folder: URL, _ iterations: Int?, _ more: [String] = [], width: Int = 100) throws -> Binary.Outcome
  {
    try Binary.run(
      arguments(folder, iterations, more), environment: ["COLUMNS": "\(width)"])
  }

  /// What trains in a directory.
  static func arguments(_ folder: URL, _ iterations: Int?, _ more: [String] = []) -> [String] {
    ["train", "CartPole-v1", "--seed", "7", "--out", folder.path]
      + (iterations.map { ["--iterations", "\($0)"] } ?? []) + tiny + more
  }

  /// Restores a run.
  static func restore(_ path: String, _ iterations: Int?, _ more: [String] = []) throws -> Binary.Outcome {
    try Binary.run(["restore", path] + (iterations.map { ["--iterations", "\($0)"] } ?? []) + more)
  }

  /// The results of a run, without times and what else differs from process to process.
  static func results(_ folder: URL) throws -> [NSDictionary] {
    let volatile = [
      "timers", "time_this_iter_s", "time_total_s", "time_since_restore", "iterations_since_restore", "date",
      "timestamp",
      "pid", "hostname", "trial_id", "dump_replay_buffer", "save_checkpoint",
      "config",
    ]
    let text = try String(contentsOf: folder.appendingPathComponent("result.json"), encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      var result = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      for key in volatile { result[key] = nil }
      if var runners = result["env_runners"] as? [String: Any] {
        runners["num_env_steps_sampled_lifetime_throughput"] = nil
        result["env_runners"] = runners
      }
      return result as NSDictionary
    }
  }

  /// An iteration as it stands in the names of checkpoints.
  static func number(_ iteration: Int) -> String {
    let digits = String(iteration)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// Every file below a directory with its bytes and when it was changed.
  static func contents(_ folder: URL) throws -> [String: String] {
    var contents: [String: String] = [:]
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      let bytes = attributes[.type] as? FileAttributeType == .typeRegular ? try Data(contentsOf: file) : Data()
      contents[String(file.path.dropFirst(folder.path.count))] =
        "\(attributes[.modificationDate] ?? "") \(bytes.hashValue) \(bytes.count)"
    }
    return contents
  }

  /// The names in a directory, sorted.
  static func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }
}

/// A run that goes on until somebody ends it, watched through what it prints.
final class RunningCommand {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  init(_ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = arguments
    process.environment = ["SWIFT_BACKTRACE": "enable=no", "COLUMNS": "100"]
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  /// What it printed up to the first line for which `body` holds, or all if there is none.
  func output(until body: (String) -> Bool) -> String { Self.read(output.fileHandleForReading, until: body) }

  /// What it noted up to the first line for which `body` holds, or all if there is none.
  func errors(until body: (String) -> Bool) -> String { Self.read(errors.fileHandleForReading, until: body) }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end: the exit code, or the signal as a negative number.
  func end() -> Int32 {
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Byte by byte, so that what follows is left for the next one.
  private static func read(_ handle: FileHandle, until body: (String) -> Bool) -> String {
    var text = ""
    var line: [UInt8] = []
    while let byte = handle.readData(ofLength: 1).first {
      line.append(byte)
      guard byte == UInt8(ascii: "\n") else { continue }
      let whole = String(decoding: line, as: UTF8.self)
      text += whole
      line = []
      if body(whole) { break }
    }
    return text
  }
}
