internal import StateTree

/// Requests to an environment in Python and the answers, and where its episode stands.
struct PythonConversation {
  private let environment: String
  private let python: String
  private let answerTimeout: Duration
  private let process: ChildProcess
  /// Why there is nobody to talk to any more.
  private var failure: EnvironmentError?
  /// Without a generator: that one is Python's.
  var progress = EpisodeProgress()

  /// The longest message that is accepted: an observation of 256 MiB.
  static let maximumMessageBytes = 256 << 20
  /// How long an environment may take to close.
  private static let closingTimeout = Duration.seconds(2)

  init(environment: String, python: String, program: String, answerTimeout: Duration) throws(EnvironmentError) {
    (self.environment, self.python, self.answerTimeout) = (environment, python, answerTimeout)
    do throws(ChildProcess.SpawnError) {
      process = try ChildProcess([python, "-c", program], maximumMessageBytes: Self.maximumMessageBytes)
    } catch {
      throw .pythonUnavailable(environment: environment, python: python, reason: error.reason)
    }
  }

  /// Sends a request and reads its answer.
  /// - Throws: `EnvironmentError.pythonFailed`, `.gymnasiumMissing`, `.unsupportedSpace`, after which it goes on;
  ///   `.pythonEnded`, `.pythonTimedOut`, `.invalidAnswer`, after which the process is ended and every other request
  ///   throws the same.
  mutating func ask<Answer>(
    _ call: String, _ arguments: StateMap, reading read: (StateReader) throws(StateTreeError) -> Answer
  ) throws(EnvironmentError) -> Answer {
    try checkIsOpen()
    do throws(EnvironmentError) {
      let answer = try exchange(call, arguments, until: .now + answerTimeout)
      return try interpret(answer, to: call, read)
    } catch {
      switch error {
      case .pythonEnded, .pythonTimedOut, .invalidAnswer:
        process.end()
        failure = error
      default: break
      }
      throw error
    }
  }

  /// - Throws: why there is nobody to talk to.
  func checkIsOpen() throws(EnvironmentError) {
    if let failure { throw failure }
  }

  /// Lets the environment close what it opened.
  func close() {
    guard failure == nil else { return }
    // What happens now concerns nobody: the process ends either way.
    _ = try? exchange("close", [:], until: .now + Self.closingTimeout)
  }

  private func exchange(
    _ call: String, _ arguments: StateMap, until deadline: ContinuousClock.Instant
  ) throws(EnvironmentError) -> [UInt8] {
    do throws(MessageSocket.Failure) {
      let request = StateValue.map(StateMap([("call", .string(call))]).merging(arguments))
      guard let message = try? request.encoded() else { throw .tooLarge(.max) }
      try process.socket.send(message, until: deadline)
      return try process.socket.receive(until: deadline)
    } catch {
      switch error {
      case .ended: throw .pythonEnded(environment: environment, call: call, how: process.ending())
      case .timedOut: throw .pythonTimedOut(environment: environment, call: call, after: answerTimeout)
      case .tooLarge(let bytes):
        throw invalidAnswer(to: call, "it has \(bytes) bytes, expected at most \(Self.maximumMessageBytes)")
      }
    }
  }

  private func interpret<Answer>(
    _ answer: [UInt8], to call: String, _ read: (StateReader) throws(StateTreeError) -> Answer
  ) throws(EnvironmentError) -> Answer {
    let refusal: EnvironmentError
    do throws(StateTreeError) {
      let reader = try StateReader(StateValue(decoding: answer), at: [StateKey(environment)])
      guard reader.map["error"] != nil else { return try read(reader) }
      refusal = self.refusal(of: call, kind: try reader.string("kind"), message: try reader.string("error"))
    } catch {
      throw invalidAnswer(to: call, error.description)
    }
    throw refusal
  }

  private func refusal(of call: String, kind: String, message: String) -> EnvironmentError {
    switch kind {
    case "missing": .gymnasiumMissing(environment: environment, python: python, reason: message)
    case "space": .unsupportedSpace(environment: environment, space: message)
    default: .pythonFailed(environment: environment, call: call, message: message)
    }
  }

  private func invalidAnswer(to call: String, _ reason: String) -> EnvironmentError {
    .invalidAnswer(environment: environment, call: call, reason: reason)
  }
}
