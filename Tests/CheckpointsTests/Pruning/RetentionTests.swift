import StateTree
import Testing

@testable import Checkpoints

@Suite("Retention decides what stays")
struct RetentionTests {
  /// Candidates of one megabyte each, one iteration and one second after the other.
  private func candidates(_ iterations: [Int], metrics: [Int: Double] = [:]) -> [RetentionCandidate] {
    iterations.map { iteration in
      RetentionCandidate(
        iteration: iteration, seconds: Int64(iteration), metric: metrics[iteration],
        files: [.init(identity: .init(device: 1, inode: UInt64(iteration)), byteCount: 1_000_000, linkCount: 1)])
    }
  }

  private func plan(_ retention: Retention, _ candidates: [RetentionCandidate], now: Int64 = 100) -> RetentionPlan {
    RetentionPlan(retention, candidates, now: now, DiskLedger(candidates))
  }

  /// The iterations that stay.
  private func staying(_ retention: Retention, _ candidates: [RetentionCandidate], now: Int64 = 100) -> [Int] {
    zip(candidates, plan(retention, candidates, now: now).decisions).compactMap { candidate, decision in
      if case .stays = decision { candidate.iteration } else { nil }
    }
  }

  @Test(
    arguments: [
      (Retention(last: 1), [12]),
      (Retention(last: 3), [9, 10, 12]),
      (Retention(last: 99), [1, 2, 3, 4, 9, 10, 12]),
      (Retention(every: 4), [4, 12]),
      (Retention(every: 5), [10, 12]),
      (Retention(best: .init(1, metric: "m")), [3, 12]),
      (Retention(best: .init(2, metric: "m")), [3, 9, 12]),
      (Retention(best: .init(1, metric: "m", mode: .min)), [2, 12]),
      (Retention(best: .init(9, metric: "m")), [2, 3, 4, 9, 12]),
      (Retention(last: 2, best: .init(1, metric: "m"), every: 9), [3, 9, 10, 12]),
      // Now is 20: 12 is 8 seconds old, 10 is 10.
      (Retention(age: .seconds(9)), [12]),
      (Retention(age: .seconds(10)), [10, 12]),
      (Retention(last: 3, age: .seconds(10)), [9, 10, 12]),
      (Retention(last: 1, every: 4, age: .seconds(16)), [4, 9, 10, 12]),
      (Retention(bytes: 3_000_000), [9, 10, 12]),
      (Retention(bytes: 2_999_999), [10, 12]),
      (Retention(bytes: 1), [12]),
      (Retention(last: 2, bytes: 1), [10, 12]),
      (Retention(every: 2, bytes: 5_000_000), [2, 4, 9, 10, 12]),
      (Retention(age: .seconds(16), bytes: 3_000_000), [9, 10, 12]),
      (Retention(age: .seconds(10), bytes: 5_000_000), [10, 12]),
    ] as [(Retention, [Int])])
  func `rules keep, and limits take the oldest of the others`(retention: Retention, expected: [Int]) {
    let metrics = [2: -1.0, 3: 7.5, 4: 0, 9: 7.25, 10: .nan, 12: .infinity]
    // 12 has no finite value and stays as the newest.
    let known = candidates([1, 2, 3, 4, 9, 10, 12], metrics: metrics)
    #expect(staying(retention, known, now: 20) == expected)
    #expect(staying(retention, known.reversed(), now: 20).reversed() == expected)
  }

  @Test func `order is that of numbers, not of their digits`() {
    #expect(staying(Retention(last: 2), candidates([9, 10, 99, 100, 1_000_000, 999_999])) == [1_000_000, 999_999])
  }

  @Test func `of equal values the newer is the better`() {
    let same = candidates([1, 2, 3, 4], metrics: [1: 5, 2: 5, 3: 5, 4: 1])
    #expect(staying(Retention(best: .init(2, metric: "m")), same) == [2, 3, 4])
  }

