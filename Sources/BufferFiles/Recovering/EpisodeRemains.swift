internal import ReplayBuffers
internal import StateTree

/// What is left of episodes: pieces of which each can be an episode of its own.
struct EpisodeRemains {
  /// Rows of one episode that follow each other, the last of them the final observation.
  struct Piece {
    var rows: Range<Int>
    /// What is known of its episode; row and length are those before the loss.
    var record: EpisodeRecord
    /// Whether the last row was a step, whose observation is now the final one.
    var isCut: Bool
    /// The number of the first step; nil without a step.
    var firstStep: Int?
    /// The position of the first step among all steps before the loss, if it is known.
    var position: Int?
  }

  private(set) var pieces: [Piece] = []
  /// How many steps became final observations, or went with one.
  private(set) var tornStepCount = 0
  /// How many episodes there are of which nobody knows how they ended.
  private(set) var unknownEndCount = 0
  private var ids: Set<StateKey> = []

  /// - Parameter table: The episodes before the loss. One that contradicts the rows is as good as none.
  init(_ facts: [RowFacts], table: EpisodeTable?) {
    let known = table.flatMap { $0.describes(facts) ? $0.episodes : nil }
    ids = Set((known ?? []).map { StateKey($0.id) })
    var isFromStart = true
    for run in RowFacts.runs(facts) {
      let rows = run[run.startIndex].rows.lowerBound..<run[run.endIndex - 1].rows.upperBound
      let firstSteps = run.reduce(into: [:]) { $0.merge($1.firstSteps) { first, _ in first } }
      if let known {
        take(rows, of: known, firstSteps)
      } else {
        isFromStart = isFromStart && rows.lowerBound == 0
        take(rows, ends: run.flatMap(\.ends), firstSteps, isCounted: isFromStart)
        isFromStart = false
      }
    }
  }

  /// Divides rows as the table says.
  private mutating func take(_ rows: Range<Int>, of episodes: [EpisodeRecord], _ firstSteps: [Int: Int]) {
    var number = episodes.partitioningIndex { $0.rows.upperBound > rows.lowerBound }
    while number < episodes.count, episodes[number].firstRow < rows.upperBound {
      let episode = episodes[number]
      let part = episode.rows.clamped(to: rows)
      var record = episode
      record.startTime += part.lowerBound - episode.firstRow
      let isCut = part.upperBound < episode.rows.upperBound
      if isCut {
        record.id = unusedID("\(episode.id)/")
        (record.isTerminated, record.isTruncated) = (false, true)
      }
      add(
        Piece(
          rows: part, record: record, isCut: isCut, firstStep: firstSteps[part.lowerBound],
          position: part.lowerBound - number), isEmpty: episode.length == 0)
      number += 1
    }
  }

  /// Divides rows behind every final observation.
  private mutating func take(
    _ rows: Range<Int>, ends: [RowFacts.End], _ firstSteps: [Int: Int], isCounted: Bool
  ) {
    var (start, finals) = (rows.lowerBound, 0)
    for end in ends.map({ ($0.row + 1, Optional($0)) }) + [(rows.upperBound, nil)] where end.0 > start {
      // Without columns that say how it ended, an episode counts as cut off: a value behind it may then be estimated.
      let flags = end.1?.flags ?? .init(isTerminated: false, isTruncated: true)
      if let known = end.1, known.flags == nil, end.0 - start > 1 { unknownEndCount += 1 }
      let record = EpisodeRecord(
        id: unusedID("recovered-"), firstRow: start, length: end.0 - start - 1, isTerminated: flags.isTerminated,
        isTruncated: flags.isTruncated)
      add(
        Piece(
          rows: start..<end.0, record: record, isCut: end.1 == nil, firstStep: firstSteps[start],
          position: isCounted ? start - finals : nil), isEmpty: false)
      (start, finals) = (end.0, finals + 1)
    }
  }

  /// Adds a piece, if there is a step in it or its episode had none.
  private mutating func add(_ piece: Piece, isEmpty: Bool) {
    if piece.isCut { tornStepCount += 1 }
    if piece.rows.count > 1 || isEmpty { pieces.append(piece) }
  }

  private mutating func unusedID(_ stem: String) -> String {
    var number = stem == "recovered-" ? pieces.count : 1
    while !ids.insert(StateKey("\(stem)\(number)")).inserted { number += 1 }
    return "\(stem)\(number)"
  }
}

extension [EpisodeRemains.Piece] {
  /// The pieces by the numbers of their first steps; one without a step stays behind the one before it.
  func sortedByFirstStep() -> [Element] {
    var last = -1
    let keys = map { piece in
      last = piece.firstStep ?? last
      return last
    }
    return indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { self[$0] }
  }
}

extension [EpisodeRecord] {
  /// The first index at which a condition holds that holds at all later ones too.
  fileprivate func partitioningIndex(where holds: (EpisodeRecord) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension EpisodeTable {
  /// Whether the final observations among rows are where the table has them.
  func describes(_ facts: [RowFacts]) -> Bool {
    guard let last = facts.last, last.rows.upperBound <= rowCount else { return facts.isEmpty }
    var number = 0
    for part in facts {
      while number < episodes.count, episodes[number].rows.upperBound <= part.rows.lowerBound { number += 1 }
      var expected: [Int] = []
      while number < episodes.count, episodes[number].rows.upperBound <= part.rows.upperBound {
        expected.append(episodes[number].rows.upperBound - 1)
        number += 1
      }
      guard part.ends.map(\.row) == expected else { return false }
    }
    return true
  }
}
