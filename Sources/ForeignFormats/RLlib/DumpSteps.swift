internal import MessagePack

/// The order in which the steps of a dump came in, from RLlib's `_indices`.
struct DumpSteps {
  /// The row of each step, in the order of `_indices`.
  let rows: [Int]
  /// The leaf of each step, in the order of `_indices`; nil in a buffer without priorities.
  let leaves: [Int64]?

  /// - Parameter evicted: the absolute index of the first episode.
  init(
    _ indices: MessagePackValue?, episodes: [RLlibEpisode], evicted: Int, width: Int
  ) throws(DumpProblem) {
    let steps = episodes.reduce(0) { $0 + $1.length }
    let numbers = try Self.numbers(indices, width: width)
    guard numbers.count == steps * width else {
      throw DumpProblem("_indices lists \(numbers.count / width) steps, the episodes have \(steps)")
    }
    var firstRows: [Int] = []
    var next = 0
    for episode in episodes {
      firstRows.append(next)
      next += episode.length + 1
    }
    var rows: [Int] = []
    var isTaken = [Bool](repeating: false, count: next)
    rows.reserveCapacity(steps)
    for start in stride(from: 0, to: numbers.count, by: width) {
      let (episode, overflow) = Int(numbers[start]).subtractingReportingOverflow(evicted)
      let time = Int(numbers[start + 1])
      guard !overflow, episodes.indices.contains(episode), (0..<episodes[episode].length).contains(time),
        !isTaken[firstRows[episode] + time]
      else { throw DumpProblem("_indices names step \(time) of episode \(numbers[start]) twice or outside") }
      isTaken[firstRows[episode] + time] = true
      rows.append(firstRows[episode] + time)
    }
    self.rows = rows
    leaves = width == 3 ? stride(from: 2, to: numbers.count, by: 3).map { numbers[$0] } : nil
  }

  private static func numbers(_ indices: MessagePackValue?, width: Int) throws(DumpProblem) -> [Int64] {
    if indices == .array([]) { return [] }
    guard case .packed(let list)? = indices, case .int64(let numbers) = list.elements, list.shape.count == 2,
      list.shape[1] == width
    else { throw DumpProblem("_indices is no list of \(width) integers each") }
    return numbers
  }
}
