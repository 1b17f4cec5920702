public import StateTree

/// A buffer that can say what it will draw next, without drawing it: the proof that a restored one goes on as the saved
/// one would have. A digest of it is kept with the state.
public protocol ProvableBuffer {
  /// What the next `count` draws give: step numbers, weights and data. The buffer stays as it was.
  ///
  /// Draws are those of fixed settings (n-step returns drawn from 1 to 3, gamma 0.99, beta 0.4), so that a trainer that
  /// goes on with other settings can still prove that it restored what was saved.
  /// - Returns: nil if nothing can be drawn.
  /// - Complexity: that of a sample of `count`; nothing stored is copied.
  func nextDraws(_ count: Int) -> StateValue?
}

/// The settings of draws that prove.
package enum ProofSettings {
  package static let nStep = NStep.drawn(from: 1..<4)
  package static let gamma = 0.99
  package static let beta = 0.4
}

extension TransitionBatch {
  /// The batch as one value.
  var proof: StateValue {
    [
      "steps": .tensor(Tensor(vector: steps.map { Int64($0) })), "weights": .tensor(Tensor(vector: weights)),
      "columns": .map(StateMap(columns.sorted { $0.key < $1.key }.map { ($0.key, .tensor($0.value)) })),
    ]
  }
}

extension EpisodeSample {
  /// Steps, lengths, returns, weights and first observations of the sample as one value.
  package var proof: StateValue {
    let own: StateMap = [
      "steps": .tensor(Tensor(vector: steps.map { Int64($0) })),
      "n_steps": .tensor(Tensor(vector: nSteps.map { Int64($0) })), "rewards": .tensor(Tensor(vector: rewards)),
      "weights": .tensor(Tensor(vector: weights)),
    ]
    let observations = observationParts.sorted { $0.key < $1.key }.map { ($0.key, StateValue.tensor($0.value)) }
    return .map(own.merging(StateMap(observations)))
  }
}
