public import ReplayBuffers
public import StateTree

/// What a run gives to be saved: an immutable picture of one moment, written while the run goes on.
///
/// Components have names that are paths of plain names: `algorithm_state`, `learner_group/learner`, `env_runner`,
/// `replay_buffer`, or any others.
public struct CheckpointContents: Sendable {
  /// Which run it is; a run that was restored keeps its name.
  public var runID: String
  /// How many training iterations there were; the checkpoint's number.
  public var iteration: Int
  /// How many environment steps there were over the lifetime of the run.
  public var environmentSteps: Int
  /// The newest results, for listings; `env_runners/episode_return_mean` is what `rlbuf ls` shows.
  public var results: StateMap
  /// The configuration, as in `params.json`.
  public var configuration: StateMap
  /// Who saved it, when and on what: host, process, time, program, processor, BLAS.
  public var provenance: StateMap
  /// Why a restored run may not go on bit for bit; empty if it does.
  public var inexactBecause: [String]
  /// For components with random state, the digest of its next draws, which restoring computes again (`StateDigest`).
  public var proofs: [String: String]

  /// The components in the order in which they were added.
  package private(set) var parts: [Part] = []

  /// The contents of a run at an iteration, without components yet.
  public init(
    runID: String, iteration: Int, environmentSteps: Int, results: StateMap = [:], configuration: StateMap = [:],
    provenance: StateMap = [:], inexactBecause: [String] = [], proofs: [String: String] = [:]
  ) {
    self.runID = runID
    self.iteration = iteration
    self.environmentSteps = environmentSteps
    self.results = results
    self.configuration = configuration
    self.provenance = provenance
    self.inexactBecause = inexactBecause
    self.proofs = proofs
  }

  /// Adds a component of state.
  public mutating func add(_ name: String, state: StateValue) {
    parts.append(Part(name: name, content: .state(state)))
  }

  /// Adds a replay buffer: its rows go to segments, of which only the new ones are written, the rest beside them.
  public mutating func add(_ name: String, buffer: BufferSnapshot) {
    parts.append(Part(name: name, content: .buffer(buffer)))
  }

  /// Leaves a component out and says why, so that a restore knows what it has to join.
  public mutating func omit(_ name: String, because reason: String) {
    parts.append(Part(name: name, content: .omitted(reason)))
  }

  /// One component.
  package struct Part: Sendable {
    /// What there is of it.
    package enum Content: Sendable {
      /// State alone.
      case state(StateValue)
      /// A replay buffer.
      case buffer(BufferSnapshot)
      /// Nothing, and why.
      case omitted(String)
    }

    /// Its name.
    package var name: String
    /// What there is of it.
    package var content: Content
  }
}
