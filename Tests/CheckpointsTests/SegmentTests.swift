import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import Checkpoints

@Suite("Buffers are divided into segments")
struct SegmentTests {
  private func flat(_ steps: Range<Int>) -> BufferOutline {
    BufferOutline(
      units: [.init(run: .init(firstStep: steps.lowerBound, rowCount: steps.count), firstRow: 0, isDone: true)],
      isDivisible: true)
  }

  /// Episodes one after the other, by their first step, length in rows and whether they are done.
  private func episodes(_ runs: [(Int, Int, Bool)]) -> BufferOutline {
    var row = 0
    var units: [BufferOutline.Unit] = []
    for (first, count, isDone) in runs {
      units.append(.init(run: .init(firstStep: first, rowCount: count), firstRow: row, isDone: isDone))
      row += count
    }
    return BufferOutline(units: units, isDivisible: false)
  }

  private func segment(_ runs: (Int, Int)...) -> Segment {
    Segment(
      name: "s", rowCount: runs.reduce(0) { $0 + $1.1 }, runs: runs.map { .init(firstStep: $0.0, rowCount: $0.1) },
      samples: [.init(rows: 0..<1, digest: [])])
  }

  private func pieces(_ plan: SegmentPlan) -> [String] {
    plan.pieces.map { piece in
      switch piece.source {
      case .known(let number): "known \(number) \(piece.rows)"
      case .new(let number): "new \(number)\(plan.new[number].isSealed ? " sealed" : "") \(piece.rows)"
      }
    }
  }

