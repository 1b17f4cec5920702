public import ReplayBuffers

extension ProvableBuffer {
  /// The digest of what the next `draws` draws give, to be kept with the state and compared after a restore:
  /// `CheckpointContents.proofs`, `Restoration.check(proof:of:)`. The buffer stays as it was.
  /// - Returns: nil if nothing can be drawn.
  public func proof(draws: Int = 32) -> String? { nextDraws(draws).map(StateDigest.sha256(of:)) }
}
