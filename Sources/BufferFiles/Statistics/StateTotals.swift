internal import ReplayBuffers
internal import StateTree

/// What a summary says of state, gathered while its records go by: by the writer to write it, by the verifier to compare it.
struct StateTotals {
  private let hasEpisodes: Bool
  private var outline = StateOutline()
  private var priorities: ColumnStatistics?
  private var episodes = StateAssembler()
  private var episodeBytes: Int?

  /// Nothing yet, of a file with this content.
  init(_ content: FileHeader.Content) {
    if case .replayBuffer(_, .episodes, _) = content { hasEpisodes = true } else { hasEpisodes = false }
  }

  /// Adds the next record.
  mutating func add(_ record: StateRecord) throws(RecordError) {
    outline.add(record)
    if let value = record.value(at: "priorities", isDirect: true) { takePriorities(value, part: record.part) }
    if hasEpisodes, let value = record.value(at: "episodes", isDirect: false) {
      try takeEpisodes(record.path.keys.isEmpty ? StateRecord(path: ["episodes"], value: value) : record)
    }
  }

  private mutating func takePriorities(_ value: StateValue, part: StateRecord.Part?) {
    guard case .tensor(let tensor) = value, let statistics = ColumnStatistics(of: tensor) else { return }
    if part == nil || part?.first == 0 { priorities = statistics } else { priorities?.merge(statistics) }
  }

  private mutating func takeEpisodes(_ record: StateRecord) throws(RecordError) {
    let bytes = (episodeBytes ?? 0) + record.value.sizeEstimate
    guard bytes <= FormatLimits.episodeTableBytes else {
      throw .inconsistent("the table of episodes exceeds \(FormatLimits.episodeTableBytes) bytes")
    }
    episodeBytes = bytes
    try episodes.add(record)
  }

  /// The table of episodes; nil if the state has none or the rows are not laid out by episodes.
  func table() throws(RecordError) -> EpisodeTable? {
    guard episodeBytes != nil, let value = try episodes.value()["episodes"] else { return nil }
    let reader: StateReader
    do { reader = try StateReader(value, at: ["episodes"]) } catch { throw .state(error) }
    do throws(ReplayBufferError) { return try EpisodeTable(state: reader) } catch { throw .episodes(error) }
  }

  /// Writes what was gathered into a summary.
  func complete(_ summary: inout FileSummary) {
    summary.counters = outline.counters
    summary.outline = outline.entries
    summary.stateValueCount = outline.valueCount
    summary.priorities = priorities
  }
}

extension StateRecord {
  /// The value at a key at the top of the state, if this record holds it; `isDirect` leaves out what lies below it.
  fileprivate func value(at key: StateKey, isDirect: Bool) -> StateValue? {
    guard let first = path.keys.first else { return value[key] }
    return first == key && (path.keys.count == 1 || !isDirect) ? value : nil
  }
}
