public import StateTree

/// One episode of a buffer: where its rows lie and how it ended.
public struct EpisodeRecord: Sendable, Hashable {
  /// The episode's name, unique in its buffer among the stored ones.
  public var id: String
  /// The environment slot whose lane holds it.
  public var lane: Int
  /// The position of its first row among all rows of the buffer.
  public var firstRow: Int
  /// How many steps are stored. There is one row more, for the observation behind the last step.
  public var length: Int
  /// The time step in the episode at which its stored part begins; above 0 if its beginning was evicted.
  public var startTime: Int
  /// Whether the environment ended it.
  public var isTerminated: Bool
  /// Whether it was cut off from outside, as by a time limit.
  public var isTruncated: Bool

  /// An episode from its parts.
  public init(
    id: String, lane: Int = 0, firstRow: Int, length: Int, startTime: Int = 0, isTerminated: Bool = false,
    isTruncated: Bool = false
  ) {
    self.id = id
    self.lane = lane
    self.firstRow = firstRow
    self.length = length
    self.startTime = startTime
    self.isTerminated = isTerminated
    self.isTruncated = isTruncated
  }

  /// Whether it has ended either way.
  public var isDone: Bool { isTerminated || isTruncated }
  /// Its rows, the final observation included.
  public var rows: Range<Int> { firstRow..<firstRow + length + 1 }
}

/// The episodes of a buffer, oldest first, as columns of state.
///
/// On disk: `id` (texts), `lane`, `length`, `t_started` (int64), `terminated`, `truncated` (bool). The first row of an
/// episode is the sum of the rows of those before it.
public struct EpisodeTable: Sendable, Equatable {
  /// The episodes, oldest first; their rows follow each other without gaps from row 0.
  public let episodes: [EpisodeRecord]

  /// A table of these episodes.
  /// - Throws: `ReplayBufferError.invalidEpisodes` if rows leave gaps, lengths are negative or an id stands twice.
  public init(_ episodes: [EpisodeRecord]) throws(ReplayBufferError) {
    var nextRow = 0
    var ids = Set<StateKey>(minimumCapacity: episodes.count)
    for episode in episodes {
      guard episode.length >= 0, episode.firstRow == nextRow else {
        throw .invalidEpisodes("episode \(episode.id) begins at row \(episode.firstRow), expected \(nextRow)")
      }
      guard ids.insert(StateKey(episode.id)).inserted else {
        throw .invalidEpisodes("the id \(episode.id) stands twice")
      }
      let (next, overflow) = nextRow.addingReportingOverflow(episode.length)
      guard !overflow, next < Int.max else { throw .invalidEpisodes("episode \(episode.id) is impossibly long") }
      nextRow = next + 1
    }
    self.episodes = episodes
  }

  /// All rows, final observations included.
  public var rowCount: Int { episodes.last.map { $0.rows.upperBound } ?? 0 }
  /// All steps.
  public var stepCount: Int { rowCount - episodes.count }

  /// The table as files hold it.
  public var state: StateValue {
    [
      "id": .array(episodes.map { .string($0.id) }),
      "lane": .tensor(Tensor(vector: episodes.map { Int64($0.lane) })),
      "length": .tensor(Tensor(vector: episodes.map { Int64($0.length) })),
      "t_started": .tensor(Tensor(vector: episodes.map { Int64($0.startTime) })),
      "terminated": .tensor(Tensor(vector: episodes.map(\.isTerminated))),
      "truncated": .tensor(Tensor(vector: episodes.map(\.isTruncated))),
    ]
  }

  /// The table that state describes.
  /// - Throws: `ReplayBufferError.state` for another form, `.invalidEpisodes` for columns of different lengths.
  public init(state reader: StateReader) throws(ReplayBufferError) {
    let columns: Columns
    do throws(StateTreeError) { columns = try Columns(reader) } catch { throw .state(error) }
    try self.init(try columns.records())
  }

  private struct Columns {
    let ids: [StateValue]
    let lanes, lengths, starts: [Int64]
    let terminated, truncated: [Bool]

    init(_ reader: StateReader) throws(StateTreeError) {
      ids = try reader.array("id")
      lanes = try reader.vector("lane")
      lengths = try reader.vector("length")
      starts = try reader.vector("t_started")
      terminated = try reader.tensor("terminated").flags()
      truncated = try reader.tensor("truncated").flags()
    }

    func records() throws(ReplayBufferError) -> [EpisodeRecord] {
      let counts = [lanes.count, lengths.count, starts.count, terminated.count, truncated.count]
      guard counts.allSatisfy({ $0 == ids.count }) else {
        throw .invalidEpisodes("its columns have the lengths \([ids.count] + counts)")
      }
      var nextRow = 0
      var records: [EpisodeRecord] = []
      records.reserveCapacity(ids.count)
      for index in ids.indices {
        guard case .string(let id) = ids[index], (0..<(1 << 48)).contains(lengths[index]), nextRow < 1 << 60 else {
          throw .invalidEpisodes("episode number \(index) has no text as its id or an impossible length")
        }
        let length = Int(lengths[index])
        records.append(
          EpisodeRecord(
            id: id, lane: Int(lanes[index]), firstRow: nextRow, length: length, startTime: Int(starts[index]),
            isTerminated: terminated[index], isTruncated: truncated[index]))
        nextRow += length + 1
      }
      return records
    }
  }
}
