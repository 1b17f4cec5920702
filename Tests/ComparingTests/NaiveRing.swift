import BufferFiles
import ReplayBuffers
import StateTree
import Testing

/// What two buffers have in common, found with dictionaries and nothing else.
struct NaiveRing {
  var added = 0
  var evicted = 0
  var kept = 0
  var differing = 0
  var episodesAdded = 0
  var episodesEvicted = 0
  var episodesKept = 0

  init(_ old: some BufferContents, _ new: some BufferContents) throws {
    let (before, after) = (try Self.rows(old), try Self.rows(new))
    added = after.keys.count { before[$0] == nil }
    evicted = before.keys.count { after[$0] == nil }
    kept = after.keys.count { before[$0] != nil }
    differing = after.count { before[$0.key] != nil && before[$0.key] != $0.value }
    let (ids, others) = (try Self.episodes(old), try Self.episodes(new))
    episodesAdded = others.subtracting(ids).count
    episodesEvicted = ids.subtracting(others).count
    episodesKept = ids.intersection(others).count
  }

  private static func rows(_ contents: some BufferContents) throws -> [Int64: [[UInt8]]] {
    let all = try contents.rows(0..<contents.rowCount)
    var rows: [Int64: [[UInt8]]] = [:]
    for (row, step) in all.steps.enumerated() where step >= 0 {
      rows[step] = all.columns.map { $0.rows(row..<row + 1).bytes }
    }
    return rows
  }

  private static func episodes(_ contents: some BufferContents) throws -> Set<String> {
    Set(try contents.state()["episodes"]?["id"]?.texts ?? [])
  }

  /// Expects that a diff says the same, in both directions.
  func expect(_ diff: BufferDiff, reversed: BufferDiff, _ seed: UInt64) {
    let steps = diff.ring.steps
    #expect([steps.added, steps.evicted, steps.kept] == [added, evicted, kept], "seed \(seed)")
    if let episodes = diff.ring.episodes {
      #expect(
        [episodes.added, episodes.evicted, episodes.kept] == [episodesAdded, episodesEvicted, episodesKept],
        "seed \(seed)")
    }
    #expect(diff.columns.isEmpty == (differing == 0), "seed \(seed)")
    #expect(diff.ring.renumbered == 0 && diff.schema.isEmpty && diff.episodes.isEmpty, "seed \(seed)")
    Self.expectMirror(diff, reversed, seed)
  }

  static func expectMirror(_ diff: BufferDiff, _ reversed: BufferDiff, _ seed: UInt64) {
    let (steps, back) = (diff.ring.steps, reversed.ring.steps)
    #expect([steps.added, steps.evicted, steps.kept] == [back.evicted, back.added, back.kept], "seed \(seed)")
    #expect(diff.ring.episodes?.added == reversed.ring.episodes?.evicted, "seed \(seed)")
    #expect(diff.ring.episodes?.kept == reversed.ring.episodes?.kept, "seed \(seed)")
    #expect(diff.isSame == reversed.isSame && diff.schema.count == reversed.schema.count, "seed \(seed)")
    #expect(diff.columns.map(\.column.name) == reversed.columns.map(\.column.name), "seed \(seed)")
    #expect(diff.columns.map(\.comparedRows) == reversed.columns.map(\.comparedRows), "seed \(seed)")
    #expect(diff.columns.map(\.differingRows) == reversed.columns.map(\.differingRows), "seed \(seed)")
    #expect(diff.columns.map(\.largest) == reversed.columns.map(\.largest), "seed \(seed)")
    #expect(diff.state.count == reversed.state.count, "seed \(seed)")
    #expect(diff.priorities?.differingCount == reversed.priorities?.differingCount, "seed \(seed)")
  }
}
