import Algorithms
import StateTree
import Testing
import Training

@Suite struct ResultTests {
  @Test func `a result has RLlib's keys`() throws {
    let dqn = try smallConfig().build(services: testServices())
    try dqn.train()
    let result = try dqn.train()
    let paths = [
      "env_runners/episode_return_mean", "env_runners/episode_return_min", "env_runners/episode_return_max",
      "env_runners/episode_len_mean", "env_runners/num_episodes", "env_runners/num_episodes_lifetime",
      "env_runners/num_env_steps_sampled", "env_runners/num_env_steps_sampled_lifetime",
      "env_runners/agent_episode_return_mean/default_agent", "env_runners/module_episode_return_mean/default_policy",
      "env_runners/num_module_steps_sampled_lifetime/default_policy", "learners/default_policy/qf_loss",
      "learners/default_policy/qf_mean", "learners/default_policy/td_error_mean", "learners/default_policy/total_loss",
      "learners/default_policy/default_optimizer_learning_rate", "learners/default_policy/num_trainable_parameters",
      "learners/default_policy/gradients_default_optimizer_global_norm",
      "learners/default_policy/num_module_steps_trained", "learners/default_policy/num_target_updates",
      "learners/default_policy/last_target_update_ts", "learners/__all_modules__/num_env_steps_trained_lifetime",
      "num_training_step_calls_per_iteration", "num_env_steps_sampled_lifetime", "training_iteration",
      "time_this_iter_s", "time_total_s", "timestamp", "pid",
      "timers/training_iteration",
      "timers/learner_update_timer",
    ]
    for path in paths { #expect(result[path] != nil, "\(path)") }
    #expect(result.value(at: "config/lr") == 5e-4)
    #expect(result.value(at: "done") == false)
    #expect(result.value(at: "hostname") == "test")
    #expect(result.value(at: "date") == "2023-11-14_22-13-20")
  }

  @Test func `learning starts with the very step at which enough were sampled`() throws {
    // 20 of 40 steps before learning starts: the 20th step trains already, which makes 21 updates of 8 items.
    let dqn = try smallConfig().training(learningStarts: 20).reporting(minimumSteps: 40).build(services: testServices())
    let result = try dqn.train()
    #expect(result["learners/default_policy/num_module_steps_trained"] == 168)
    #expect(result["num_training_step_calls_per_iteration"] == 40)
  }

  @Test func `episodes are averaged over the last ones across iterations`() throws {
    let dqn = try smallConfig().reporting(minimumSteps: 30, smoothingEpisodes: 3).build(services: testServices())
    var lengths: [Double] = []
    for _ in 0..<6 {
      let result = try dqn.train()
      guard let mean = result["env_runners/episode_len_mean"] else {
        #expect(result["env_runners/num_episodes_lifetime"] == 0)
        continue
      }
      #expect(result["env_runners/episode_return_mean"] == mean)
      lengths.append(mean)
    }
    // An iteration of 30 steps often ends no episode, and reports nevertheless.
    #expect(lengths.count >= 5)
    #expect(lengths.allSatisfy { $0.isFinite })
  }
}