  @Test func `what is not sound neither counts nor goes`() {
    var some = candidates([1, 2, 3, 4, 5], metrics: [1: 1, 2: 2, 3: 3, 4: 4, 5: 5])
    some[4].standing = .damaged("torn")
    some[3].standing = .foreign("of the run x")
    some[1].attachment = "notes.txt is not of the checkpoint"
    let plan = plan(Retention(last: 1), some)
    #expect(
      plan.decisions == [
        .goes(freedBytes: 1_000_000), .stays([.foreign("notes.txt is not of the checkpoint")]),
        .stays([.newest, .last]),
        .stays([.foreign("of the run x")]), .stays([.damaged("torn")]),
      ])
    #expect(plan.counted == [2])
    #expect(staying(Retention(best: .init(1, metric: "m")), some) == [2, 3, 4, 5])
    // With nothing sound nothing goes.
    for index in some.indices { some[index].standing = .damaged("torn") }
    #expect(staying(Retention(last: 1), some) == [1, 2, 3, 4, 5])
  }

  @Test(
    arguments: [
      ([100, 100, 9], [2, 3]), ([100, 100, 10], [3]), ([100, 9, 100], [3]), ([200, 100, 10], [1, 3]),
      ([1, 1, 0], [2, 3]),
      ([0, 0, 0], [3]), ([15, 15, 1], [2, 3]), ([Int.max, 5, 5], [1, 3]), ([10, 1, 1], [3]), ([11, 1, 1], [1, 3]),
    ])
  func `the last one before a replay buffer lost its steps stays`(steps: [Int], expected: [Int]) {
    var some = candidates([1, 2, 3])
    for index in some.indices { some[index].bufferSteps = ["replay_buffer": steps[index], "other": 7] }
    #expect(staying(Retention(last: 1), some) == expected)
  }

  @Test func `a checkpoint without the buffer says nothing of its size`() {
    var some = candidates([1, 2, 3, 4])
    some[0].bufferSteps = ["b": 100]
    some[1].bufferSteps = ["b": 1]
    #expect(staying(Retention(last: 1), some) == [1, 4])
  }

  @Test(
    arguments: [
      (Retention(last: 0), "the last is 0, expected 1 or more"),
      (Retention(every: -1), "every is -1, expected 1 or more"),
      (Retention(best: .init(0, metric: "m")), "the best is 0, expected 1 or more"),
      (Retention(best: .init(1, metric: "")), "the metric has no name"),
      (Retention(bytes: 0), "bytes is 0, expected 1 or more"),
      (Retention(age: .zero), "an age of 0.0 seconds, expected more than 0"),
      (Retention(), "it says nothing of what stays"),
    ])
  func `what cannot be meant is refused`(retention: Retention, reason: String) {
    #expect(throws: CheckpointError.invalidRetention(reason: reason)) { try retention.requireSound() }
  }

  // MARK: bytes on disk

  @Test func `a file is freed with its last name, and a segment with the last that names it`() {
    func file(_ inode: UInt64, _ bytes: Int, names: Int) -> StoredFile {
      StoredFile(identity: .init(device: 1, inode: inode), byteCount: bytes, linkCount: names)
    }
    var some = candidates([1, 2, 3])
    // a is linked into the pool, 1 and 2; b into the pool, 2 and a fork; c was copied into the pool, which had no link.
    some[0].files = [file(10, 5, names: 1), file(100, 1_000, names: 3)]
    some[0].segments = ["a"]
    some[1].files = [file(11, 6, names: 1), file(100, 1_000, names: 3), file(101, 2_000, names: 3)]
    some[1].segments = ["a", "b"]
    some[2].files = [file(12, 7, names: 1), file(102, 4_000, names: 1)]
    some[2].segments = ["c"]
    let pool = [
      "a": file(100, 1_000, names: 3), "b": file(101, 2_000, names: 3), "c": file(103, 4_000, names: 1),
      "unused": file(104, 50, names: 1), "aside": file(105, 60, names: 1),
    ]
    var ledger = DiskLedger(some, pool: pool, pinned: ["aside"])
    #expect(ledger.garbageBytes == 50 && ledger.byteCount == 5 + 6 + 7 + 1_000 + 2_000 + 8_000 + 60)
    #expect(ledger.remove(some[0]) == 5)
    #expect(ledger.remove(some[1]) == 6 + 1_000)
    #expect(ledger.remove(some[2]) == 7 + 8_000)
    #expect(ledger.byteCount == 2_000 + 60)
    // If a manifest cannot be read, nothing of the pool goes.
    var careful = DiskLedger(some, pool: pool, pinned: nil)
    #expect(careful.garbageBytes == 0 && careful.remove(some[2]) == 7 + 4_000)
  }

  // MARK: at random

  /// The same decisions, made in the plainest way.
  private func oracle(_ retention: Retention, _ all: [RetentionCandidate], now: Int64) -> Set<Int> {
    let sound = all.filter(\.isSound).sorted { $0.iteration < $1.iteration }
    var stay = Set(all.filter { !$0.isSound || $0.attachment != nil || $0.neededBy != nil }.map(\.iteration))
    var wanted = Set(sound.suffix(max(1, retention.last ?? 1)).map(\.iteration))
    if let every = retention.every { wanted.formUnion(sound.map(\.iteration).filter { $0 % every == 0 }) }
    if let best = retention.best {
      let sign = best.mode == .max ? 1.0 : -1.0
      var rest = sound.filter { $0.metric?.isFinite == true }
      for _ in 0..<best.count {
        guard let top = rest.map({ sign * ($0.metric ?? 0) }).max(),
          let chosen = rest.last(where: { sign * ($0.metric ?? 0) == top })
        else { break }
        wanted.insert(chosen.iteration)
        rest.removeAll { $0.iteration == chosen.iteration }
      }
    }
    stay.formUnion(wanted)
    guard retention.age != nil || retention.bytes != nil else { return stay }
    var others = sound.map(\.iteration).filter { !stay.contains($0) }
    if let age = retention.age { others.removeAll { Duration.seconds(now - Int64($0)) > age } }
    if let bytes = retention.bytes {
      func total() -> Int { (Set(all.map(\.iteration)).intersection(stay.union(others))).count * 1_000_000 }
      while total() > bytes, !others.isEmpty { others.removeFirst() }
    }
    return stay.union(others)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `any candidates under any rules are decided as the plainest way decides them`(seed: UInt64) throws {
    var generator = PCG64(seed: seed)
    func chance(_ probability: Double) -> Bool { generator.random() < probability }
    func below(_ bound: Int) -> Int { Int(generator.integers(in: 0..<Int64(bound))) }
    for _ in 0..<50 {
      var iterations = Set<Int>()
      for _ in 0..<below(14) { iterations.insert(below(40)) }
      var all = candidates(iterations.sorted())
      for index in all.indices {
        all[index].metric = chance(0.8) ? Double(below(6)) : chance(0.5) ? .nan : nil
        if chance(0.15) { all[index].standing = .damaged("x") }
        if chance(0.2) { all[index].standing = .unverified }
        if chance(0.1) { all[index].standing = .foreign("x") }
        if chance(0.1) { all[index].attachment = "x" }
        if chance(0.1) { all[index].neededBy = 3 }
      }
      var retention = Retention(last: chance(0.5) ? 1 + below(4) : nil, every: chance(0.4) ? 1 + below(7) : nil)
      if chance(0.5) { retention.best = .init(1 + below(3), metric: "m", mode: chance(0.5) ? .max : .min) }
      if chance(0.4) { retention.age = .seconds(1 + below(50)) }
      if chance(0.4) { retention.bytes = 1 + below(12_000_000) }
      let stay = Set(staying(retention, all, now: 45))
      #expect(stay == oracle(retention, all, now: 45), "seed \(seed): \(retention) of \(all)")
      let plan = plan(retention, all, now: 45)
      #expect(plan.counted.allSatisfy { all[$0].isSound && stay.contains(all[$0].iteration) })
      let freed = plan.decisions.reduce(0) { if case .goes(let bytes) = $1 { $0 + bytes } else { $0 } }
      #expect(freed == (all.count - stay.count) * 1_000_000)
    }
  }
}
