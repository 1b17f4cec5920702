/// What a save has written of the rows of a replay buffer.
public enum Increment: Sendable, Hashable {
  /// So many rows: those that are new, and the last ones before them if they lay in a small segment. The others lie in
  /// segments of earlier saves.
  case rows(Int)
  /// All of them, and why.
  case full(because: Cause)

  /// Why a save shares no segment with an earlier one.
  public enum Cause: Sendable, Hashable {
    /// No checkpoint of the experiment has this buffer.
    case first
    /// A full copy was due (`CheckpointOptions.fullCopyEvery`).
    case due
    /// So many steps have come and gone since the last save that nothing which it held is left, and these were never
    /// saved.
    case missedSteps(Int)
    /// All that was saved of it fits a small segment, which is written again with what is new.
    case small
    /// The rows may be replaced anywhere, as in a reservoir.
    case unsealed
    /// What was saved are other rows or columns, or is not there any more.
    case otherRows
  }
}

extension Increment.Cause: CustomStringConvertible {
  /// A few words.
  public var description: String {
    switch self {
    case .first: "it is the first save of this buffer"
    case .due: "a full copy was due"
    case .missedSteps(let count): "\(count) steps came and went since the last save"
    case .small: "all of it fits a small segment"
    case .unsealed: "its rows may be replaced anywhere"
    case .otherRows: "what was saved before are other rows, or gone"
    }
  }
}

extension Increment {
  /// What a plan writes.
  /// - Parameters:
  ///   - isSharing: Whether it shares a segment.
  ///   - couldShare: Whether there was one that it could have shared.
  ///   - known: The buffer in the checkpoint before; nil without one.
  ///   - isDue: Whether nothing is to be shared.
  ///   - fits: Whether what was saved before has the same columns.
  init(
    _ plan: SegmentPlan, _ outline: BufferOutline, isSharing: Bool, couldShare: Bool, known: KnownBuffer?, isDue: Bool,
    fits: Bool
  ) {
    let written = plan.new.reduce(0) { $0 + $1.rowCount }
    guard !isSharing, written > 0 else {
      self = .rows(written)
      return
    }
    let firstStep = outline.units.lazy.map(\.run.firstStep).filter { $0 >= 0 }.min() ?? 0
    let isSealed = outline.units.contains(where: \.isDone)
    let cause: Cause =
      switch (known, isDue) {
      case (nil, _): .first
      case (_, true): .due
      case (_?, _) where !fits: .otherRows
      case (_?, _) where couldShare: .small
      case (let known?, _) where firstStep > known.endStep: .missedSteps(firstStep - known.endStep)
      case (_?, _) where !isSealed: .unsealed
      case (let known?, _) where known.segments.isEmpty: .small
      default: .otherRows
      }
    self = .full(because: cause)
  }
}
