internal import ReplayBuffers
internal import StateTree

/// What rows and state tell of the header of their file, for a file whose header is lost.
///
/// The columns are those of the first row group; rows with final observations, or a table of episodes in the state, make
/// the layout one of episodes; the kind is the plain one of the layout, or the one to which what the state holds belongs.
struct HeaderInference {
  private var schema: BufferSchema?
  private var hasEpisodes = false
  private var keys: Set<StateKey> = []

  /// What a row group is to be read as; nil if its columns are no schema.
  mutating func content(ofRows value: StateValue) -> FileHeader.Content? {
    if schema == nil, let stored = value["columns"], let columns = try? StateReader(stored) {
      var found: [ColumnSchema] = []
      for name in columns.map.keys {
        guard let tensor = try? RowRecord.tensor(name.string, in: columns), !tensor.shape.isEmpty else { return nil }
        found.append(ColumnSchema(name.string, tensor.dataType, shape: Array(tensor.shape.dropFirst())))
      }
      schema = found.count <= FormatLimits.columns ? try? BufferSchema(ColumnOrder.schemaOrder(found, in: value)) : nil
    }
    // This layout allows what the other one does.
    return schema.map { .replayBuffer(kind: EpisodeReplayBuffer.kind, layout: .episodes, schema: $0) }
  }

  mutating func take(_ facts: RowFacts) { hasEpisodes = hasEpisodes || !facts.ends.isEmpty }

  mutating func take(_ record: StateRecord) {
    if let key = record.path.keys.first {
      keys.insert(key)
    } else if case .map(let map) = record.value {
      keys.formUnion(map.keys)
    }
  }

  var header: FileHeader? {
    guard let schema else { return nil }
    let isPrioritized = keys.contains("priorities")
    let content: FileHeader.Content
    if hasEpisodes || keys.contains("episodes") {
      let kind = isPrioritized ? PrioritizedEpisodeReplayBuffer.kind : EpisodeReplayBuffer.kind
      content = .replayBuffer(kind: kind, layout: .episodes, schema: schema)
    } else {
      let plain = keys.contains("slots") ? ReservoirReplayBuffer.kind : ReplayBuffer.kind
      content = .replayBuffer(
        kind: isPrioritized ? PrioritizedReplayBuffer.kind : plain, layout: .transitions, schema: schema)
    }
    return FileHeader(content: content)
  }
}
