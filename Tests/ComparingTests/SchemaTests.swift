import BufferFiles
import ReplayBuffers
import StateTree
import Testing

@Suite("Another schema is said first, and what both have is compared all the same")
struct SchemaTests {
  private func contents(_ columns: [(ColumnSchema, Tensor)], kind: String = "ReplayBuffer") throws -> EditedContents {
    var contents = try FlatWorld.contents()
    contents.schema = try BufferSchema(columns.map(\.0))
    contents.columns = columns.map(\.1)
    contents.kind = kind
    return contents
  }

  private let rewards = Tensor(vector: (0..<30).map { Float($0) })
  private let reward = ColumnSchema("rewards", .float32)

  @Test func `added, removed, another type and another shape`() throws {
    let pairs = Tensor(vector: [Float](repeating: 0, count: 60))
    let old = try contents([
      (reward, rewards), (ColumnSchema("gone", .float32), rewards),
      (ColumnSchema("type", .float64), Tensor(vector: [Double](repeating: 0, count: 30))),
      (ColumnSchema("shape", .float32, shape: [2]), pairs.reshaped([30, 2])),
    ])
    let new = try contents([
      (ColumnSchema("type", .float32), rewards), (ColumnSchema("shape", .float32, shape: [2, 1]), pairs.reshaped([30, 2, 1])),
      (ColumnSchema("new", .float32), rewards), (reward, rewards),
    ])
    let diff = try BufferDiff(from: old, to: new.planting(Float(5), in: "rewards", row: 0))
    #expect(diff.schema == [
      .removed(old.schema.columns[1]), .changed(old: old.schema.columns[2], new: new.schema.columns[0]),
      .changed(old: old.schema.columns[3], new: new.schema.columns[1]), .added(new.schema.columns[2]),
    ])
    #expect(diff.columns.map(\.column.name) == ["rewards"] && diff.ring.steps.kept == 30)
    let reversed = try BufferDiff(from: new, to: old)
    #expect(reversed.schema.count == 4)
  }

  @Test func `the order of columns is nothing`() throws {
    let old = try contents([(reward, rewards), (ColumnSchema("b", .float32), rewards)])
    let new = try contents([(ColumnSchema("b", .float32), rewards), (reward, rewards)])
    #expect(try BufferDiff(from: old, to: new).isSame)
  }

  @Test func `another kind, and another layout, of which no row is compared`() throws {
    let old = try contents([(reward, rewards)])
    let kind = try BufferDiff(from: old, to: contents([(reward, rewards)], kind: "Other"))
    #expect(kind.schema == [.kind(old: "ReplayBuffer", new: "Other")] && kind.ring.steps.kept == 30)
    var other = old
    other.layout = .episodes
    other = other.setting("episodes", to: try EpisodeTable([EpisodeRecord(id: "a", firstRow: 0, length: 29)]).state)
    let diff = try BufferDiff(from: old, to: other)
    #expect(diff.schema == [.layout(old: .transitions, new: .episodes)] )
    #expect(diff.ring.isSame && diff.ring.steps.kept == 0)
    #expect(diff.state.map(\.path) == ["episodes"] && diff.columns.isEmpty && !diff.isSame)
  }

  @Test func `nothing against nothing, and against something`() throws {
    let empty = try EditedContents(ReplayBuffer(capacity: 30, schema: FlatWorld.schema(), seed: 1).snapshot())
    #expect(try BufferDiff(from: empty, to: empty).isSame)
    let full = try FlatWorld.contents()
    let diff = try BufferDiff(from: empty, to: full)
    #expect(diff.ring.steps.added == 30 && diff.ring.steps.kept == 0 && diff.columns.isEmpty)
  }
}
