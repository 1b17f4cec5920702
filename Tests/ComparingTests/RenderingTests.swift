@testable import BufferFiles
import FileSystemsTestSupport
import Foundation
import Inspection
import ForeignFormats
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("A comparison as text: the verdict, then section after section")
struct RenderingTests {
  private func render(
    _ old: some BufferContents, _ new: some BufferContents, metadata: StateMap = [:], limit: Int = 20,
    body: (DiffReport) throws -> Void = { _ in }
  ) throws -> [String] {
    try withTemporaryDirectory { directory in
      let paths = [directory.appending("a.zst"), directory.appending("b.zst")]
      try BufferFileWriter.write(old, to: paths[0])
      try BufferFileWriter.write(new, to: paths[1], metadata: metadata)
      let report = try DiffReport(from: SavedState.open(paths[0]), to: SavedState.open(paths[1]))
      try body(report)
      let text = DiffTextRendering(limit: limit).render(report)
      #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
      return text.replacingOccurrences(of: "\(directory)/", with: "").split(separator: "\n").map(String.init)
    }
  }

  @Test func `the same is said in two lines`() throws {
    let contents = try FlatWorld.contents()
    #expect(try render(contents, contents) == [
      "same: a.zst and b.zst (ReplayBuffer in a file of rlbuf)", "  steps +0 new  -0 evicted  =30 kept",
    ])
  }

  @Test func `values, the element along each axis`() throws {
    let old = try FlatWorld.contents().planting(Float(1), in: "obs", row: 4, element: 2).planting(Float(0), in: "rewards", row: 0)
    let new = try old.planting(Float(3.5), in: "obs", row: 4, element: 2).planting(-Float(0), in: "rewards", row: 0)
    #expect(try render(old, new) == [
      "different: a.zst and b.zst (ReplayBuffer in a file of rlbuf)",
      "ring", "  steps +0 new  -0 evicted  =30 kept",
      "values that differ in kept steps",
      "  ~ obs: 1 of 30 rows, largest 2.5 at step 14 [1, 0] (1.0 -> 3.5)",
      "  ~ rewards: 1 of 30 rows, largest 0 at step 10 (0.0 -> -0.0)",
    ])
  }

  @Test func `episodes, priorities, counters, state and header`() throws {
    let old = try episodes()
    var flags = try #require(old.stored["episodes"]?["truncated"]?.tensor).flags()
    flags[0] = true
    let new = old.setting("priorities", to: .tensor(Tensor(vector: [1, 2, 4.5] as [Double])))
      .setting("episodes", "truncated", to: .tensor(Tensor(vector: flags)))
      .setting("capacity", to: 200).setting("extra", to: ["w": 2, "\u{1b}[2J": 1])
    #expect(try render(old, new, metadata: ["note": "new\n"]) == [
      "different: a.zst and b.zst (PrioritizedEpisodeReplayBuffer in a file of rlbuf)",
      "ring", "  steps +0 new  -0 evicted  =3 kept", "  episodes +0 new  -0 evicted  =1 kept",
      "values", "  none of the 3 kept steps differs",
      "episodes that ended otherwise", "  ~ one: open -> truncated",
      "priorities", "  ~ 1 of 3 kept steps differ, largest 1.5, L2 1.5 at step 2, episode one t 2 (3.0 -> 4.5)",
      "counters", "  ~ capacity: 100 -> 200",
      "state", "  ~ extra/w: 1 -> 2", "  + extra/\\u{1b}[2J: 1",
      "header", "  + metadata/note: \"new\\u{a}\"",
    ])
    #expect(try render(old, new, limit: 0).contains("  ... 2 more"))
  }

  @Test func `schema, and rows that cannot be compared`() throws {
    let old = try FlatWorld.contents()
    var new = old
    new.schema = try BufferSchema(old.schema.columns.map { $0.name == "seen" ? ColumnSchema("s\u{202e}n", .uint64) : $0 })
    new.kind = "Other"
    let lines = try render(old, new)
    #expect(lines[1...4] == [
      "schema", "  ~ kind: ReplayBuffer -> Other", "  - seen: uint64 []", "  + s\\u{202e}n: uint64 []",
    ])
    new = try episodes()
    let other = try render(old, new)
    #expect(other.contains("  ~ layout: transitions -> episodes; rows cannot be compared") && !other.contains("ring"))
  }

  @Test func `RLlib's bookkeeping takes one line, or all of them if nothing else differs`() throws {
    let old = try episodes().setting("rllib", to: ["leaves": 1, "free_nodes": 2, "max_idx": 3, "a": 1, "b": 1])
    let new = old.setting("rllib", to: ["leaves": 2, "free_nodes": 3, "max_idx": 4, "a": 2, "b": 2])
    let alone = try render(old, new)
    #expect(alone.suffix(6) == [
      "state", "  ~ rllib/leaves: 1 -> 2", "  ~ rllib/free_nodes: 2 -> 3", "  ~ rllib/max_idx: 3 -> 4",
      "  ~ rllib/a: 1 -> 2", "  ~ rllib/b: 1 -> 2",
    ])
    let folded = try render(old, new.setting("sampled_timesteps", to: 12))
    #expect(folded.first?.hasPrefix("different: ") == true)
    #expect(folded.suffix(4) == [
      "counters", "  ~ sampled_timesteps: 0 -> 12", "state",
      "  ~ RLlib's own bookkeeping differs too: 5 places (leaves, free_nodes, max_idx, a, ...); --json lists them",
    ])
  }

  @Test func `JSON says the same, with null for what JSON cannot say`() throws {
    let old = try episodes()
    let new = try old.planting(Float.infinity, in: "rewards", row: 1)
      .setting("priorities", to: .tensor(Tensor(vector: [1, 2, 4.5] as [Double])))
      .setting("alpha", to: .double(.nan)).setting("extra", "w", to: .tensor(Tensor(vector: [1.5])))
    _ = try render(old, new) { report in
      let json = try JSONSerialization.jsonObject(with: Data(DiffJSONRendering().render(report).utf8))
      let object = try #require(json as? [String: Any])
      #expect(Set(object.keys) == ["schema", "same", "old", "new", "kind", "buffer", "header", "not_compared"])
      #expect(object["schema"] as? String == "rlbuf.diff/1" && object["same"] as? Bool == false)
      let buffer = try #require(object["buffer"] as? [String: Any])
      #expect(Set(buffer.keys) == [
        "schema_changes", "steps", "renumbered", "episodes", "columns", "endings", "priorities", "state",
      ])
      let column = try #require((buffer["columns"] as? [[String: Any]])?.first)
      #expect(column["largest"] is NSNull && column["new"] as? String == "inf" && column["step"] as? Int == 1)
      #expect(column["episode"] as? String == "one" && column["time"] as? Int == 1 && column["element"] as? Int == 0)
      let priorities = try #require(buffer["priorities"] as? [String: Any])
      #expect(priorities["l2"] as? Double == 1.5 && priorities["worst"] as? Int == 2 && priorities["step"] as? Int == 2)
      let state = try #require(buffer["state"] as? [[String: Any]])
      #expect(state.map { $0["path"] as? String } == ["alpha", "extra/w"] && state[0]["distance"] is NSNull)
    }
  }

  @Test func `JSON of two trees`() throws {
    let states: [StateValue] = [["a": 1, "t": .tensor(Tensor(vector: [1.0]))], ["a": 1, "t": .tensor(Tensor(vector: [3.0])), "b": 2]]
    try withTemporaryDirectory { directory in
      let files = try states.enumerated().map { index, state in
        let writer = try BufferFileWriter.create(at: directory.appending("\(index)"), header: FileHeader(content: .state))
        try writer.finish(state: state)
        return try SavedState.open(directory.appending("\(index)"))
      }
      let text = try DiffJSONRendering().render(DiffReport(from: files[0], to: files[1]))
      let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(object["kind"] as? String == "trees" && object["buffer"] == nil)
      let changes = try #require(object["state"] as? [[String: Any]])
      #expect(changes.map { $0["change"] as? String } == ["tensor", "added"])
      #expect((changes[0]["tensor"] as? [String: Any])?["largest"] as? Double == 2)
    }
  }

  /// One open episode of three steps with priorities.
  private func episodes() throws -> EditedContents {
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 100, alpha: 1, schema: EpisodeWorld.schema(), seed: 1)
    try buffer.add(
      EpisodeFragment(
        id: "one", observations: Tensor([Float](repeating: 1, count: 12), shape: [4, 3]),
        actions: Tensor(vector: [1, 2, 3] as [Int64]), rewards: Tensor(vector: [1, 2, 3] as [Float]),
        extraColumns: ["logp": Tensor(vector: [0.5, 0.5, 0.5])]))
    try buffer.updatePriorities([0, 1, 2], [1, 2, 3])
    return try EditedContents(buffer.snapshot()).setting("extra", to: ["w": 1])
  }
}
