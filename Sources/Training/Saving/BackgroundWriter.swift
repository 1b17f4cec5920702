internal import Dispatch
internal import Synchronization

/// Writes dumps and checkpoints beside the training, one at a time and in the order in which they were begun, and gives
/// account of each.
///
/// A process that ends in an orderly way waits for all of them (`BackgroundWriter+Exit.swift`).
final class BackgroundWriter: Sendable {
  /// What came of the jobs since somebody asked.
  struct Account: Sendable {
    /// What is durable, oldest first.
    var finished: [FinishedSave] = []
    /// How many saves were left out because an earlier one was not finished.
    var passedOver: [FinishedSave.Kind: Int] = [:]
    /// What to tell of saves that are no failures.
    var warnings: [String] = []

    fileprivate mutating func add(_ outcome: SaveJob.Outcome) {
      switch outcome {
      case .saved(let save, let more):
        finished.append(save)
        warnings += more
      case .skipped(let warning): warnings.append(warning)
      case .superfluous: break
      }
    }
  }

  private struct State {
    /// Jobs that wait, oldest first.
    var waiting: [SaveJob] = []
    /// One for each lane that was ever used; empty when none of its jobs is unfinished.
    var lanes: [SaveJob.Lane: DispatchGroup] = [:]
    var account = Account()
    /// Failures nobody was told of, oldest first.
    var failures: [TrainingError] = []
    var waitsAtExit = false
  }

  private let queue = DispatchQueue(label: "rlbuf.background-writer")
  private let work = DispatchGroup()
  private let state = Mutex(State())
  private let warn: @Sendable (String) -> Void

  /// - Parameter warn: Where what nobody is left to be told goes.
  init(warn: @escaping @Sendable (String) -> Void) { self.warn = warn }

  /// Whether a save may be begun now, after waiting if that is the policy; asked before its snapshot is taken.
  func makeRoom(in lane: SaveJob.Lane, _ whenBusy: BusyPolicy) -> Bool {
    guard let group = state.withLock({ $0.lanes[lane] }) else { return true }
    switch whenBusy {
    case .wait:
      group.wait()
      return true
    case .skip:
      if group.wait(timeout: .now()) == .success { return true }
      state.withLock { $0.account.passedOver[lane.kind, default: 0] += 1 }
      return false
    case .replace: return true
    }
  }

  /// Whether a save waits in a lane that is to hold the replay buffer.
  func hasWaitingBuffer(in lane: SaveJob.Lane) -> Bool {
    state.withLock { $0.waiting.contains { $0.lane == lane && $0.replayBuffer == .include } }
  }

  /// Begins to write; what the job replaces is dropped.
  func begin(_ job: SaveJob) {
    let isFirst = state.withLock { state in
      let group = state.lanes[job.lane] ?? DispatchGroup()
      state.lanes[job.lane] = group
      group.enter()
      state.waiting.append(job)
      for replaced in state.waiting.takeReplaced() {
        state.account.passedOver[replaced.lane.kind, default: 0] += 1
        state.lanes[replaced.lane]?.leave()
      }
      defer { state.waitsAtExit = true }
      return !state.waitsAtExit
    }
    if isFirst { waitAtExit() }
    queue.async(group: work) { self.writeNext() }
  }

  /// Waits for all jobs.
  func wait() { work.wait() }

  /// What came of jobs since this was asked last.
  func takeAccount() -> Account {
    state.withLock { state in
      defer { state.account = Account() }
      return state.account
    }
  }

  /// Throws the oldest failure that nobody was told of.
  /// - Throws: `TrainingError.saveFailed`.
  func throwFailure() throws(TrainingError) {
    let failure = state.withLock { $0.failures.isEmpty ? nil : $0.failures.removeFirst() }
    if let failure { throw failure }
  }

  /// Waits where nobody is left who could deal with an error, and warns of it.
  func settleAtEnd() {
    wait()
    for warning in takeAccount().warnings { warn(warning) }
    while true {
      do {
        try throwFailure()
        return
      } catch { warn("\(error)") }
    }
  }

  private func writeNext() {
    // Whoever waits for the lane may open at once what the job had open: it is gone when this has returned.
    guard let lane = takeAndWrite() else { return }
    state.withLock { $0.lanes[lane] }?.leave()
  }

  /// Writes the next job and notes what came of it; nil if the job of this turn was replaced.
  private func takeAndWrite() -> SaveJob.Lane? {
    guard let job = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) else { return nil }
    do {
      let outcome = try job.write()
      state.withLock { $0.account.add(outcome) }
      if case .saved = outcome, let warnings = try job.afterwards?() {
        state.withLock { $0.account.warnings += warnings }
      }
    } catch {
      let failure = TrainingError.saveFailed(job.lane.kind, job.path, iteration: job.iteration, underlying: error)
      state.withLock { $0.failures.append(failure) }
    }
    return job.lane
  }
}
