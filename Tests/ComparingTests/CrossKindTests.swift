import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ForeignFormats
import Foundation
import Inspection
import MessagePack
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

let fixtures = FilePath(
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/rllib-2.60.0").path)

@Suite("Files of different kinds are compared by what they mean")
struct CrossKindTests {
  static let dumps = ((try? FileManager.default.contentsOfDirectory(atPath: fixtures.string)) ?? [])
    .filter { ($0.hasSuffix(".msgpack") || $0.hasSuffix(".zst")) && !$0.hasPrefix("multi_agent") }.sorted()

  private func dump(_ name: String) throws -> RLlibDump {
    guard case .rllibDump(let dump) = try SavedState.open(fixtures.appending(name)) else { throw NoDump() }
    return dump
  }
  private struct NoDump: Error {}

  private func withConversion<Result>(_ contents: some BufferContents, _ body: (SavedState) throws -> Result) throws -> Result {
    try withTemporaryDirectory { directory in
      try BufferFileWriter.write(contents, to: directory.appending("out.msgpack.zst"), provenance: ["created": "now"])
      return try body(try SavedState.open(directory.appending("out.msgpack.zst")))
    }
  }

  @Test func `there are dumps`() { #expect(Self.dumps.count >= 9) }

  @Test(arguments: dumps) func `a dump and its conversion are the same`(name: String) throws {
    let dump = try dump(name)
    try withConversion(dump) { (file: SavedState) throws -> Void in
      for (old, new) in [(SavedState.rllibDump(dump), file), (file, .rllibDump(dump)), (file, file)] {
        let exact = try DiffReport(from: old, to: new)
        let tolerant = try DiffReport(from: old, to: new, options: .init(tolerance: .init(absolute: 1e-6)))
        #expect(exact.isSame && tolerant.isSame)
      }
    }
  }

  @Test func `two dumps differ as their conversions do, in any pairing`() throws {
    let (a, b) = (try dump("dqn_cartpole_prioritized_2500_iteration_2.msgpack"), try dump("dqn_cartpole_prioritized_2500_iteration_4.msgpack"))
    let expected = try BufferDiff(from: a, to: b)
    let steps = expected.ring.steps
    #expect(steps.added == 2000 && steps.evicted == 1519 && steps.kept == 481)
    #expect(expected.ring.renumbered == 0 && expected.columns.isEmpty)
    try withConversion(a) { (first: SavedState) throws -> Void in
      try withConversion(b) { (second: SavedState) throws -> Void in
        for (old, new) in [(SavedState.rllibDump(a), second), (first, .rllibDump(b)), (first, second)] {
          guard case .buffers(let diff) = try DiffReport(from: old, to: new).comparison else {
            Issue.record("buffers")
            return
          }
          #expect(diff.ring == expected.ring && diff.state == expected.state && diff.priorities == expected.priorities)
          #expect(diff.worstPriority == expected.worstPriority && diff.columns == expected.columns)
        }
      }
    }
    NaiveRing.expectMirror(expected, try BufferDiff(from: b, to: a), 0)
  }

  @Test func `steps of RLlib in another order are not the same`() throws {
    let contents = try EditedContents(dump("uniform_cartpole.msgpack"))
    var other = contents
    let rows = contents.steps.indices.filter { contents.steps[$0] >= 0 }
    other.steps.swapAt(rows[0], rows[rows.count - 1])
    let diff = try BufferDiff(from: contents, to: other)
    #expect(diff.ring.renumbered == 2 && !diff.isSame && diff.ring.steps.added == 0 && diff.columns.isEmpty)
  }

  @Test func `times and hosts only when asked for, metadata always`() throws {
    let dump = try dump("uniform_cartpole.msgpack")
    try withTemporaryDirectory { directory in
      let open = { (name: String, created: StateValue, note: StateValue) in
        try BufferFileWriter.write(
          dump, to: directory.appending(name), provenance: ["created": created], metadata: ["note": note])
        return try SavedState.open(directory.appending(name))
      }
      let (a, b) = (try open("a.zst", "monday", "x"), try open("b.zst", "tuesday", "x"))
      #expect(try DiffReport(from: a, to: b).isSame)
      let asked = try DiffReport(from: a, to: b, options: .init(provenance: .compared))
      #expect(asked.header.map(\.path) == ["provenance/created"] && !asked.isSame)
      let noted = try DiffReport(from: a, to: try open("c.zst", "monday", "y"))
      #expect(noted.header.map(\.path) == ["metadata/note"] && !noted.isSame)
    }
  }

  @Test func `files of state alone, against each other and against a buffer`() throws {
    try withTemporaryDirectory { directory in
      let open = { (name: String, state: StateValue) in
        let writer = try BufferFileWriter.create(
          at: directory.appending(name), header: FileHeader(content: .state, provenance: [:], metadata: [:]))
        try writer.finish(state: state)
        return try SavedState.open(directory.appending(name))
      }
      let (a, b) = (try open("a.zst", ["w": 1, "b": ["x"]]), try open("b.zst", ["w": 2, "b": ["x"]]))
      #expect(try DiffReport(from: a, to: a).isSame)
      guard case .trees(let diff) = try DiffReport(from: a, to: b).comparison else {
        Issue.record("trees")
        return
      }
      #expect(diff.changes == [.init(path: "w", kind: .changed(old: "1", new: "2", distance: 1))])
      let dump = SavedState.rllibDump(try dump("uniform_cartpole.msgpack"))
      #expect(throws: InspectionError.self) { try DiffReport(from: a, to: dump) }
    }
  }
}

@Suite("Two checkpoints of RLlib differ in named parameters")
struct CheckpointTests {
  private let name = "checkpoint_dqn_cartpole_iteration_4"
  private let module = "learner_group/learner/rl_module/default_policy/module_state.msgpack"

  private func withCopy(_ edit: (FilePath) throws -> Void, _ body: (SavedState, SavedState) throws -> Void) throws {
    let original = fixtures.appending(name)
    try withTemporaryDirectory { directory in
      try FileManager.default.copyItem(atPath: original.string, toPath: directory.appending(name).string)
      try edit(directory.appending(name))
      try body(try SavedState.open(original), try SavedState.open(directory.appending(name)))
    }
  }

  @Test func `one weight by a thousandth is found, with its name`() throws {
    var key = ""
    try withCopy { copy in
      let path = URL(fileURLWithPath: copy.string + "/" + module)
      var value = try MessagePackReader.value(of: Array(Data(contentsOf: path)), limits: MessagePackLimits())
      guard case .map(var entries) = value, case .map(let map) = entries[0].value,
        let tensor = try Tensor(msgpackNumpy: map, at: [])
      else { throw Missing() }
      key = try #require(entries[0].key.string)
      var weights: [Float] = try tensor.scalars()
      weights[weights.count - 1] += 1e-3
      entries[0].value = try edited(map, weights)
      value = .map(entries)
      try Data(MessagePackWriter.bytes(of: value)).write(to: path)
    } _: { old, new in
      let report = try DiffReport(from: old, to: new)
      guard case .trees(let diff) = report.comparison, case .tensor(_, let difference)? = diff.changes.first?.kind else {
        Issue.record("a difference of tensors")
        return
      }
      #expect(diff.changes.count == 1 && diff.changes[0].path == "\(module)/\(key)")
      #expect(difference.differingCount == 1 && difference.worst == difference.count - 1)
      #expect(abs((difference.largest ?? 0) - 1e-3) < 1e-6 && difference.distance == difference.largest)
      #expect(try DiffReport(from: old, to: new, options: .init(tolerance: .init(absolute: 2e-3))).isSame)
      let text = DiffTextRendering().render(report)
      #expect(text.contains("~ \(module)/\(key): float32") && text.contains("L2 0.001"))
    }
  }

  @Test func `a pickle of the same size and other bytes differs, and one of the same bytes is nothing to mention`() throws {
    let name = "learner_group/class_and_ctor_args.pkl"
    try withCopy { _ in } _: { old, new in
      let report = try DiffReport(from: old, to: new)
      #expect(report.isSame && report.notes.isEmpty)
    }
    try withCopy { copy in
      let pickle = URL(fileURLWithPath: "\(copy)/\(name)")
      var bytes = try Data(contentsOf: pickle)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: pickle)
    } _: { old, new in
      let report = try DiffReport(from: old, to: new)
      guard case .trees(let diff) = report.comparison else { return }
      #expect(diff.changes.map(\.path) == [name])
      #expect(report.notes == ["\(name) is a pickle, which is never opened: where it differs is not known"])
    }
  }

  @Test func `a pickle of another size, a missing file, another version of Ray`() throws {
    try withCopy { copy in
      let pickle = URL(fileURLWithPath: copy.string + "/class_and_ctor_args.pkl")
      try (Data(contentsOf: pickle) + Data([0])).write(to: pickle)
      try FileManager.default.removeItem(atPath: copy.string + "/env_runner/state.msgpack")
      let metadata = URL(fileURLWithPath: copy.string + "/rllib_checkpoint.json")
      let text = try String(contentsOf: metadata, encoding: .utf8)
      try text.replacingOccurrences(of: "2.60.0", with: "2.61.0").write(to: metadata, atomically: true, encoding: .utf8)
    } _: { old, new in
      guard case .trees(let diff) = try DiffReport(from: old, to: new).comparison else { return }
      #expect(diff.changes.map(\.path) == ["class_and_ctor_args.pkl", "env_runner/state.msgpack"])
      let asked = try DiffReport(from: old, to: new, options: .init(provenance: .compared))
      #expect(asked.header.map(\.path) == ["metadata/ray_version"])
    }
  }

  private struct Missing: Error {}

  private func edited(_ map: [MessagePackValue.MapEntry], _ weights: [Float]) throws -> MessagePackValue {
    .map(map.map { entry in
      guard entry.key == .binary(Array("data".utf8)) else { return entry }
      return .init(key: entry.key, value: .binary(Tensor(vector: weights).bytes))
    })
  }
}
