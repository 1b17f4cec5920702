public import StateTree

/// A sample of B sequences of up to T consecutive steps, each of one episode, with up to L steps before them: what
/// recurrent and other stateful modules train on.
///
/// Every tensor has one row a sequence and L + T places in it: L for the steps before (`lookback`), T for the sequence
/// itself. A sequence that reaches the end of what is stored of its episode is filled up with zeros behind, one that
/// begins before the L-th stored step is filled up with zeros in front, and `mask` says where steps are. A sequence
/// never goes on with another episode.
/// - Source: Kapturowski et al. 2019, "Recurrent Experience Replay in Distributed Reinforcement Learning" (R2D2), whose
///   burn-in is the lookback here; zeros and mask as in RLlib's `utils/postprocessing/zero_padding.py`, where T is
///   `max_seq_len`.
public struct EpisodeSequences: Sendable, Equatable {
  /// The global step number of the first step of each sequence, for `updatePriorities`.
  /// - Shape: `[B]`
  public var steps: [Int]
  /// The time in its episode at which each sequence begins. Where `times` minus `lookbackCounts` is 0, the first place
  /// of the mask is the episode's first step, at which a module begins with its initial state.
  /// - Shape: `[B]`
  public var times: [Int]
  /// How many steps each sequence has, from 1 to T (`seq_lens`).
  /// - Shape: `[B]`
  public var counts: [Int]
  /// How many steps there are before each sequence, from 0 to L.
  /// - Shape: `[B]`
  public var lookbackCounts: [Int]
  /// How many places there are before each sequence, L.
  public var lookback: Int
  /// The observations by the names of their columns, `obs` or `obs/...`. The successor of the one at a place is at the
  /// next place, also behind the last step; hence one place more.
  /// - Shape: `[B, L + T + 1] + column shape` each; `[B, L + T + 1, k] + column shape`, oldest first, for a column of
  ///   which k are stacked
  public var observationParts: [StateKey: Tensor]
  /// The actions.
  /// - Shape: `[B, L + T] + action shape`
  public var actions: Tensor
  /// The rewards, in the type of their column.
  /// - Shape: `[B, L + T]`
  public var rewards: Tensor
  /// The other columns by name. Recurrent states kept there give the state at the first step of the mask.
  /// - Shape: `[B, L + T] + column shape` each
  public var extraColumns: [StateKey: Tensor]
  /// Where there is a step: 1, and 0 where a place is filled up with zeros. A loss takes the last T places only.
  /// - Shape: `[B, L + T]`
  public var mask: Tensor
  /// Whether the environment ended the episode with the step (`terminateds`).
  /// - Shape: `[B, L + T]`
  public var isTerminated: Tensor
  /// Whether the episode was cut off after the step (`truncateds`).
  /// - Shape: `[B, L + T]`
  public var isTruncated: Tensor
  /// The importance weights of the sequences; 1 without priorities.
  /// - Shape: `[B]`
  public var weights: [Float]

  /// How many sequences there are, B.
  public var count: Int { steps.count }

  /// The observations of the one column `obs`; without rows if they are a dictionary.
  /// - Shape: `[B, L + T + 1] + observation shape`
  public var observations: Tensor { observationParts["obs"] ?? .withoutObservations }
}

/// Which sequences are asked for.
struct SequenceShape {
  /// The most steps of a sequence, T.
  let length: Int
  /// The most steps before it, L.
  let lookback: Int
  /// The fewest steps of a sequence.
  let minimumLength: Int

  init(length: Int, lookback: Int, minimumLength: Int) {
    precondition(length > 0 && lookback >= 0, "sequences of at least one step, found \(length) after \(lookback)")
    precondition((1...length).contains(minimumLength), "a least length of 1 to \(length), found \(minimumLength)")
    (self.length, self.lookback, self.minimumLength) = (length, lookback, minimumLength)
  }
}
