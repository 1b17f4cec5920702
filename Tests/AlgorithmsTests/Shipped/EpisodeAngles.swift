import Environments
import Foundation
import StateTree
import Synchronization
import Training

/// Averages the first joint's angle by the formula of RLlib's callback page, from what the environment shows: an oracle for
/// `LogAcrobotAngle`, by runner.
final class EpisodeAngles: Sendable {
  private struct Sums {
    var underWay: [Int: (sum: Double, count: Int)] = [:]
    /// The means of episodes, by runner.
    var means: [Int: [Double]] = [:]
  }

  private let sums = Mutex(Sums())
  private let runners: Int

  init(runners: Int) { self.runners = runners }

  var step: CallbackClosures.Closure<EpisodeContext> {
    { context in
      guard let observation = try context.episode.lastObservation?.scalars(as: Float.self), observation.count == 6 else {
        return
      }
      let degrees = atan2(Double(observation[1]), Double(observation[0])) * 180 / .pi
      self.sums.withLock { $0.underWay[context.runnerIndex, default: (0, 0)].sum += degrees }
      self.sums.withLock { $0.underWay[context.runnerIndex, default: (0, 0)].count += 1 }
    }
  }

  var end: CallbackClosures.Closure<EpisodeContext> {
    { context in
      self.sums.withLock { sums in
        guard let (sum, count) = sums.underWay.removeValue(forKey: context.runnerIndex) else { return }
        sums.means[context.runnerIndex, default: []].append(sum / Double(count))
      }
    }
  }

  /// The mean over runners of the mean over their episodes.
  var mean: Double? {
    let means = sums.withLock { Array($0.means.values) }
    guard means.count == runners else { return nil }
    return means.map { $0.reduce(0, +) / Double($0.count) }.reduce(0, +) / Double(runners)
  }

  var count: Int { sums.withLock { $0.means.values.reduce(0) { $0 + $1.count } } }
}
