import Synchronization
import Testing

@testable import BufferFiles

@Suite struct OrderedWorkTests {
  private struct Failure: Error, Equatable { var number: Int }

  /// Runs work on the numbers below `count`, keeping account of how many are under way.
  private func run(
    _ count: Int, threads: Int, failing: Set<Int> = [], most: Mutex<Int>? = nil, taken: (Int) throws -> Void
  ) throws {
    var numbers = (0..<count).makeIterator()
    let underWay = Mutex(0)
    try OrderedWork.run(
      threads: threads,
      makeTool: { () throws in 0 },
      next: { () throws in
        guard let number = numbers.next() else { return nil }
        let now = underWay.withLock { $0 += 1; return $0 }
        most?.withLock { $0 = max($0, now) }
        return number
      },
      work: { (number, tool: inout Int) throws in
        tool += 1
        if failing.contains(number) { throw Failure(number: number) }
        // Of different length, so that later ones are done first.
        var sum = UInt64(number)
        for _ in 0..<(number % 7) * 2_000 { sum = sum &* 6_364_136_223_846_793_005 &+ 1 }
        return (number, sum)
      },
      take: { (result) throws in
        underWay.withLock { $0 -= 1 }
        try taken(result.0)
      })
  }

  @Test("results are taken in the order of their inputs, whatever the number of threads", arguments: [1, 2, 3, 8, 40])
  func order(threads: Int) throws {
    for count in [0, 1, 2, 300] {
      var taken: [Int] = []
      try run(count, threads: threads) { taken.append($0) }
      #expect(taken == Array(0..<count))
    }
  }

  @Test("no more inputs are held than twice the threads", arguments: [1, 2, 5])
  func bounded(threads: Int) throws {
    let most = Mutex(0)
    try run(500, threads: threads, most: most) { _ in }
    #expect(most.withLock { $0 } <= 2 * threads)
  }

  @Test("the first failure in the order of the inputs is thrown, after everything before it was taken", arguments: [1, 2, 8])
  func failure(threads: Int) {
    for first in [0, 1, 50] {
      var taken: [Int] = []
      #expect(throws: Failure(number: first)) {
        try run(200, threads: threads, failing: [first, first + 1, first + 30]) { taken.append($0) }
      }
      #expect(taken == Array(0..<first))
    }
  }

  @Test("an error of who takes the results ends the work", arguments: [1, 4])
  func taking(threads: Int) {
    var taken = 0
    #expect(throws: Failure(number: 9)) {
      try run(10_000, threads: threads) { number in
        taken += 1
        if number == 9 { throw Failure(number: 9) }
      }
    }
    #expect(taken == 10)
  }

  @Test("work inside of work ends too, when every thread of the system waits")
  func nested() throws {
    let sum = Mutex(0)
    var outer = (0..<40).makeIterator()
    try OrderedWork.run(
      threads: 8, makeTool: { () throws in }, next: { () throws in outer.next() },
      work: { (_, _) throws in
        var inner = (0..<20).makeIterator()
        try OrderedWork.run(
          threads: 8, makeTool: { () throws in }, next: { () throws in inner.next() },
          work: { (number, _) throws in number }, take: { (number) throws in sum.withLock { $0 += number } })
      },
      take: { _ in })
    #expect(sum.withLock { $0 } == 40 * 190)
  }

  @Test(
    "threads are as many as their records fit the memory that is promised",
    arguments: [(4, 2 << 20, 4), (4, 16 << 20, 1), (8, 4 << 20, 2), (1, 1 << 40, 1), (64, 1 << 20, 11), (3, 0, 3)])
  func threads(count: Int, recordBytes: Int, expected: Int) {
    #expect(WorkerCount(count).threads(recordBytes: recordBytes) == expected)
  }
}
