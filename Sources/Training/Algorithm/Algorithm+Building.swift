internal import StateTree
internal import SystemPackage

extension Algorithm {
  /// Makes an algorithm from its configuration and calls `onAlgorithmInit`.
  ///
  /// Without a seed one is drawn from the system; the configuration of the algorithm has it then.
  /// - Throws: `TrainingError`, and what making environments and the experiment throws.
  public static func build(_ config: Config, services: TrainingServices = TrainingServices()) throws -> Self {
    try build(config, services: services, id: Self.randomID()) { _ in }
  }

  static func build(
    _ config: Config, services: TrainingServices, id: String, prepare: (Run) throws -> Void
  ) throws -> Self {
    try config.validate()
    var config = config
    if config.common.seed == nil {
      var generator = PCG64.seededFromSystem()
      config.common.seed = UInt64(generator.nextUInt32())
    }
    let run = Run(id: id, config: config, services: services)
    try prepare(run)
    let algorithm = try Self(config, run: run)
    // As in RLlib: callbacks see the environments of an evaluation that will come before `onAlgorithmInit`.
    if config.common.evaluation.isExpected { _ = try algorithm.evaluationRunners() }
    if let path = config.common.experiment, !run.isDryRun { try algorithm.openExperiment(at: path) }
    var context = AlgorithmContext(algorithm: algorithm)
    try run.fire(.onAlgorithmInit, &context, run.callbacks.closures.onAlgorithmInit) { try $0.onAlgorithmInit(&$1) }
    return algorithm
  }

  private static func randomID() -> String {
    var generator = PCG64.seededFromSystem()
    let digits = String(generator.next(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
