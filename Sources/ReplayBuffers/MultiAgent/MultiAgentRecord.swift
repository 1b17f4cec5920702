internal import StateTree

/// What files say of one multi-agent episode; `MultiAgentTable` has their form.
struct MultiAgentRecord {
  let id: String
  let startTime: Int
  let isTerminated: Bool
  let isTruncated: Bool
  /// Its agents, with the names of their modules.
  let agents: [(name: String, module: String)]
  /// The numbers of its environment steps.
  let steps: [Int]

  /// The episodes that state describes.
  /// - Parameter modules: The modules, ordered by the bytes of their names.
  /// - Throws: `ReplayBufferError.state` for another form, `.invalidEpisodes` for columns that do not fit each other.
  static func records(_ saved: BufferStateReader, modules: [String]) throws(ReplayBufferError) -> [MultiAgentRecord] {
    let columns: Columns
    do throws(StateTreeError) { columns = try Columns(saved.reader.reader("episodes")) } catch { throw .state(error) }
    return try columns.records(modules: modules)
  }

  private struct Columns {
    let ids, agents: [StateValue]
    let starts, lengths, counts, modules, steps: [Int64]
    let terminated, truncated: [Bool]

    init(_ reader: StateReader) throws(StateTreeError) {
      ids = try reader.array("id")
      starts = try reader.vector("t_started")
      lengths = try reader.vector("length")
      terminated = try reader.tensor("terminated").flags()
      truncated = try reader.tensor("truncated").flags()
      counts = try reader.vector("agents")
      agents = try reader.array("agent")
      modules = try reader.vector("module")
      steps = try reader.vector("step")
    }

    func records(modules names: [String]) throws(ReplayBufferError) -> [MultiAgentRecord] {
      let heights = [starts.count, lengths.count, terminated.count, truncated.count, counts.count]
      guard heights.allSatisfy({ $0 == ids.count }), modules.count == agents.count else {
        throw .invalidEpisodes(
          "their columns have the lengths \([ids.count] + heights), "
            + "those of agents \(agents.count) and \(modules.count)")
      }
      let people = try agentList(modules: names)
      var (agent, step) = (0, 0)
      var records: [MultiAgentRecord] = []
      for index in ids.indices {
        guard case .string(let id) = ids[index] else {
          throw .invalidEpisodes("the id of episode number \(index) is no text")
        }
        let agentEnd = try end(of: counts[index], from: agent, within: agents.count, "agents of episode \(id)")
        let stepEnd = try end(of: lengths[index], from: step, within: steps.count, "environment steps of episode \(id)")
        records.append(
          MultiAgentRecord(
            id: id, startTime: Int(starts[index]), isTerminated: terminated[index], isTruncated: truncated[index],
            agents: Array(people[agent..<agentEnd]), steps: steps[step..<stepEnd].map(Int.init)))
        (agent, step) = (agentEnd, stepEnd)
      }
      guard agent == agents.count, step == steps.count else {
        throw .invalidEpisodes(
          "\(agents.count - agent) agents and \(steps.count - step) environment steps are nobody's")
      }
      return records
    }

    private func agentList(modules names: [String]) throws(ReplayBufferError) -> [(name: String, module: String)] {
      var list: [(name: String, module: String)] = []
      for (index, value) in agents.enumerated() {
        guard case .string(let name) = value, (0..<Int64(names.count)).contains(modules[index]) else {
          throw .invalidEpisodes(
            "agent number \(index) has no text as its name, or the module number \(modules[index]) of \(names.count)")
        }
        list.append((name, names[Int(modules[index])]))
      }
      return list
    }

    private func end(
      of count: Int64, from start: Int, within limit: Int, _ what: String
    ) throws(ReplayBufferError) -> Int {
      guard (0...Int64(limit - start)).contains(count) else {
        throw .invalidEpisodes("there are \(count) \(what), where \(limit - start) are left")
      }
      return start + Int(count)
    }
  }
}
