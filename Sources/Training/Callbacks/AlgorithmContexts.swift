public import Checkpoints
public import StateTree
public import SystemPackage

/// What a callback sees at every event of the algorithm.
public protocol AlgorithmEventContext {
  /// The algorithm.
  var algorithm: any Algorithm { get }
}

extension AlgorithmEventContext {
  /// What is logged here stands in the result.
  public var metricsLogger: MetricsLogger {
    get { algorithm.run.logger }
    nonmutating _modify { yield &algorithm.run.logger }
  }

  /// Tells the user something that should not be missed.
  public func warn(_ message: String) { algorithm.services.warn(message) }
}

/// What a callback sees when the algorithm is complete.
public struct AlgorithmContext: AlgorithmEventContext {
  /// The algorithm: learning rate, learner, replay buffer and configuration may be read and changed.
  public let algorithm: any Algorithm
}

/// What a callback sees when an iteration is over.
public struct TrainResultContext: AlgorithmEventContext {
  /// The algorithm; its iteration counts the one that is over.
  public let algorithm: any Algorithm
  /// The result: changed here, changed in what `train()` returns and in the experiment's files.
  public var result: TrainingResult
}

/// What a callback sees around an evaluation.
public struct EvaluationContext: AlgorithmEventContext {
  /// The algorithm.
  public let algorithm: any Algorithm
  /// What was measured, as it stands under `evaluation` in the result; empty at the start.
  public var metrics: StateMap
}

/// What a callback sees after runners were made anew.
public struct RunnersRecreatedContext: AlgorithmEventContext {
  /// The algorithm.
  public let algorithm: any Algorithm
  /// The group they belong to.
  public let group: EnvRunnerGroup
  /// The indices of the runners, from 1.
  public let runnerIndices: [Int]
  /// Whether they are runners of evaluation.
  public let isEvaluation: Bool
}

/// What a callback sees when a checkpoint or a dump is durable.
public struct SavedContext: AlgorithmEventContext {
  /// The algorithm, which may have gone on since the save began.
  public let algorithm: any Algorithm
  /// What was saved: path, iteration, how long training stood still for it, how long it took, bytes written and shared.
  public let save: FinishedSave
}

/// What a callback sees when a checkpoint was restored.
public struct CheckpointLoadedContext: AlgorithmEventContext {
  /// The algorithm, restored; whatever is found wrong may be repaired now.
  public let algorithm: any Algorithm
  /// The directory of the checkpoint.
  public var path: FilePath { report.checkpoint }
  /// What was restored and what was not.
  public var report: RestoreReport
}
