import Checkpoints
import ReplayBuffers
import StateTree
import Testing

/// The digest of a buffer's next draws, kept beside its state.
@Suite struct `Proofs of buffers` {
  @Test func `a restored buffer has the proof of the saved one, and any change has another`() throws {
    var generator = PCG64(seed: 3)
    var buffer = try PrioritizedReplayBuffer.empty(capacity: 50)
    #expect(buffer.proof() == nil, "nothing can be drawn")
    for _ in 0..<20 { try buffer.grow(using: &generator) }
    let proof = try #require(buffer.proof())
    #expect(buffer.proof() == proof && buffer.proof(draws: 31) != proof)
    #expect(proof == buffer.nextDraws(32).map(StateDigest.sha256(of:)))
    var restored = try PrioritizedReplayBuffer.empty(capacity: 50)
    try restored.restore(from: buffer.state)
    #expect(restored.proof() == proof)
    try restored.updatePriorities([buffer.steps.lowerBound], [100])
    #expect(restored.proof() != proof)
    _ = try buffer.sample(count: 1)
    #expect(buffer.proof() != proof)
  }
}