  @Test func `flat transitions are sealed in full segments, and the window moves over them`() {
    #expect(
      pieces(SegmentPlan(flat(0..<25), known: [:], rowsPerSegment: 10)) == [
        "new 0 sealed 0..<10", "new 1 sealed 0..<10", "new 2 sealed 0..<5",
      ])
    let known = [4: segment((0, 10)), 7: segment((10, 10)), 9: segment((30, 10))]
    // Segment 9 lies beyond the window: it is of another history.
    #expect(
      pieces(SegmentPlan(flat(8..<32), known: known, rowsPerSegment: 10)) == [
        "known 4 8..<10", "known 7 0..<10", "new 0 sealed 0..<10", "new 1 sealed 0..<2",
      ])
    #expect(
      pieces(SegmentPlan(flat(10..<20), known: known, rowsPerSegment: 10)) == ["known 7 0..<10"])
    // What is missing in the middle is written and sealed.
    #expect(
      pieces(SegmentPlan(flat(0..<42), known: [0: segment((0, 10)), 1: segment((30, 10))], rowsPerSegment: 15)) == [
        "known 0 0..<10", "new 0 sealed 0..<15", "new 1 sealed 0..<5", "known 1 0..<10", "new 2 sealed 0..<2",
      ])
    #expect(pieces(SegmentPlan(flat(5..<5), known: known, rowsPerSegment: 10)) == [])
  }

  /// A reservoir held 0, 1, 7, 8, 9 and on, and now 7 and then, in place of five of those behind it, 15 and on. By number
  /// 7 seems to be row 7 of the old segment, whose later rows are right.
  @Test func `transitions with holes between them are neither sealed nor recognized`() {
    let unit = BufferOutline.Unit(run: .init(firstStep: 7, rowCount: 25), firstRow: 0, isDone: false)
    let outline = BufferOutline(units: [unit], isDivisible: true)
    let known = segment((0, 20))
    #expect(
      pieces(SegmentPlan(outline, known: [0: known], rowsPerSegment: 10)) == [
        "new 0 0..<10", "new 1 0..<10", "new 2 0..<5",
      ])
    #expect(SegmentAlignment(known, in: outline).rows(10..<20) == nil)
    #expect(SegmentAlignment(known, in: flat(7..<32)).rows(10..<20) == [3..<13])
  }

  @Test func `the steps of a snapshot say whether its rows can be sealed`() throws {
    var buffer = try ReservoirReplayBuffer.empty(capacity: 30)
    var generator = PCG64(seed: 1)
    while buffer.insertionCount < 12 { try buffer.grow(using: &generator) }
    #expect(buffer.insertionCount <= 30)
    #expect(try BufferOutline(buffer.snapshot(), state: [:]).units.map(\.isDone) == [true])
    while buffer.insertionCount < 200 { try buffer.grow(using: &generator) }
    let outline = try BufferOutline(buffer.snapshot(), state: [:])
    #expect(outline.units.map(\.isDone) == [false] && outline.units[0].run.rowCount == 30)
  }

  @Test func `only done episodes are sealed, and what is open stays between them`() {
    let outline = episodes([(0, 4, true), (1, 5, false), (9, 6, true), (20, 3, true), (-1, 1, false)])
    #expect(
      pieces(SegmentPlan(outline, known: [:], rowsPerSegment: 10)) == [
        "new 0 sealed 0..<4", "new 2 0..<5", "new 0 sealed 4..<10", "new 1 sealed 0..<3", "new 2 5..<6",
      ])
    // The open one has grown, the first one is gone, a third one is sealed.
    let later = episodes([(1, 9, false), (9, 6, true), (20, 3, true), (30, 8, true)])
    #expect(
      pieces(SegmentPlan(later, known: [3: segment((0, 4), (9, 6))], rowsPerSegment: 10)) == [
        "new 1 0..<9", "known 3 4..<10", "new 0 sealed 0..<11",
      ])
    // An episode of the same first step and another length is another one.
    #expect(
      pieces(SegmentPlan(episodes([(9, 7, true)]), known: [3: segment((0, 4), (9, 6))], rowsPerSegment: 10)) == [
        "new 0 sealed 0..<7"
      ])
  }

  @Test func `small segments at the end are written again with what is new, as far as few bytes are enough`() {
    func plan(_ steps: Range<Int>, _ known: [Int: Segment], limit: Int) -> [String] {
      pieces(
        SegmentPlan(
          flat(steps), known: known, rowsPerSegment: 10, rewriting: (limit, known.mapValues { $0.rowCount * 100 })))
    }
    let known = [0: segment((0, 10)), 1: segment((10, 4)), 2: segment((14, 3)), 3: segment((17, 2))]
    #expect(
      plan(0..<20, known, limit: 199) == [
        "known 0 0..<10", "known 1 0..<4", "known 2 0..<3", "known 3 0..<2", "new 0 sealed 0..<1",
      ])
    #expect(
      plan(0..<20, known, limit: 200) == [
        "known 0 0..<10", "known 1 0..<4", "known 2 0..<3", "new 0 sealed 0..<3",
      ])
    #expect(plan(0..<20, known, limit: 600) == ["known 0 0..<10", "known 1 0..<4", "new 0 sealed 0..<6"])
    // The full one is left alone whatever may be written.
    #expect(plan(0..<20, known, limit: 10_000) == ["known 0 0..<10", "new 0 sealed 0..<10"])
    #expect(plan(0..<25, known, limit: 10_000) == ["known 0 0..<10", "new 0 sealed 0..<10", "new 1 sealed 0..<5"])
    // Nothing new, nothing written; and only what is left of a segment is written again.
    #expect(plan(0..<19, known, limit: 10_000).allSatisfy { $0.hasPrefix("known") })
    #expect(plan(18..<20, [3: known[3]].compactMapValues { $0 }, limit: 10_000) == ["new 0 sealed 0..<2"])
  }

  @Test func `small segments of episodes are written again with those that are new`() {
    let outline = episodes([(0, 9, true), (20, 3, true), (30, 2, true), (40, 2, true), (50, 2, false)])
    let known = [0: segment((0, 9), (10, 3)), 1: segment((20, 3)), 2: segment((30, 2))]
    func plan(_ outline: BufferOutline, limit: Int) -> [String] {
      pieces(
        SegmentPlan(outline, known: known, rowsPerSegment: 10, rewriting: (limit, [0: 1_200, 1: 300, 2: 200])))
    }
    #expect(
      plan(outline, limit: 499) == [
        "known 0 0..<9", "known 1 0..<3", "new 0 sealed 0..<4", "new 1 0..<2",
      ])
    #expect(plan(outline, limit: 500) == ["known 0 0..<9", "new 0 sealed 0..<7", "new 1 0..<2"])
    // What is open is no reason to write what is done again.
    let open = episodes([(0, 9, true), (20, 3, true), (30, 2, true), (50, 2, false)])
    #expect(plan(open, limit: 500) == ["known 0 0..<9", "known 1 0..<3", "known 2 0..<2", "new 0 0..<2"])
  }

  @Test(arguments: [1, 3, 17]) func `two thousand small saves leave few small segments`(rowsPerSave: Int) {
    let (rowsPerSegment, limit, capacity) = (1_000, 200, 4_000)
    var (known, next, most): ([Int: Segment], Int, Int) = ([:], 0, 0)
    for save in 1...2_000 {
      let end = save * rowsPerSave
      let plan = SegmentPlan(
        flat(max(0, end - capacity)..<end), known: known, rowsPerSegment: rowsPerSegment,
        rewriting: (limit, known.mapValues(\.rowCount)))
      #expect(plan.new.reduce(0) { $0 + $1.rowCount } <= rowsPerSave + limit)
      known = known.filter { plan.knownNumbers.contains($0.key) }
      for new in plan.new {
        known[next] = Segment(
          name: "", rowCount: new.rowCount, runs: new.units.map(\.run), samples: [.init(rows: 0..<1, digest: [])])
        next += 1
      }
      most = max(most, known.count)
    }
    #expect(most <= capacity / limit + 2 && known.values.count { $0.rowCount <= limit } <= 2)
  }

  @Test(arguments: [(1, 1), (5, 40), (40, 40), (4_000_000, 46), (2_300, 28_224)])
  func `samples lie all over a segment, both ends included`(rowCount: Int, rowBytes: Int) {
    let blocks = SegmentSampling.blocks(rowCount: rowCount, rowBytes: rowBytes)
    #expect(blocks.first?.lowerBound == 0 && blocks.last?.upperBound == rowCount && blocks.count <= 64)
    #expect(zip(blocks, blocks.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
    #expect(blocks.allSatisfy { $0.count * rowBytes <= 16 << 10 || $0.count == 1 })
  }

  // MARK: lists from a stranger

  private func list() throws -> SegmentList {
    SegmentList(
      kind: "ReplayBuffer", layout: .transitions, schema: try testSchema(isFlat: true), bufferState: ["a": 1],
      segments: [
        Segment(
          name: "s", rowCount: 10, runs: [.init(firstStep: 5, rowCount: 10)],
          samples: [.init(rows: 0..<10, digest: [UInt8](repeating: 7, count: 16))]),
        Segment(name: "t", rowCount: 3),
      ], pieces: [.init(segment: 0, rows: 4..<10), .init(segment: 1, rows: 0..<3)])
  }

  @Test func `a list comes back as it was`() throws {
    let list = try list()
    let read = try SegmentList(state: list.state)
    #expect(read.segments == list.segments && read.pieces == list.pieces && read.bufferState == list.bufferState)
    #expect(read.schema == list.schema && read.kind == list.kind && read.rowCount == 9)
  }

  @Test(
    arguments: [
      (["layout"], "sideways", "layout is sideways, expected transitions or episodes"),
      (["rows"], 10, "rows is 10, expected the 9 rows of the pieces"),
      (["schema"], [], "schema is these columns make no schema: it has no column, expected distinct columns"),
      (["segments", "s", "rows"], -1, "segments/s/rows is -1, expected 0 or more"),
      (["segments", "s", "rows"], .int(1 << 50), "segments/s is 1125899906842624 rows, expected a segment"),
      (["segments", "../s"], ["rows": 1], "segments/../s is 1 rows, expected a segment"),
      (
        ["segments", "s", "runs", "rows"], .tensor(Tensor(vector: [-1 as Int64])),
        "segments/s/runs is numbers out of range, expected pairs of counts"
      ),
      (
        ["segments", "s", "runs", "rows"], .tensor(Tensor(vector: [9 as Int64])),
        "segments/s is runs or samples of other rows, expected those of its rows"
      ),
      (
        ["segments", "s", "runs", "rows"], .tensor(Tensor(vector: [1, 2 as Int64])),
        "segments/s/runs is numbers out of range, expected pairs of counts"
      ),
      (
        ["segments", "s", "samples", "rows"], .tensor(Tensor(vector: [11 as Int64])),
        "segments/s is runs or samples of other rows, expected those of its rows"
      ),
      (
        ["segments", "s", "samples", "digest"], .bytes([1]),
        "segments/s is runs or samples of other rows, expected those of its rows"
      ),
      (
        ["pieces", "segment"], .tensor(Tensor(vector: [0, 2 as Int64])),
        "pieces is 3 rows from row 0 of segment 2, expected rows of a segment"
      ),
      (
        ["pieces", "segment"], .tensor(Tensor(vector: [0, -1 as Int64])),
        "pieces is 3 rows from row 0 of segment -1, expected rows of a segment"
      ),
      (
        ["pieces", "rows"], .tensor(Tensor(vector: [7, 3 as Int64])),
        "pieces is 7 rows from row 4 of segment 0, expected rows of a segment"
      ),
      (
        ["pieces", "rows"], .tensor(Tensor(vector: [Int64.max, 3])),
        "pieces is 9223372036854775807 rows from row 4 of segment 0, expected rows of a segment"
      ),
      (
        ["pieces", "first_row"], .tensor(Tensor(vector: [-1, 0 as Int64])),
        "pieces is 6 rows from row -1 of segment 0, expected rows of a segment"
      ),
      (
        ["pieces", "first_row"], .tensor(Tensor(vector: [0 as Int64])),
        "pieces is columns of different lengths, expected one length"
      ),
    ] as [([StateKey], StateValue, String)])
  func `a list that cannot be is refused with its place`(
    path: [StateKey], value: StateValue, reason: String
  ) throws {
    let state = try list().state.setting(path[...], value)
    #expect(throws: SegmentListError(reason: reason)) { try SegmentList(state: state) }
  }
}

extension StateValue {
  /// The value with another one at a path.
  fileprivate func setting(_ path: ArraySlice<StateKey>, _ value: StateValue) -> StateValue {
    guard let key = path.first, case .map(var map) = self else { return value }
    map[key] = (map[key] ?? [:]).setting(path.dropFirst(), value)
    return .map(map)
  }
}
