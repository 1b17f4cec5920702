internal import Environments
internal import MessagePack
internal import ReplayBuffers
internal import StateTree
internal import Synchronization
internal import SystemPackage

/// A runner in a child process, which may die without taking the run with it.
///
/// It starts when it is made and is not waited for, so that starting several takes the time of one.
final class RunnerProcess: RunnerHandle {
  /// The longest message that is accepted: what a sample of a runner may hold, in bytes.
  static let maximumMessageBytes = 1 << 30
  /// The shortest time that a child gets to start, however soon it must answer later: libraries and environments load.
  private static let startTimeout = Duration.seconds(60)

  private struct Conversation: Sendable {
    /// Nil once it was stopped.
    var process: ChildProcess?
    /// Whether it has not answered the greeting yet.
    var isStarting = true
    /// Whether a request waits for its answer.
    var isAsked = false
    /// Why there is nobody to talk to any more.
    var failure: String?
  }

  private let facts: RunnerFacts
  private let answerTimeout: Duration
  private let greeting: [UInt8]
  private let environment: String
  private let expectedForm: EpisodeForm
  private let conversation: Mutex<Conversation>

  /// Starts a child process and tells it what it is to be.
  /// - Parameter form: What steps consist of in this process; the child's must be the same.
  /// - Throws: `TrainingError.runnerFailed` if it cannot be started, `.invalidSetting` for a configuration that cannot
  ///   travel, `.brokenRun` in a process that should be a runner itself.
  init(
    _ config: some AlgorithmConfig, _ facts: RunnerFacts, form: EpisodeForm, seed: UInt64, incarnation: Int
  ) throws {
    try EnvRunnerProcess.checkIsNoRunner()
    self.facts = facts
    // A duration has room for less than a double has.
    answerTimeout = .seconds(min(config.common.sampleTimeout, 1e9))
    environment = config.common.environment
    expectedForm = form
    greeting = try RunnerGreeting(
      config: try config.travelling().state, facts: facts, seed: seed, incarnation: incarnation
    ).state.encoded()
    let program = config.common.runnerProgram?.string ?? "/proc/self/exe"
    do throws(ChildProcess.SpawnError) {
      let process = try ChildProcess(
        [program], variables: [EnvRunnerProcess.variable: "\(facts.index)"],
        maximumMessageBytes: Self.maximumMessageBytes)
      conversation = Mutex(Conversation(process: process))
    } catch {
      throw TrainingError.runnerFailed(
        facts.index, isEvaluating: facts.isEvaluating, reason: "\(program) cannot be started: \(error.reason)")
    }
    conversation.withLock { conversation in
      // What goes wrong now is told when it is waited for.
      do throws(RunnerFailure) { try send(greeting, to: &conversation) } catch {}
    }
  }

  /// The number of its process; nil once it was stopped.
  var processID: Int? { conversation.withLock { $0.process.map { Int($0.id) } } }

  func waitUntilReady() throws(RunnerFailure) {
    try conversation.withLock { (conversation) throws(RunnerFailure) in try finishStarting(&conversation) }
  }

  func begin(_ request: RunnerRequest) throws(RunnerFailure) {
    try conversation.withLock { (conversation) throws(RunnerFailure) in
      guard !conversation.isAsked else { throw .lost("it was asked for two things at once") }
      let message: [UInt8]
      do { message = try request.state.encoded() } catch { throw .threw(error) }
      try send(message, to: &conversation)
      conversation.isAsked = true
    }
  }

  func finish() throws(RunnerFailure) -> RunnerReply {
    try conversation.withLock { (conversation) throws(RunnerFailure) in
      try finishStarting(&conversation)
      guard conversation.isAsked else { throw .lost("it was not asked for anything") }
      conversation.isAsked = false
      let reader = try receive(within: answerTimeout, from: &conversation)
      let reply: RunnerReply
      do { reply = try RunnerReply(reader) } catch { throw lose(&conversation, "it sent what is no answer: \(error)") }
      if case .sample(let sample) = reply, let misfit = sample.misfit(in: expectedForm) {
        throw lose(&conversation, "it sent what is no answer: \(misfit)")
      }
      return reply
    }
  }

