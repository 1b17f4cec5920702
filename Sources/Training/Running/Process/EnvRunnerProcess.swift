internal import Dispatch
public import Environments
internal import Glibc
internal import StateTree

/// The side of a runner in a child process: the same program, started again by the run that it samples for.
///
/// ```swift
/// @main struct Trainer {
///   static func main() throws {
///     EnvRunnerProcess.serveIfAsked(DQNConfig.self, environments: catalogue, callbacks: registry)
///     let dqn = try DQNConfig().environment("Corridor-v0", in: catalogue)
///       .envRunners(runners: 2, placement: .processes).build()
///     for _ in 0..<100 { try dqn.train() }
///   }
/// }
/// ```
/// What it prints goes to standard error. It ends when the run stops it, and with the run's process, however that ends.
public enum EnvRunnerProcess {
  /// The environment variable that asks a program to be a runner.
  static let variable = "RLBUF_ENV_RUNNER"

  /// Serves as a runner and never returns, if this process was started to be one; else does nothing.
  ///
  /// To be called before anything else: what comes before it happens in every runner too.
  /// - Parameters:
  ///   - algorithms: The types of the configurations that the program trains with.
  ///   - environments: The environments by id, the program's own included; closures cannot travel, names can.
  ///   - callbacks: The callbacks by name, the program's own included.
  public static func serveIfAsked(
    _ algorithms: any AlgorithmConfig.Type..., environments: EnvironmentCatalogue = .standard,
    callbacks: CallbackRegistry = .shipped
  ) {
    guard ChildProcess.variable(variable) != nil else { return }
    // What this process starts is not asked.
    ChildProcess.removeVariable(variable)
    // Lines that are printed shall not be lost when the process is killed.
    ChildProcess.printLineByLine()
    let socket = MessageSocket(descriptor: 0, maximumMessageBytes: RunnerProcess.maximumMessageBytes)
    guard socket.isSocket else {
      TrainingServices.warnOnStandardError(
        "\(variable) is set, which asks for a runner, and descriptor 0 is no socket; unset it to run the program")
      exit(64)
    }
    exitWithParent(socket)
    var service = RunnerService(algorithms: algorithms, environments: environments, callbacks: callbacks)
    // Any failure of the socket means that nobody listens any more.
    while let message = try? socket.receive(until: nil) {
      do throws(MessageSocket.Failure) { try socket.send(service.answer(message), until: nil) } catch {
        guard case .tooLarge(let bytes) = error else { break }
        let refusal = RunnerService.encoded(
          RunnerErrorMessage(
            text: "a sample has \(bytes) bytes, more than \(RunnerProcess.maximumMessageBytes); "
              + "sample shorter fragments"
          ).state)
        guard (try? socket.send(refusal, until: nil)) != nil else { break }
      }
    }
    exit(0)
  }

  /// Ends this process at once when the other end of the socket is closed, in the middle of a step too.
  private static func exitWithParent(_ socket: MessageSocket) {
    DispatchQueue(label: "end of the run").async {
      socket.waitForEnd()
      _exit(0)
    }
  }

  /// Throws in a process that was started to be a runner and is about to start runners of its own, and so on.
  static func checkIsNoRunner() throws(TrainingError) {
    guard ChildProcess.variable(variable) == nil else {
      throw .brokenRun(
        "this process was started to be a runner and runs the program's main; EnvRunnerProcess.serveIfAsked must be "
          + "called first")
    }
  }
}
