import StateTree
import Testing

@testable import Algorithms

@Suite struct AdvantageEstimationTests {
  private func targets(
    _ estimation: AdvantageEstimation, _ rewards: [Float], _ values: [Float], bootstrap: Float, isTerminated: Bool
  ) -> [Float] {
    var targets: [Float] = [99]
    estimation.appendTargets(
      rewards: rewards[...], values: values[...], bootstrap: bootstrap, isTerminated: isTerminated, to: &targets)
    #expect(targets.first == 99)
    return Array(targets.dropFirst())
  }

  @Test(arguments: PPOFixture.shared.cases)
  func `From RLlib's values come RLlib's targets, bit for bit`(rllib: PPOCase) {
    let estimation = AdvantageEstimation(gamma: rllib.learnerSettings.gamma, lambda: rllib.learnerSettings.lambda)
    for update in rllib.updates {
      var (start, found) = (0, [Float]())
      for (episode, bootstrap) in zip(update.episodes, update.bootstraps) {
        found += targets(
          estimation, episode.rewards, Array(update.values[start..<start + episode.length]), bootstrap: bootstrap,
          isTerminated: episode.terminated)
        start += episode.length
      }
      #expect(found == update.targets)
      // Terminated, truncated, and cut in the midst.
      #expect(Set(update.episodes.map { [$0.terminated, $0.truncated] }).count == 3)
    }
  }

  @Test func `With lambda 1 a target is the discounted rewards up to the end, and with 0 one step`() {
    let (rewards, values): ([Float], [Float]) = ([1, 2, 4], [10, 20, 30])
    let far = AdvantageEstimation(gamma: 0.5, lambda: 1)
    #expect(targets(far, rewards, values, bootstrap: 8, isTerminated: true) == [3, 4, 4])
    #expect(targets(far, rewards, values, bootstrap: 8, isTerminated: false) == [4, 6, 8])
    let near = AdvantageEstimation(gamma: 0.5, lambda: 0)
    #expect(targets(near, rewards, values, bootstrap: 8, isTerminated: true) == [11, 17, 4])
    #expect(targets(near, rewards, values, bootstrap: 8, isTerminated: false) == [11, 17, 8])
  }

  @Test func `Fragments of an episode that were cut have the targets of the whole, where values are right`() {
    let estimation = AdvantageEstimation(gamma: 0.5, lambda: 0.5)
    // Values that are exactly what comes: every residual is zero, wherever one cuts.
    let (rewards, values): ([Float], [Float]) = ([1, 1, 1, 1], [1.875, 1.75, 1.5, 1])
    let whole = targets(estimation, rewards, values, bootstrap: 0, isTerminated: true)
    let first = targets(estimation, Array(rewards[..<2]), Array(values[..<2]), bootstrap: 1.5, isTerminated: false)
    let second = targets(estimation, Array(rewards[2...]), Array(values[2...]), bootstrap: 0, isTerminated: true)
    #expect(first + second == whole && whole == values)
  }

  @Test func `Advantages have mean 0 and deviation 1 over the batch; equal ones are zero`() {
    var generator = PCG64(seed: 6)
    let targets = generator.uniform(in: 50..<90, count: 1000).map { Float($0) }
    let values = generator.uniform(in: -5..<5, count: 1000).map { Float($0) }
    let advantages = AdvantageEstimation.standardized(targets: targets, values: values)
    let mean = advantages.reduce(0.0) { $0 + Double($1) } / 1000
    let square = advantages.reduce(0.0) { $0 + Double($1) * Double($1) } / 1000
    #expect(abs(mean) < 1e-6 && abs(square - 1) < 1e-5)
    let order = { (numbers: [Float]) in numbers.indices.sorted { numbers[$0] < numbers[$1] } }
    #expect(order(advantages) == order(zip(targets, values).map { $0 - $1 }))
    #expect(AdvantageEstimation.standardized(targets: [3, 3], values: [1, 1]) == [0, 0])
    // Deviations below 1e-4 count as that.
    let small = AdvantageEstimation.standardized(targets: [1e-5, -1e-5], values: [0, 0])
    #expect(abs(small[0] - 0.1) < 1e-6 && abs(small[1] + 0.1) < 1e-6)
  }
}
