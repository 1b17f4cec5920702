import Foundation
import Glibc

/// The built command, run as a user runs it.
enum Binary {
  /// What one run gave.
  struct Outcome {
    let exitCode: Int32
    /// The number of the signal that ended it; 0 if it ended by itself. A trap is signal 4 or 5.
    let signal: Int32
    let output: String
    let errors: String
    /// Processor time, user and system.
    let seconds: Double
  }

  /// The root of the repository.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The committed fixtures.
  static let fixtures = root.appendingPathComponent("Fixtures")

  /// `rlbuf` lies beside the test executable.
  static let path: String = {
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: executable).deletingLastPathComponent().appendingPathComponent("rlbuf").path
  }()

  /// What a command may take of address space while it refuses what nobody should trust: 256 MiB, and what OpenBLAS, which
  /// the command links for training, maps before anything is done.
  static let addressSpaceKiB = 352 << 10

  /// Runs the command in the folder of the tests, with all the address space there is or a limit of it.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], addressSpaceKiB: Int? = nil
  ) throws -> Outcome {
    // One arena of malloc: each of several reserves 64 MiB of address space and uses none of it. So does every thread of
    // OpenBLAS, of which there is one a processor.
    let limit = addressSpaceKiB.map { "export MALLOC_ARENA_MAX=1 OPENBLAS_NUM_THREADS=1; ulimit -v \($0) && " } ?? ""
    return try run(command: ["/bin/sh", "-c", limit + "exec \"$0\" \"$@\"", path] + arguments, environment)
  }

  /// Runs any command.
  static func run(command: [String], _ environment: [String: String] = [:]) throws -> Outcome {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let (out, err) = (scratch.url("stdout"), scratch.url("stderr"))
    let ending = try start(command: command, environment, out: out.path, err: err.path).end()
    return Outcome(
      exitCode: ending.exitCode, signal: ending.signal, output: String(decoding: try Data(contentsOf: out), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: err), as: UTF8.self), seconds: ending.seconds)
  }

  /// Starts any command, with an environment of its own, no input, and its output in files.
  static func start(
    command: [String], _ environment: [String: String] = [:], out: String = "/dev/null", err: String = "/dev/null"
  ) throws -> StartedProcess {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var process: pid_t = 0
    let inherited = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "LD_LIBRARY_PATH"].contains($0.key) }
    // A crash shall end at once, without a minute of symbolication.
    let all = inherited.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.merging(environment) { $1 }
    let code = unsafe withCStrings(command) { argv in
      unsafe withCStrings(all.map { "\($0.key)=\($0.value)" }) { envp in
        unsafe posix_spawn(&process, command[0], &actions, nil, argv, envp)
      }
    }
    guard code == 0 else { throw SpawnFailure(code: code) }
    return StartedProcess(id: process)
  }

  private struct SpawnFailure: Error { let code: Int32 }

  /// A null-terminated list of C strings that lives for the call.
  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer { for unsafe copy in unsafe copies { unsafe free(copy) } }
    return unsafe body(copies + [nil])
  }
}

/// A process that this one started and nobody has waited for.
struct StartedProcess: ~Copyable {
  let id: pid_t

  /// How a process ended: an exit code, or the signal that ended it.
  struct Ending {
    let exitCode: Int32
    let signal: Int32
    /// Processor time, user and system.
    let seconds: Double
  }

  /// Whether it has not ended yet.
  /// - Source: waitid(2) with WNOWAIT, which leaves it to `end`
  var isRunning: Bool {
    var information = unsafe siginfo_t()
    return unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo == 0
  }

  func send(_ signal: Int32) { kill(id, signal) }

  /// Waits for its end.
  consuming func end() -> Ending {
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
    let seconds = [usage.ru_utime, usage.ru_stime].reduce(0.0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    return Ending(exitCode: status >> 8 & 0xff, signal: status & 0x7f, seconds: seconds)
  }
}

/// A folder of its own for one test.
struct TemporaryFolder {
  let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("rlbuf-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
  }

  func url(_ name: String) -> URL { root.appendingPathComponent(name) }

  func remove() { try? FileManager.default.removeItem(at: root) }
}
