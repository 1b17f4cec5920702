internal import NeuralNetworks

/// The networks of RLlib's default PPO module: a policy and a value function that share no layers. All parameters are one
/// block, the policy's first.
/// - Source: RLlib's `default_ppo_torch_rl_module.py` with `vf_share_layers=False`, PPO's own default.
struct PolicyValueNetwork: Sendable {
  let policy: PolicyNetwork
  let value: MultilayerPerceptron
  let table: ParameterTable

  init(
    observationSize: Int, distribution: ActionDistribution, settings: PPOLearnerSettings
  ) throws(PPOLearnerError) {
    do {
      policy = try PolicyNetwork(observationSize: observationSize, distribution: distribution, settings: settings)
      value = try MultilayerPerceptron(
        inputSize: observationSize, hiddenLayers: settings.hiddenLayers, outputSize: 1, activation: settings.activation,
        at: policy.table.parameterCount)
    } catch {
      throw .network(error)
    }
    var table = policy.table
    table.append(encoder: value, named: "encoder.critic_encoder", head: "vf")
    self.table = table
  }
}
