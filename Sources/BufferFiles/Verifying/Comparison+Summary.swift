internal import ReplayBuffers
internal import StateTree

extension Comparison {
  /// Compares a summary with what was gathered from the frames, if none was missing.
  mutating func compare(_ stored: FileSummary) {
    let place = summaryPlace
    compareReferences(stored, at: place)
    guard audit.isComplete else { return }
    var expected = FileSummary()
    do {
      let table = try audit.state.table()
      if let table, let contradiction = audit.rows.contradiction(to: table) {
        report.add(.state, at: .init(report.path), DamageMessage.episodes(contradiction))
      }
      audit.rows.complete(&expected, table: table)
    } catch {
      return report.add(.state, at: .init(report.path), error.description)
    }
    audit.state.complete(&expected)
    compareTotals(stored, expected, at: place)
    compareState(stored, expected, at: place)
    compareStatistics(stored, expected, at: place)
  }

  /// Where the summary's frame lies.
  var summaryPlace: BufferFileError.Place { found.first(where: \.isSummary).map(place) ?? .init(report.path) }

  /// Header and index must be where the summary has them.
  private mutating func compareReferences(_ stored: FileSummary, at place: BufferFileError.Place) {
    let header = found.first.map { FileSummary.FrameReference($0) }
    if let header, header != stored.header, !header.sha256.isEmpty {
      report.add(.summary, at: place, DamageMessage.otherHeader)
    }
    let listed = found.count(where: \.isListed)
    let unknown = found.count { $0.content == nil }
    if unknown == 0, listed != stored.frameCount {
      report.add(.summary, at: place, DamageMessage.summary("frames", stored: stored.frameCount, found: listed))
    }
    let index = found.filter(\.isIndex)
    if unknown == 0, index.map({ FileSummary.FrameReference($0) }) != stored.index {
      report.add(.summary, at: place, DamageMessage.otherIndex)
    }
  }

  private mutating func compareTotals(_ stored: FileSummary, _ expected: FileSummary, at place: BufferFileError.Place) {
    let totals: [(String, Int, Int)] = [
      ("rows", stored.rowCount, expected.rowCount), ("steps", stored.stepCount, expected.stepCount),
      ("first_step", stored.steps.lowerBound, expected.steps.lowerBound),
      ("end_step", stored.steps.upperBound, expected.steps.upperBound),
      ("record_bytes", stored.recordBytes, audit.recordBytes),
      ("state_values", stored.stateValueCount, expected.stateValueCount),
    ]
    for (name, stored, found) in totals where stored != found {
      report.add(.summary, at: place, DamageMessage.summary(name, stored: stored, found: found))
    }
  }

  private mutating func compareState(_ stored: FileSummary, _ expected: FileSummary, at place: BufferFileError.Place) {
    if stored.counters != expected.counters {
      report.add(.summary, at: place, DamageMessage.summaryStatistics("counters"))
    }
    if stored.outline != expected.outline {
      report.add(.summary, at: place, DamageMessage.summaryStatistics("the tree of state"))
    }
  }

  private mutating func compareStatistics(
    _ stored: FileSummary, _ expected: FileSummary, at place: BufferFileError.Place
  ) {
    if !ColumnStatistics.agree(stored.priorities, expected.priorities) {
      report.add(.statistics, at: place, DamageMessage.summaryStatistics("the priorities"))
    }
    if !EpisodeStatistics.agree(stored.episodes, expected.episodes) {
      report.add(.statistics, at: place, DamageMessage.summaryStatistics("the episodes"))
    }
    guard case .replayBuffer(_, _, let schema)? = audit.content, stored.columns.count == schema.columns.count else {
      if stored.columns.count != expected.columns.count {
        report.add(.statistics, at: place, DamageMessage.summaryStatistics("the columns"))
      }
      return
    }
    for (index, column) in schema.columns.enumerated()
    where !ColumnStatistics.agree(stored.columns[index], expected.columns[index]) {
      report.add(.statistics, at: place, DamageMessage.summaryStatistics("the column \"\(column.name)\""))
    }
  }
}

extension FileSummary.FrameReference {
  fileprivate init(_ frame: FoundFrame) {
    self.init(offset: frame.offset, compressedBytes: frame.compressedBytes, sha256: frame.sha256)
  }
}

extension EpisodeStatistics {
  /// Whether two are the same, up to the order of additions.
  static func agree(_ a: EpisodeStatistics?, _ b: EpisodeStatistics?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return a.terminatedCount == b.terminatedCount && a.truncatedCount == b.truncatedCount && a.openCount == b.openCount
      && ColumnStatistics.agree(a.returns, b.returns) && ColumnStatistics.agree(a.lengths, b.lengths)
  }
}

extension ColumnStatistics {
  /// Whether two are the same: exactly, but for mean and squared distances, which depend on the order of additions.
  static func agree(_ a: ColumnStatistics?, _ b: ColumnStatistics?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    guard a.count == b.count, a.nanCount == b.nanCount, a.infiniteCount == b.infiniteCount, a.minimum == b.minimum,
      a.maximum == b.maximum, a.histogram == b.histogram
    else { return false }
    let magnitude = max(abs(b.minimum?.double ?? 0), abs(b.maximum?.double ?? 0))
    return isClose(a.mean, b.mean, scale: magnitude)
      && isClose(a.squaredDistances, b.squaredDistances, scale: magnitude * magnitude * Double(b.count))
  }

  /// - Source: `Format.md`, "Statistics": 1e-9 of the largest the number could be.
  private static func isClose(_ a: Double, _ b: Double, scale: Double) -> Bool {
    if a == b || a.isNaN && b.isNaN { return true }
    return abs(a - b) <= 1e-9 * scale
  }
}
