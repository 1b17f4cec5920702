internal import ReplayBuffers

/// The kinds of buffers whose state can be made good after a loss.
enum BufferKind {
  /// A ring of transitions, whose step numbers follow each other.
  case ring
  /// A queue, whose first step is the number of those sampled.
  case queue
  /// A ring or reservoir with what waits to be returned first.
  case mix
  /// A reservoir with its table of slots.
  case reservoir
  /// Episodes.
  case episodes
  /// One of somebody else.
  case unknown

  init(_ name: String) {
    switch name {
    case ReplayBuffer.kind, PrioritizedReplayBuffer.kind: self = .ring
    case FIFOReplayBuffer.kind: self = .queue
    case MixInReplayBuffer<ReplayBuffer>.kind: self = .mix
    case ReservoirReplayBuffer.kind: self = .reservoir
    case EpisodeReplayBuffer.kind, PrioritizedEpisodeReplayBuffer.kind: self = .episodes
    default: self = .unknown
    }
  }

  /// Whether a buffer of this name has priorities.
  static func hasPriorities(_ name: String) -> Bool {
    name == PrioritizedReplayBuffer.kind || name == PrioritizedEpisodeReplayBuffer.kind
  }
}
