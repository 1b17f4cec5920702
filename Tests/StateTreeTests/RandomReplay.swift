import StateTree
import Testing

/// How a list of results is asked for; numpy gives the same stream either way.
enum Asking: CaseIterable {
  case atOnce, oneByOne
}

extension RandomCase {
  /// Performs the calls and expects numpy's results and numpy's state after them.
  func replay(_ asking: Asking = .atOnce) throws {
    var random = PCG64(seedSequence: generator.seed.sequence())
    let increment = random.position.increment
    #expect(try random.position == generator.before.state(increment: increment))
    for step in record.steps {
      try step.replay(on: &random, asking)
    }
    #expect(try random.position == record.after.state(increment: increment))
  }
}

extension StepRecord {
  func replay(on random: inout PCG64, _ asking: Asking) throws {
    switch call {
    case "advance": random.advance(by: try #require(by.flatMap { UInt128($0) }))
    case "jumped": random = random.jumped(try #require(by.flatMap { UInt128($0) }))
    case "random", "uniform":
      let expected = try #require(doubles)
      #expect(try draw(from: &random, expected.count, asking).map(\.bitPattern) == expected.map(\.bitPattern))
    default:
      let expected = try #require(integers)
      #expect(try texts(from: &random, expected.count, asking) == expected)
    }
  }

  private func draw(from random: inout PCG64, _ count: Int, _ asking: Asking) throws -> [Double] {
    guard call == "uniform" else {
      return asking == .atOnce ? random.random(count: count) : (0..<count).map { _ in random.random() }
    }
    let range = try #require(low.flatMap { Double($0) })..<#require(high.flatMap { Double($0) })
    return asking == .atOnce
      ? random.uniform(in: range, count: count) : (0..<count).map { _ in random.uniform(in: range) }
  }

  private func texts(from random: inout PCG64, _ count: Int, _ asking: Asking) throws -> [String] {
    switch call {
    case "next": return (0..<count).map { _ in String(random.next() as UInt64) }
    case "shuffle":
      var elements = Array(0..<count)
      random.shuffle(&elements)
      return elements.map { String($0) }
    case "integers": return try integers(from: &random, count, asking).map { String($0) }
    default:
      Issue.record("unknown call \(call)")
      return []
    }
  }

  private func integers(from random: inout PCG64, _ count: Int, _ asking: Asking) throws -> [Int64] {
    let (low, high) = try (#require(low.flatMap { Int64($0) }), #require(high.flatMap { Int64($0) }))
    return switch (endpoint == true, asking) {
    case (false, .atOnce): random.integers(in: low..<high, count: count)
    case (false, .oneByOne): (0..<count).map { _ in random.integers(in: low..<high) }
    case (true, .atOnce): random.integers(in: low...high, count: count)
    case (true, .oneByOne): (0..<count).map { _ in random.integers(in: low...high) }
    }
  }
}
