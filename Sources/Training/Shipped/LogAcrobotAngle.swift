internal import Environments
internal import StateTree

/// Logs the mean angle of Acrobot's first joint over each episode: the second example of RLlib's callback page.
///
/// The result has it under `env_runners/theta1_mean`, averaged over the last 50 episodes of each runner, and that of an
/// evaluation under `evaluation/env_runners/theta1_mean`.
/// - Units: degrees, from -180 to 180; 0 hangs down.
/// - Source: RLlib's callback page, `LogAcrobotAngle`. Deviation: its window of 50 is emptied with every result, so that
///   an iteration in which no episode ends has no mean; here it goes on.
public struct LogAcrobotAngle: SavedCallback {
  /// The name in `params.json`.
  public static let registeredName = "LogAcrobotAngle"
  private static let key: StateKey = "theta1_sum"

  /// Logs angles.
  public init() {}

  /// Checks that there is such an angle.
  /// - Throws: `TrainingError.unfitForCallback` for another environment than Acrobot.
  public mutating func onEnvironmentCreated(_ context: inout EnvironmentContext) throws {
    _ = try Self.angle(in: context.environment)
  }

  /// Adds the angle after a step to what the episode gathers.
  public mutating func onEpisodeStep(_ context: inout EpisodeContext) throws {
    let sum = context.episode.customData[Self.key]?.metricNumber?.value ?? 0
    context.episode.customData[Self.key] = .double(sum + (try Self.angle(in: context.environment)))
  }

  /// Logs the episode's mean.
  public mutating func onEpisodeEnd(_ context: inout EpisodeContext) throws {
    guard let sum = context.episode.customData[Self.key]?.metricNumber?.value else { return }
    try context.metricsLogger.log(
      sum / Double(context.episode.length), at: "theta1_mean", reduce: .mean, window: 50, clearOnReduce: false)
  }

  private static func angle(in environment: any Environment) throws(TrainingError) -> Double {
    guard let acrobot = environment as? Acrobot else {
      throw .unfitForCallback(found: "\(type(of: environment))", expected: Acrobot.id)
    }
    return acrobot.physics.firstJointAngle * 180 / .pi
  }
}
