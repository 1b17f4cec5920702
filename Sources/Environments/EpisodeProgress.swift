internal import StateTree

/// Where an episode stands.
public enum EpisodePhase: String, Sendable {
  /// There was no reset yet.
  case new
  /// Steps can be taken.
  case underWay = "under_way"
  /// The last step terminated or truncated the episode.
  case ended
}

/// What the environments of this module have in common: where the episode stands, its steps, and what resets draw from.
struct EpisodeProgress: Sendable, Equatable {
  var phase = EpisodePhase.new
  /// Steps taken since the last reset.
  var steps = 0
  /// Nil before the first reset.
  var generator: PCG64?

  /// Begins an episode at what `draw` takes from the generator, which starts afresh if there is a seed.
  mutating func begin<Start>(seed: UInt64?, drawing draw: (inout PCG64) -> Start) -> Start {
    var generator = seed.map { PCG64(seed: $0) } ?? generator ?? .seededFromSystem()
    let start = draw(&generator)
    self = EpisodeProgress(phase: .underWay, generator: generator)
    return start
  }

  /// Checks that a step can be taken.
  /// - Throws: `EnvironmentError.notReset`, `.episodeEnded`.
  func checkUnderWay(in environment: String) throws(EnvironmentError) {
    switch phase {
    case .underWay: break
    case .new: throw .notReset(environment: environment)
    case .ended: throw .episodeEnded(environment: environment, steps: steps)
    }
  }

  /// Counts a step.
  /// - Returns: Whether it is the last one that the limit allows, which truncates the episode.
  mutating func countStep(isTerminated: Bool, limit: Int) -> Bool {
    steps += 1
    let isTruncated = steps >= limit
    if isTerminated || isTruncated { phase = .ended }
    return isTruncated
  }
}

extension EpisodeProgress {
  /// The entries `episode_steps`, `phase` and `generator` beside those of an environment.
  func state(beside entries: StateMap) -> StateValue {
    let own: StateMap = [
      "episode_steps": .int(Int64(steps)), "phase": .string(phase.rawValue), "generator": generator?.state ?? .nil,
    ]
    return .map(entries.merging(own))
  }

  /// The progress in the state of an environment, once that is known to be the environment's.
  init(_ reader: StateReader) throws(StateTreeError) {
    steps = try reader.count("episode_steps")
    phase = try Self.phase(reader)
    generator = try Self.generator(reader)
  }

  private static func phase(_ reader: StateReader) throws(StateTreeError) -> EpisodePhase {
    let name = try reader.string("phase")
    guard let phase = EpisodePhase(rawValue: name) else {
      throw .invalidValue(path: "\(reader.path / "phase")", found: name, expected: "new, under_way or ended")
    }
    return phase
  }

  private static func generator(_ reader: StateReader) throws(StateTreeError) -> PCG64? {
    if case .nil = try reader.value("generator") { return nil }
    return try PCG64(state: reader.reader("generator"))
  }

  /// Checks that steps can have led here.
  /// - Parameters:
  ///   - isTerminal: Whether the environment is where an episode terminates.
  ///   - isUntouched: Whether it is as it is before the first reset.
  /// - Throws: `EnvironmentError.brokenInvariant`.
  func checkInvariants(
    of environment: String, limit: Int, isTerminal: Bool, isUntouched: Bool
  ) throws(EnvironmentError) {
    func broken(_ reason: String) -> EnvironmentError { .brokenInvariant(environment: environment, reason: reason) }
    guard steps <= limit else { throw broken("\(steps) steps in an episode, expected at most \(limit)") }
    let isOver = isTerminal || steps == limit
    switch phase {
    case .new:
      guard isUntouched else { throw broken("steps or draws before the first reset") }
    case .underWay:
      guard !isOver else { throw broken("the episode is under way and past its end") }
    case .ended:
      guard isOver, steps > 0 else { throw broken("the episode ended without a reason") }
    }
    guard phase == .new || generator != nil else { throw broken("there is an episode and no generator") }
  }
}

extension StateReader {
  /// Checks that a state is this environment's.
  func checkEnvironment(_ id: String) throws(StateTreeError) {
    let found = try string("environment")
    guard found == id else { throw .invalidValue(path: "\(path / "environment")", found: found, expected: id) }
  }

  /// The numbers of a tensor of one axis and this length.
  func numbers(_ key: StateKey, count: Int) throws(StateTreeError) -> [Double] {
    let numbers: [Double] = try vector(key)
    guard numbers.count == count else {
      throw .invalidValue(path: "\(path / key)", found: "\(numbers.count) numbers", expected: "\(count)")
    }
    return numbers
  }
}