  func stop() {
    conversation.withLock { conversation in
      // The object kills and reaps as it goes.
      conversation.process = nil
      conversation.failure = conversation.failure ?? "it was stopped"
    }
  }

  /// Waits for the answer to the greeting, if it has not come yet.
  private func finishStarting(_ conversation: inout Conversation) throws(RunnerFailure) {
    guard conversation.isStarting else { return }
    let reader: StateReader
    do throws(RunnerFailure) {
      reader = try receive(within: max(answerTimeout, Self.startTimeout), from: &conversation)
    } catch {
      // A child that could not make its environment answers nothing else.
      if case .threw = error { _ = lose(&conversation, "it could not make its environment") }
      throw error
    }
    conversation.isStarting = false
    let columns: String
    do {
      guard try reader.string("reply") == "ready" else {
        throw StateTreeError.invalidValue(path: "reply", found: "another reply", expected: "ready")
      }
      columns = try reader.string("columns")
    } catch { throw lose(&conversation, "it sent what is no answer: \(error)") }
    guard columns == expectedForm.summary else {
      let reason = "in the process of a runner it has \(columns), here \(expectedForm.summary)"
      throw .threw(TrainingError.unsuitableEnvironment(environment, reason: reason))
    }
  }

  private func send(_ message: [UInt8], to conversation: inout Conversation) throws(RunnerFailure) {
    let timeout = conversation.isStarting ? max(answerTimeout, Self.startTimeout) : answerTimeout
    let process = try running(conversation)
    do throws(MessageSocket.Failure) { try process.socket.send(message, until: .now + timeout) } catch {
      throw lose(&conversation, reason(of: error, process, timeout, conversation))
    }
  }

  private func receive(
    within timeout: Duration, from conversation: inout Conversation
  ) throws(RunnerFailure) -> StateReader {
    let process = try running(conversation)
    let message: [UInt8]
    do throws(MessageSocket.Failure) { message = try process.socket.receive(until: .now + timeout) } catch {
      throw lose(&conversation, reason(of: error, process, timeout, conversation))
    }
    let failure: RunnerErrorMessage
    do throws(StateTreeError) {
      let reader = try StateReader(try StateValue(decoding: message, limits: .forFile(ofBytes: message.count)))
      guard reader.map["reply"] == "error" else { return reader }
      failure = try RunnerErrorMessage(reader)
    } catch { throw lose(&conversation, "it sent what is no answer: \(error)") }
    throw .threw(failure.error(of: facts))
  }

  private func running(_ conversation: Conversation) throws(RunnerFailure) -> ChildProcess {
    guard let process = conversation.process, conversation.failure == nil else {
      throw .lost(conversation.failure ?? "it was stopped")
    }
    return process
  }

  /// Ends the process: whatever it would say later would be taken for the answer to something else.
  private func lose(_ conversation: inout Conversation, _ reason: String) -> RunnerFailure {
    conversation.process?.end()
    conversation.failure = reason
    return .lost(reason)
  }

  private func reason(
    of failure: MessageSocket.Failure, _ process: ChildProcess, _ timeout: Duration, _ conversation: Conversation
  ) -> String {
    switch failure {
    case .ended where conversation.isStarting:
      "its process ended \(process.ending()) before it was ready; a program with runners in processes calls "
        + "EnvRunnerProcess.serveIfAsked first of all"
    case .ended: "its process ended \(process.ending())"
    case .timedOut: "it did not answer within \(timeout)"
    case .tooLarge(let bytes):
      "a message has \(bytes) bytes, expected at most \(Self.maximumMessageBytes)"
    }
  }
}

extension EpisodeForm {
  /// The columns in words, by which two processes find out whether they have the same environment.
  var summary: String {
    ([observation, action] + extras).map { "\($0.name) \($0.dataType) \($0.shape)" }.joined(separator: ", ")
  }
}
