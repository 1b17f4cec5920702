public import Checkpoints
public import StateTree

/// What a callback sees when the algorithm is complete.
public struct AlgorithmContext {
  /// The algorithm: learning rate, learner, replay buffer and configuration may be read and changed.
  public let algorithm: any Algorithm

  /// Tells the user something that should not be missed.
  public func warn(_ message: String) { algorithm.services.warn(message) }
}

/// What a callback sees when an iteration is over.
public struct TrainResultContext {
  /// The algorithm; its iteration counts the one that is over.
  public let algorithm: any Algorithm
  /// The result: changed here, changed in what `train()` returns and in the experiment's files.
  public var result: TrainingResult

  /// Tells the user something that should not be missed.
  public func warn(_ message: String) { algorithm.services.warn(message) }
}

/// What a callback sees around an evaluation.
public struct EvaluationContext {
  /// The algorithm.
  public let algorithm: any Algorithm
  /// What was measured; empty at the start.
  public var metrics: StateMap

  /// Tells the user something that should not be missed.
  public func warn(_ message: String) { algorithm.services.warn(message) }
}

/// What a callback sees after runners were made anew.
public struct RunnersRecreatedContext {
  /// The algorithm.
  public let algorithm: any Algorithm
  /// The indices of the runners, from 1.
  public let runnerIndices: [Int]
  /// Whether they are runners of evaluation.
  public let isEvaluation: Bool

  /// Tells the user something that should not be missed.
  public func warn(_ message: String) { algorithm.services.warn(message) }
}

/// What a callback sees when a checkpoint was restored.
public struct CheckpointLoadedContext {
  /// The algorithm, restored; whatever is found wrong may be repaired now.
  public let algorithm: any Algorithm
  /// What was restored and what was not.
  public var report: RestoreReport

  /// Tells the user something that should not be missed.
  public func warn(_ message: String) { algorithm.services.warn(message) }
}
