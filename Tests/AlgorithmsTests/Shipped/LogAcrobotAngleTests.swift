import Algorithms
import StateTree
import Testing
import Training

@Suite struct LogAcrobotAngleTests {
  @Test(arguments: [0, 2]) func `the angle on Acrobot is the mean over the episodes of every runner`(runners: Int) throws {
    let angles = EpisodeAngles(runners: max(1, runners))
    let ppo = try PPOConfig().environment("Acrobot-v1").envRunners(runners: runners)
      .training(batchSize: 1000, epochs: 1, minibatchSize: 500, hiddenLayers: [8]).debugging(seed: 3)
      .callbacks(LogAcrobotAngle(), onEpisodeStep: angles.step, onEpisodeEnd: angles.end)
      .build(services: testServices())
    for _ in 0..<3 {
      let mean = try #require(try ppo.train()["env_runners/theta1_mean"])
      let expected = try #require(angles.mean)
      #expect((mean - expected).magnitude < 1e-4, "\(mean), expected \(expected)")
      #expect(mean.magnitude < 60 && mean != 0)
    }
    #expect(angles.count >= 2)
  }

  @Test func `an evaluation has its own`() throws {
    let ppo = try PPOConfig().environment("Acrobot-v1").evaluation(interval: 1, duration: 1)
      .training(batchSize: 100, epochs: 1, minibatchSize: 50, hiddenLayers: [8]).debugging(seed: 3)
      .callbacks(LogAcrobotAngle()).build(services: testServices())
    let result = try ppo.train()
    #expect(result["evaluation/env_runners/theta1_mean"]?.isFinite == true)
    // No episode of training has ended yet.
    #expect(result["env_runners/theta1_mean"] == nil)
  }

  @Test func `another environment is refused in words`() {
    let error = #expect(throws: TrainingError.self) {
      try smallConfig().callbacks(LogAcrobotAngle()).build(services: testServices())
    }
    #expect(
      error?.description
        == "the callback LogAcrobotAngle failed at on_environment_created: the environment is a CartPole, expected "
        + "Acrobot-v1; train on that, or leave the callback away")
  }
}
