import BufferFiles
import MessagePack
import StateTree
import Testing

@Suite("Two trees of state differ where they differ")
struct StateDiffTests {
  private func changes(_ old: StateValue, _ new: StateValue) -> [StateDiff.Change] {
    StateDiff(from: StateNode(old), to: StateNode(new)).changes
  }

  @Test func `added, removed, changed and another type`() {
    let old: StateValue = ["gone": 1, "kept": "a", "number": 1, "inner": ["x": true, "list": ["a", "b"]]]
    let new: StateValue = ["number": 1.0, "inner": ["list": ["a", "c"], "x": false], "kept": "a", "new": [:]]
    #expect(changes(old, new) == [
      .init(path: "gone", kind: .removed("1")),
      .init(path: "number", kind: .changed(old: "1", new: "1.0", distance: 0)),
      .init(path: "inner/x", kind: .changed(old: "true", new: "false", distance: nil)),
      .init(path: "inner/list/1", kind: .changed(old: "\"b\"", new: "\"c\"", distance: nil)),
      .init(path: "new", kind: .added("map of 0")),
    ])
    #expect(changes(old, old).isEmpty && changes(["a": 1, "b": 2], ["b": 2, "a": 1]).isEmpty)
  }

  @Test func `tensors of one form by their numbers, of another form by it`() throws {
    let (a, b) = (Tensor(vector: [1, 2] as [Float]), Tensor(vector: [1, 2.5] as [Float]))
    guard case .tensor(let summary, let difference)? = changes(["w": .tensor(a)], ["w": .tensor(b)]).first?.kind else {
      Issue.record("no difference of tensors")
      return
    }
    #expect(summary == "float32 [2]" && difference.largest == 0.5 && difference.distance == 0.5 && difference.worst == 1)
    let shape = StateValue.tensor(try a.reshaped([2, 1]))
    #expect(changes(.tensor(a), shape) == [
      .init(path: "state", kind: .changed(old: "float32 [2]", new: "float32 [2, 1]", distance: nil))
    ])
    let other = StateValue.tensor(Tensor(vector: [1, 2] as [Double]))
    #expect(changes(.tensor(a), other).count == 1 && changes(.tensor(a), [1, 2]).count == 1)
  }

  @Test func `lists of different lengths`() {
    #expect(changes(["l": [1, 2, 3]], ["l": [1, 2]]) == [
      .init(path: "l", kind: .changed(old: "list of 3", new: "list of 2", distance: nil))
    ])
  }

  @Test func `a path can be left out, whatever happened there`() {
    let old: StateValue = ["a": ["b": 1, "c": 1], "gone": 1]
    let new: StateValue = ["a": ["b": 2, "c": 2], "new": 1]
    let diff = StateDiff(from: StateNode(old), to: StateNode(new)) { ["a/b", "gone", "new"].contains($0) }
    #expect(diff.changes.map(\.path) == ["a/c"])
  }

  @Test func `keys of another type are other keys`() {
    let map = { (entries: [(MessagePackValue, Int64)]) in
      StateNode(MessagePackValue.map(entries.map { .init(key: $0.0, value: .int($0.1)) }))
    }
    let both = map([(.int(1), 10), (.string("1"), 20), (.binary([1, 2]), 30), (.binary([3, 4]), 40), (.float64(1), 50)])
    #expect(StateDiff(from: both, to: both).changes.isEmpty)
    #expect(StateDiff(from: map([(.int(1), 10)]), to: map([(.string("1"), 10)])).changes.map(\.path) == ["1", "\"1\""])
    let swapped = map([(.int(1), 20), (.string("1"), 10), (.binary([1, 2]), 30), (.binary([3, 4]), 41), (.float64(1), 50)])
    #expect(StateDiff(from: both, to: swapped).changes.count == 3)
  }

  @Test func `long texts and bytes say from where on they differ`() {
    let long = String(repeating: "x", count: 100)
    #expect(changes(.string(long + "a"), .string(long + "b")).first?.kind == .changed(
      old: "\"\(long.prefix(40))...\", the first 100 bytes alike", new: "\"\(long.prefix(40))...\" of other bytes from there",
      distance: nil))
    #expect(changes(.bytes([1, 2, 3]), .bytes([1, 2, 4])).first?.kind == .changed(
      old: "3 bytes, the first 2 bytes alike", new: "3 bytes of other bytes from there", distance: nil))
    let types = StateDiff(from: .leaf(.float32(1)), to: .leaf(.float64(1))).changes.first
    #expect(types?.kind == .changed(old: "float32 1.0", new: "float64 1.0", distance: 0))
  }
}
