import Algorithms
import ReplayBuffers
import StateTree
import Training

/// The README's replay buffer, and a configuration that has it.
func ownBuffer() -> DQNConfig {
  // README
  struct ClippingBuffer: WrappingBuffer {
    var base: PrioritizedEpisodeReplayBuffer

    mutating func add(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> Range<Int> {
      var clipped = fragment
      clipped.rewards = Tensor(vector: (fragment.rewards.doubles() ?? []).map { Float(min(max($0, -0.5), 0.5)) })
      return try base.add(clipped)
    }
  }

  let config = DQNConfig().environment("CartPole-v1").ownReplayBuffer { schema, seed in
    ClippingBuffer(base: try PrioritizedEpisodeReplayBuffer(capacity: 50_000, alpha: 0.6, schema: schema, seed: seed))
  }
  // README ends
  return config
}
