internal import NeuralNetworks
public import StateTree

extension DQNLearner: Checkpointable {
  /// Weights, optimizer and counters.
  ///
  /// Weights have the names of RLlib's module state, the target network's `_target_` before them; the constants
  /// `log_std_clip_param_const` are left out, because discrete actions use none. The optimizer has torch's names.
  public var state: StateValue {
    var module = network.table.state(of: parameters)
    for (name, tensor) in network.table.state(of: targetParameters, prefix: Self.targetPrefix) {
      module[name] = tensor
    }
    return [
      "rl_module": .map(module), "optimizer": network.table.state(of: optimizer),
      "num_updates": .int(Int64(updateCount)), "num_target_updates": .int(Int64(targetUpdateCount)),
    ]
  }

  /// The online network's weights, by the names of RLlib's module state.
  var networkState: StateValue { .map(network.table.state(of: parameters)) }

  /// Becomes what `state` was taken from, the learning rate included; the other settings stay.
  /// - Throws: `DQNLearnerError.network` for tensors of other shapes or that are not finite, `.state` for what is
  ///   missing; the learner is then as it was.
  public mutating func restore(from state: StateValue) throws(DQNLearnerError) {
    var restored = self
    do {
      let reader = try StateReader(state, at: ["learner"])
      let module = try reader.reader("rl_module")
      restored.parameters = try network.table.block(from: module)
      restored.targetParameters = try network.table.block(from: module, prefix: Self.targetPrefix)
      try network.table.restore(&restored.optimizer, from: try reader.reader("optimizer"))
      restored.updateCount = try reader.counter("num_updates")
      restored.targetUpdateCount = try reader.counter("num_target_updates")
    } catch let error as NetworkError {
      throw .network(error)
    } catch let error as StateTreeError {
      throw .state(error)
    } catch {
      preconditionFailure("no other error is thrown above")
    }
    self = restored
  }

  /// Checks that all weights and the optimizer's moments are finite numbers.
  /// - Throws: `DQNLearnerError.network` naming the first that is not.
  public func checkInvariants() throws(DQNLearnerError) {
    do {
      try network.table.check(parameters)
      try network.table.check(targetParameters, prefix: Self.targetPrefix)
      try optimizer.checkInvariants()
    } catch {
      throw .network(error)
    }
  }

  private static let targetPrefix = "_target_"
}
