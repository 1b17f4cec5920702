internal import StateTree

/// The multi-agent episodes of a buffer at one moment, oldest first, and their form in files.
///
/// In files, one entry an episode: `id` (texts), `t_started` and `length` (int64, environment steps), `terminated`,
/// `truncated` (bool), `agents` (int64, how many it has). Then for all agents, episode after episode: `agent` (texts)
/// and `module` (int64, its position among the names of all modules, ordered by their bytes). And for all environment
/// steps, episode after episode: `step` (int64).
struct MultiAgentTable: Sendable {
  /// The episodes.
  let episodes: PagedWindow<MultiAgentStore.Episode>
  /// For each module of the store, its position among the names in order.
  let positions: [Int]

  var state: StateValue {
    let episodes = episodes.positions.map { self.episodes[$0] }
    let parts = episodes.flatMap(\.parts)
    return [
      "id": .array(episodes.map { .string($0.id) }),
      "t_started": Self.column(episodes.map(\.startTime)), "length": Self.column(episodes.map(\.length)),
      "terminated": .tensor(Tensor(vector: episodes.map(\.isTerminated))),
      "truncated": .tensor(Tensor(vector: episodes.map(\.isTruncated))),
      "agents": Self.column(episodes.map(\.parts.count)),
      "agent": .array(parts.map { .string($0.agent) }),
      "module": Self.column(parts.map { positions[$0.module] }),
      "step": Self.column(episodes.flatMap(\.runs.numbers)),
    ]
  }

  private static func column(_ numbers: [Int]) -> StateValue { .tensor(Tensor(vector: numbers.map(Int64.init))) }
}
