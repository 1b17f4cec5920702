import StateTree
import Testing

@testable import Training

@Suite struct EveryTests {
  private func due(_ period: inout Period, _ values: [(Int, Int, Int, Int)]) -> [Bool] {
    values.map {
      period.isDue(.init(iteration: $0.0, environmentSteps: $0.1, insertionCount: $0.2, now: .seconds($0.3)))
    }
  }

  private let walk = [(1, 100, 90, 10), (2, 210, 180, 20), (3, 290, 270, 30), (4, 450, 360, 40)]

  @Test func `each unit counts its own progress`() {
    var iterations = Period(.iterations(2))
    var steps = Period(.environmentSteps(200))
    var transitions = Period(.newTransitions(150))
    var time = Period(.time(.seconds(15)))
    time.start(now: .zero)
    #expect(due(&iterations, walk) == [false, true, false, true])
    #expect(due(&steps, walk) == [false, true, false, true])
    #expect(due(&transitions, walk) == [false, true, false, true])
    #expect(due(&time, walk) == [false, true, false, true])
  }

  @Test(arguments: [Every.iterations(2), .environmentSteps(200), .newTransitions(150), .time(.seconds(15))])
  func `a restored period keeps the beat`(_ every: Every) throws {
    var straight = Period(every)
    straight.start(now: .zero)
    let expected = due(&straight, walk)
    for cut in 1..<walk.count {
      var first = Period(every)
      first.start(now: .zero)
      var answers = due(&first, Array(walk[..<cut]))
      var second = Period(every)
      try second.restore(from: first.state)
      // Another process, whose clock began anew: time between the two does not count.
      let moved = walk[cut...].map { ($0.0, $0.1, $0.2, $0.3 + 1000) }
      second.start(now: .seconds(1000 + walk[cut - 1].3))
      answers += due(&second, moved)
      #expect(answers == expected)
      #expect(second.state == straight.state)
    }
  }

  @Test(arguments: [Every.iterations(3), .environmentSteps(5000), .newTransitions(1), .time(.milliseconds(1500))])
  func `a period is written with its unit and read back`(_ every: Every) throws {
    #expect(try StateValue(encoding: every).decode(Every.self) == every)
  }

  @Test func `a period that is not above 0 is not read`() throws {
    for state in [["iterations": 0], ["seconds": -1.0], ["fortnights": 1]] as [StateValue] {
      #expect(throws: DecodingError.self) { try state.decode(Every.self) }
    }
  }
}
