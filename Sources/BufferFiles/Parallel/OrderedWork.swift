internal import Dispatch
internal import Synchronization

/// Work that several threads do at the same time and whose results are taken in order.
///
/// The caller's thread asks for inputs, takes results, and works itself while the result that is due is not there, so that
/// the work gets done however few threads the system has left. At most `2 * threads` inputs and results are held.
package enum OrderedWork {
  /// Does the work.
  /// - Parameter threads: How many threads work, the caller's included; 1 does everything here, one after the other.
  /// - Parameter makeTool: Makes what a thread needs to work, once for each.
  /// - Parameter next: The next input, nil after the last one. Called on the caller's thread, as `take` is.
  /// - Parameter work: Makes a result of an input, on any thread.
  /// - Parameter take: Takes the results in the order of their inputs.
  /// - Throws: What the first failing step throws, in the order of the inputs; then no thread works any more.
  package static func run<Input: Sendable, Output: Sendable, Tool: ~Copyable, Failure: Error>(
    threads: Int,
    makeTool: @escaping @Sendable () throws(Failure) -> Tool,
    next: () throws(Failure) -> Input?,
    work: @escaping @Sendable (Input, inout Tool) throws(Failure) -> Output,
    take: (Output) throws(Failure) -> Void
  ) throws(Failure) {
    let team = Team(makeTool: makeTool, work: work)
    defer { team.stop() }
    var own = Worker(team)
    var (begun, taken) = (0, 0)
    var isOver = false
    while true {
      while !isOver, begun - taken < 2 * threads {
        guard let input = try next() else {
          isOver = true
          break
        }
        team.push(begun, input)
        begun += 1
        // One for each input that the caller's thread will not come to first.
        if begun > 1, team.helpers < threads - 1 { team.addHelper() }
      }
      if taken == begun { return }
      if let result = team.result(taken) {
        taken += 1
        try take(result.get())
      } else if !own.takeJob() {
        team.waitForResult()
      }
    }
  }
}

/// Inputs that wait, results that wait, and the threads between them.
private final class Team<Input: Sendable, Output: Sendable, Tool: ~Copyable, Failure: Error>: Sendable {
  typealias Outcome = Result<Output, Failure>

  private struct Work {
    var jobs: [(number: Int, input: Input)] = []
    var outcomes: [Int: Outcome] = [:]
    var helpers = 0
    var isStopped = false
  }

  private let state = Mutex(Work())
  private let jobIsThere = DispatchSemaphore(value: 0)
  private let resultIsThere = DispatchSemaphore(value: 0)
  private let running = DispatchGroup()
  let makeTool: @Sendable () throws(Failure) -> Tool
  let work: @Sendable (Input, inout Tool) throws(Failure) -> Output

  init(
    makeTool: @escaping @Sendable () throws(Failure) -> Tool,
    work: @escaping @Sendable (Input, inout Tool) throws(Failure) -> Output
  ) {
    self.makeTool = makeTool
    self.work = work
  }

  var helpers: Int { state.withLock { $0.helpers } }

  func addHelper() {
    state.withLock { $0.helpers += 1 }
    DispatchQueue.global().async(group: running) {
      var worker = Worker(self)
      while self.waitForJob() { _ = worker.takeJob() }
    }
  }

  func push(_ number: Int, _ input: Input) {
    state.withLock { $0.jobs.append((number, input)) }
    jobIsThere.signal()
  }

  /// Waits for a job that may be there; false when there will be none any more.
  private func waitForJob() -> Bool {
    jobIsThere.wait()
    return state.withLock { !$0.isStopped }
  }

  func popJob() -> (number: Int, input: Input)? {
    state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
  }

  func finish(_ number: Int, _ outcome: Outcome) {
    state.withLock { $0.outcomes[number] = outcome }
    resultIsThere.signal()
  }

  func result(_ number: Int) -> Outcome? { state.withLock { $0.outcomes.removeValue(forKey: number) } }

  /// Waits until some result has come since the last wait.
  func waitForResult() { resultIsThere.wait() }

  /// Waits for what is being worked on; nothing is begun any more.
  func stop() {
    let helpers = state.withLock { state in
      (state.isStopped, state.jobs) = (true, [])
      return state.helpers
    }
    for _ in 0..<helpers { jobIsThere.signal() }
    running.wait()
  }
}

/// One thread of a team with its tool, which it makes for its first job.
private struct Worker<Input: Sendable, Output: Sendable, Tool: ~Copyable, Failure: Error>: ~Copyable {
  private let team: Team<Input, Output, Tool, Failure>
  private var tool: Tool?

  init(_ team: Team<Input, Output, Tool, Failure>) {
    self.team = team
    tool = nil
  }

  /// Does the next job; false if there is none.
  mutating func takeJob() -> Bool {
    guard let job = team.popJob() else { return false }
    do throws(Failure) {
      var tool = try takeTool()
      team.finish(job.number, .success(try team.work(job.input, &tool)))
      self.tool = consume tool
    } catch {
      team.finish(job.number, .failure(error))
    }
    return true
  }

  private mutating func takeTool() throws(Failure) -> Tool {
    if let made = tool.take() { return made }
    return try team.makeTool()
  }
}
