public import StateTree

/// Everything a multi-agent buffer is, readable piece by piece: the rows of each module as the contents of a buffer of
/// its own, and what belongs to all modules as state.
///
/// A module's contents are those of an `EpisodeReplayBuffer`, or of a `PrioritizedEpisodeReplayBuffer` if there are
/// priorities, without capacity and generator: with these as defaults such a buffer loads them. Each part of an agent is
/// an episode named `episode/agent`, and the column `env_t` says when in its multi-agent episode the agent acted.
public protocol MultiAgentBufferContents: Sendable {
  /// The contents of one module.
  associatedtype ModuleContents: BufferContents

  /// The type that made it, such as `MultiAgentEpisodeReplayBuffer`.
  var kind: String { get }
  /// The modules, each once.
  var modules: [String] { get }
  /// Counters, sampler, episodes: everything but the modules' contents.
  func state() throws -> StateValue
  /// The rows and the state of one of `modules`.
  func contents(ofModule id: String) throws -> ModuleContents
}

/// What a multi-agent buffer was at one moment, immutable and free to be read on any thread while the buffer goes on.
public struct MultiAgentBufferSnapshot: MultiAgentBufferContents {
  /// The type of the buffer.
  public let kind: String
  /// The modules, ordered by the bytes of their names.
  public let modules: [String]
  private let contents: [BufferSnapshot]
  private let settings: StateMap
  private let table: MultiAgentTable

  init(
    kind: String, modules: [String], contents: [BufferSnapshot], settings: StateMap, table: MultiAgentTable
  ) {
    self.kind = kind
    self.modules = modules
    self.contents = contents
    self.settings = settings
    self.table = table
  }

  /// Counters, sampler and episodes.
  /// - Complexity: O(environment steps + agents of all episodes)
  public func state() -> StateValue {
    var map = settings
    map["episodes"] = table.state
    return .map(map)
  }

  /// The rows and the state of one of `modules`.
  /// - Throws: `ReplayBufferError.unknownModule`.
  public func contents(ofModule id: String) throws(ReplayBufferError) -> BufferSnapshot {
    guard let index = modules.firstIndex(where: { StateKey($0) == StateKey(id) }) else {
      throw .unknownModule(id, known: modules)
    }
    return contents[index]
  }

  /// Everything in one value that `MultiAgentStateContents` reads.
  /// - Complexity: O(rows)
  public var selfContainedState: StateValue {
    let parts = zip(modules, contents).map { (StateKey($0), $1.selfContainedState) }
    return ["kind": .string(kind), "modules": .map(StateMap(parts)), "state": state()]
  }
}

/// The contents of a multi-agent buffer in one value of state, as `state` of a buffer gives it.
///
/// Its keys: `kind`, `modules` with the value of each that `StateContents` reads, and `state`.
public struct MultiAgentStateContents: MultiAgentBufferContents {
  /// The type that made it.
  public let kind: String
  /// The modules.
  public let modules: [String]
  private let contents: [StateKey: StateContents]
  private let rest: StateValue

  /// The contents in `state`.
  /// - Throws: `ReplayBufferError.state` for another form, and what `StateContents` throws for a module.
  public init(_ state: StateValue) throws(ReplayBufferError) {
    let map: StateMap
    do throws(StateTreeError) {
      let reader = try StateReader(state)
      kind = try reader.string("kind")
      map = try reader.reader("modules").map
      rest = try reader.value("state")
    } catch {
      throw .state(error)
    }
    modules = map.keys.map(\.string)
    var contents: [StateKey: StateContents] = [:]
    for (id, value) in map { contents[id] = try StateContents(value) }
    self.contents = contents
  }

  /// Everything but the modules' contents.
  public func state() -> StateValue { rest }

  /// The rows and the state of one of `modules`.
  /// - Throws: `ReplayBufferError.unknownModule`.
  public func contents(ofModule id: String) throws(ReplayBufferError) -> StateContents {
    guard let contents = contents[StateKey(id)] else { throw .unknownModule(id, known: modules) }
    return contents
  }
}
