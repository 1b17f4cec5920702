/// Which number the step of each time has, where both go up: kept as runs in which they count together.
///
/// The environment steps of an episode, and the steps of one of its agents, whose times have gaps where it did not act.
struct StepRuns: Sendable, Equatable {
  /// Steps at `count` consecutive times with as many consecutive numbers.
  struct Run: Sendable, Equatable {
    var time: Int
    var number: Int
    var count: Int

    var times: Range<Int> { time..<time + count }
    var numbers: Range<Int> { number..<number + count }
  }

  private(set) var runs: [Run] = []

  /// The time of the last step.
  var lastTime: Int? { runs.last.map { $0.times.upperBound - 1 } }
  /// How many steps there are.
  /// - Complexity: O(runs)
  var count: Int { runs.reduce(0) { $0 + $1.count } }
  /// The numbers of all steps.
  var numbers: [Int] { runs.flatMap(\.numbers) }

  /// Adds steps behind the last one.
  /// - Precondition: Time and numbers are above all that are there.
  mutating func append(_ run: Run) {
    guard run.count > 0 else { return }
    if let last = runs.last {
      precondition(run.time >= last.times.upperBound && run.number >= last.numbers.upperBound, "steps that go up")
      if run.time == last.times.upperBound, run.number == last.numbers.upperBound {
        runs[runs.count - 1].count += run.count
        return
      }
    }
    runs.append(run)
  }

  /// Adds steps with consecutive numbers at any times that go up.
  mutating func append(times: [Int], firstNumber: Int) {
    for (index, time) in times.enumerated() {
      append(Run(time: time, number: firstNumber + index, count: 1))
    }
  }

  /// The number of the step at a time, or nil if there is none.
  /// - Complexity: O(log runs)
  func number(at time: Int) -> Int? {
    var candidates = runs.indices
    while candidates.count > 1 {
      let middle = candidates.lowerBound + candidates.count / 2
      candidates = runs[middle].time <= time ? middle..<candidates.upperBound : candidates.lowerBound..<middle
    }
    guard let run = candidates.first.map({ runs[$0] }), run.times.contains(time) else { return nil }
    return run.number + time - run.time
  }

  /// The time of the step of a number, or nil if there is none.
  /// - Complexity: O(log runs)
  func time(of number: Int) -> Int? {
    var candidates = runs.indices
    while candidates.count > 1 {
      let middle = candidates.lowerBound + candidates.count / 2
      candidates = runs[middle].number <= number ? middle..<candidates.upperBound : candidates.lowerBound..<middle
    }
    guard let run = candidates.first.map({ runs[$0] }), run.numbers.contains(number) else { return nil }
    return run.time + number - run.number
  }
}
