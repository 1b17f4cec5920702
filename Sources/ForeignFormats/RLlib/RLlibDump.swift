internal import MessagePack
public import ReplayBuffers
public import StateTree
public import SystemPackage

/// The state of an RLlib replay buffer as Ray's callback page has people write it, rebuilt into a buffer's contents.
///
/// `ormsgpack` turned arrays into nested lists; the spaces stored beside them give dtypes and shapes back, and where a
/// number would not fit the space's dtype the file's own type is kept. Nothing of the dump is lost: what rows, episodes
/// and counters do not hold lies in the state under `rllib`, and `RLlibDump.value(of:)` makes the very dump again.
/// - Source: `ray/rllib/utils/replay_buffers/episode_replay_buffer.py`, `prioritized_episode_buffer.py`.
public struct RLlibDump: BufferContents {
  /// The file.
  public let path: FilePath
  /// Its size, before and after decompression.
  public let info: ForeignFileInfo
  /// `EpisodeReplayBuffer` or `PrioritizedEpisodeReplayBuffer`.
  public let kind: String
  /// Always by episodes.
  public var layout: BufferLayout { .episodes }
  /// The columns.
  public let schema: BufferSchema
  /// The episodes, oldest first.
  public let episodes: EpisodeTable
  /// What was not understood, in a line each; it is kept all the same.
  public let notUnderstood: [String]

  private let columns: [Tensor]
  private let steps: [Int64]
  private let stored: StateValue

  /// How many rows there are, final observations included.
  public var rowCount: Int { episodes.rowCount }

  /// Counters, priorities, episodes, and under `rllib` what only RLlib needs.
  public func state() -> StateValue { stored }

  /// Some rows.
  public func rows(_ range: Range<Int>) -> RowBatch {
    RowBatch(firstRow: range.lowerBound, steps: Array(steps[range]), columns: columns.map { $0.rows(range) })
  }

  /// Whether a value is the state of one of RLlib's single-agent episode buffers.
  static func isDump(_ value: MessagePackValue) -> Bool {
    ["episodes", "episode_id_to_index", "_indices", "_num_timesteps"].allSatisfy { value[$0] != nil }
      && value["_module_to_indices"] == nil && value["episodes"]?.isList == true
  }

  init(_ value: MessagePackValue, path: FilePath, info: ForeignFileInfo) throws(ForeignFormatError) {
    let parts: DumpParts
    do { parts = try DumpParts(value) } catch { throw .invalidDump(path, reason: error.reason) }
    self.path = path
    self.info = info
    kind = parts.isPrioritized ? "PrioritizedEpisodeReplayBuffer" : "EpisodeReplayBuffer"
    do throws(ReplayBufferError) {
      schema = try BufferSchema(
        parts.columns.columns.isEmpty ? DumpParts.emptyColumns : parts.columns.columns.map(\.schema))
      episodes = try EpisodeTable(parts.records)
    } catch {
      throw .invalidDump(path, reason: error.description)
    }
    columns =
      parts.columns.columns.isEmpty
      ? schema.columns.compactMap { try? Tensor(zeros: $0.dataType, shape: [0] + $0.shape) }
      : parts.columns.columns.map(\.tensor)
    steps = parts.stepNumbers
    notUnderstood = parts.notUnderstood
    stored = parts.state(episodes)
  }
}

extension MessagePackValue {
  fileprivate var isList: Bool {
    switch self {
    case .array, .packed: true
    default: false
    }
  }
}
