import StateTree
import SystemPackage
import Testing

@testable import Training

/// Which of the saves that wait a newer one replaces.
@Suite struct ReplacedJobsTests {
  /// `d3` is a dump of iteration 3, `c3` a checkpoint with the buffer, `o3` one without it; `!` behind it: it waits.
  private func jobs(_ text: String) -> [SaveJob] {
    text.split(separator: " ").map { word in
      let kind: FinishedSave.Kind = word.first == "d" ? .dump : .checkpoint
      return SaveJob(
        lane: .init(kind: kind, directory: FilePath("\(kind)")),
        iteration: Int(word.dropFirst().filter(\.isNumber)) ?? 0, path: FilePath(String(word)), whenBusy: word.last == "!" ? .wait : .replace,
        replayBuffer: kind == .dump ? nil : word.first == "o" ? .omit : .include
      ) { .superfluous }
    }
  }

  @Test(
    arguments: [
      ("c1", "c1"), ("c1 c2", "c2"), ("c1 c2 c3", "c3"), ("d1 c1", "d1 c1"), ("d1 c1 d2", "c1 d2"),
      ("d1 c1 d2 c2", "d2 c2"),
      // What a checkpoint without a buffer stands on stays as long as it waits.
      ("d1 o1 d2", "d1 o1 d2"), ("d1 o1 d2 o2", "d2 o2"), ("d1 o2 d3", "d1 o2 d3"), ("d1 d2 o2 d3", "d2 o2 d3"),
      ("d1 o1 d2 d3", "d1 o1 d3"), ("o1 d2 d3", "o1 d3"),
      // What was to take place in any case does, and a save of one iteration does not replace another of it.
      ("c1! c2", "c1! c2"), ("c1 c2!", "c1 c2!"), ("c2 c2", "c2 c2"),
    ])
  func `a newer save replaces those that nothing stands on`(_ waiting: String, _ expected: String) {
    var left = jobs(waiting)
    let replaced = left.takeReplaced()
    #expect(left.map(\.path.string).joined(separator: " ") == expected)
    #expect(replaced.count + left.count == jobs(waiting).count)
  }

  /// At most one checkpoint, the dump it stands on and a newer dump wait, however many were begun.
  @Test(arguments: [1, 2, 3, 5]) func `what waits is bounded`(_ dumpsPerCheckpoint: Int) {
    var waiting: [SaveJob] = []
    for iteration in 1...200 {
      waiting += jobs("d\(iteration)")
      _ = waiting.takeReplaced()
      if iteration % dumpsPerCheckpoint == 0 {
        waiting += jobs("o\(iteration)")
        _ = waiting.takeReplaced()
      }
      #expect(waiting.count <= 3)
    }
    #expect(waiting.contains { $0.path == "d200" })
    let last = 200 / dumpsPerCheckpoint * dumpsPerCheckpoint
    #expect(waiting.contains { $0.path == FilePath("o\(last)") })
  }

  @Test func `at the end every failure and warning is told`() throws {
    struct Reason: Error, CustomStringConvertible { let description: String }
    let lines = Lines()
    let writer = BackgroundWriter { lines.add($0) }
    for number in 1...2 {
      writer.begin(
        SaveJob(
          lane: .init(kind: .dump, directory: "d"), iteration: number, path: FilePath("d/\(number)"), whenBusy: .wait,
          replayBuffer: nil
        ) { throw Reason(description: "reason \(number)") })
    }
    writer.begin(
      SaveJob(
        lane: .init(kind: .dump, directory: "d"), iteration: 3, path: "d/3", whenBusy: .wait, replayBuffer: nil
      ) { .skipped(warning: "no room") })
    writer.settleAtEnd()
    #expect(
      lines.all == [
        "no room",
        TrainingError.saveFailed(.dump, "d/1", iteration: 1, underlying: Reason(description: "reason 1")).description,
        TrainingError.saveFailed(.dump, "d/2", iteration: 2, underlying: Reason(description: "reason 2")).description,
      ])
    writer.settleAtEnd()
    #expect(lines.all.count == 3)
  }
}
