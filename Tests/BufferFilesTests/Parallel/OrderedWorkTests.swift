import Synchronization
import Testing

@testable import BufferFiles

@Suite struct OrderedWorkTests {
  private struct Failure: Error, Equatable { var number: Int }

  /// Runs work on the numbers below `count`.
  /// - Returns: The most numbers that were under way at a time.
  @discardableResult
  private func run(
    _ count: Int, threads: Int, failing: Set<Int> = [], taken: (Int) throws -> Void
  ) throws -> Int {
    var (begun, underWay, most) = (0, 0, 0)
    try OrderedWork.run(
      threads: threads,
      makeTool: { () throws -> Int in 0 },
      next: { () throws -> Int? in
        guard begun < count else { return nil }
        defer { begun += 1 }
        underWay += 1
        most = max(most, underWay)
        return begun
      },
      work: { (number: Int, tool: inout Int) throws -> (Int, UInt64) in
        tool += 1
        if failing.contains(number) { throw Failure(number: number) }
        // Of different length, so that later ones are done first.
        var sum = UInt64(number)
        for _ in 0..<(number % 7) * 2_000 { sum = sum &* 6_364_136_223_846_793_005 &+ 1 }
        return (number, sum)
      },
      take: { (result: (Int, UInt64)) throws in
        underWay -= 1
        try taken(result.0)
      })
    return most
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
    #expect(try run(500, threads: threads) { _ in } == 2 * threads)
  }

  @Test(
    "the first failure in the order of the inputs is thrown, after everything before it was taken", arguments: [1, 2, 8])
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
      threads: 8, makeTool: { () throws -> Int in 0 }, next: { () throws -> Int? in outer.next() },
      work: { (_: Int, _: inout Int) throws -> Bool in
        var inner = (0..<20).makeIterator()
        try OrderedWork.run(
          threads: 8, makeTool: { () throws -> Int in 0 }, next: { () throws -> Int? in inner.next() },
          work: { (number: Int, _: inout Int) throws -> Int in number },
          take: { (number: Int) throws in sum.withLock { $0 += number } })
        return true
      },
      take: { (_: Bool) throws in })
    #expect(sum.withLock { $0 } == 40 * 190)
  }

  @Test(
    "threads are as many as their records fit the memory that is promised",
    arguments: [(4, 2 << 20, 4), (4, 16 << 20, 1), (8, 4 << 20, 2), (1, 1 << 40, 1), (64, 1 << 20, 11), (3, 0, 3)])
  func threads(count: Int, recordBytes: Int, expected: Int) {
    #expect(WorkerCount(count).threads(recordBytes: recordBytes) == expected)
  }
}
