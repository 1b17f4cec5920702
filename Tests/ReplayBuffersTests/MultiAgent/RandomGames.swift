import ReplayBuffers
import StateTree

/// Runners of a few multi-agent environments whose fragments interleave, from a seed.
///
/// Agents join and leave while an episode goes on, act in some environment steps only, and get their next observation
/// sometimes at once and sometimes much later, also across the ends of fragments.
struct RandomGames {
  private struct Player {
    let data: AgentData
    var start = 0
    /// When it took the action whose consequence it has not seen yet.
    var acted: Int?
    /// When it took the steps that are complete and were not handed over.
    var done: [Int] = []
    var isTerminated = false
    var isTruncated = false
  }

  private struct Game {
    let id: String
    var time = 0
    var joined = 0
    var players: [Player] = []
  }

  var random: PCG64
  var modules: [String]
  private var games: [Game] = []
  private var begun = 0

  init(seed: UInt64, games count: Int, modules: [String] = ["a", "b"]) {
    random = PCG64(seed: seed)
    self.modules = modules
    for _ in 0..<count { games.append(begin()) }
  }

  mutating func integer(below bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }

  private mutating func begin() -> Game {
    begun += 1
    return Game(id: "g\(begun)")
  }

  mutating func next() throws -> MultiAgentEpisodeFragment {
    let slot = integer(below: games.count)
    let start = games[slot].time
    let length = integer(below: 40) == 0 ? 25 : integer(below: 5)
    for _ in 0..<length { step(slot) }
    let end = length > 0 ? integer(below: 12) : 5
    return try handOver(slot, from: start, isTerminated: end == 0 || end == 2, isTruncated: end == 1 || end == 2)
  }

  private mutating func step(_ slot: Int) {
    if games[slot].players.isEmpty || (games[slot].players.count < 5 && integer(below: 6) == 0) {
      let module = modules[integer(below: modules.count)]
      let data = AgentData(episode: games[slot].id, agent: "p\(games[slot].joined)", module: module)
      games[slot].players.append(Player(data: data))
      games[slot].joined += 1
    }
    for index in games[slot].players.indices {
      var player = games[slot].players[index]
      guard !player.isTerminated, !player.isTruncated else { continue }
      if player.acted == nil, integer(below: 4) > 0 { player.acted = games[slot].time }
      if let acted = player.acted, integer(below: 4) > 0 {
        player.done.append(acted)
        player.acted = nil
        let end = integer(below: 25)
        (player.isTerminated, player.isTruncated) = (end == 0 || end == 2, end == 1 || end == 2)
      }
      games[slot].players[index] = player
    }
    games[slot].time += 1
  }

  private mutating func handOver(
    _ slot: Int, from start: Int, isTerminated: Bool, isTruncated: Bool
  ) throws -> MultiAgentEpisodeFragment {
    var game = games[slot]
    var agents: [AgentFragment] = []
    for index in game.players.indices {
      let player = game.players[index]
      let hasNews = !player.done.isEmpty || player.isTerminated || player.isTruncated
      guard hasNews || integer(below: 3) == 0 else { continue }
      agents.append(
        try player.data.fragment(
          start: player.start, at: player.done, isTerminated: player.isTerminated, isTruncated: player.isTruncated))
      game.players[index].start += player.done.count
      game.players[index].done = []
    }
    game.players.removeAll { $0.isTerminated || $0.isTruncated }
    games[slot] = isTerminated || isTruncated ? begin() : game
    return MultiAgentEpisodeFragment(
      id: game.id, startTime: start, length: game.time - start, agents: agents, isTerminated: isTerminated,
      isTruncated: isTruncated)
  }
}
