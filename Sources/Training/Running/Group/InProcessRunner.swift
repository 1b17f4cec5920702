internal import Dispatch
internal import Synchronization

/// A runner in this process that answers on a thread of its own, one request after the other, and shares nothing.
final class InProcessRunner: RunnerHandle {
  private let body: Mutex<RunnerBody>
  private let reply = Mutex<Result<RunnerReply, RunnerFailure>?>(nil)
  private let queue: DispatchQueue?
  private let isAnswered = DispatchSemaphore(value: 0)

  /// - Parameter isInline: Whether it answers on the caller's thread instead, when a request comes.
  init(_ body: RunnerBody, isInline: Bool = false) {
    let facts = body.runner.facts
    self.body = Mutex(body)
    queue = isInline ? nil : DispatchQueue(label: "env runner \(facts.index)")
  }

  /// What it knows of spaces and columns.
  var form: (runner: RunnerFacts, form: EpisodeForm) { body.withLock { ($0.runner.facts, $0.runner.form) } }

  /// It is from the beginning.
  func waitUntilReady() {}

  func begin(_ request: RunnerRequest) throws(RunnerFailure) {
    guard let queue else { return answer(request) }
    queue.async { self.answer(request) }
  }

  private func answer(_ request: RunnerRequest) {
    let result: Result<RunnerReply, RunnerFailure> = body.withLock { body in
      do { return .success(try body.answer(request)) } catch { return .failure(.threw(error)) }
    }
    reply.withLock { $0 = result }
    isAnswered.signal()
  }

  func finish() throws(RunnerFailure) -> RunnerReply {
    isAnswered.wait()
    guard let result = reply.withLock({ $0.take() }) else { throw .lost("it was not asked for anything") }
    return try result.get()
  }

  func stop() {}
}
