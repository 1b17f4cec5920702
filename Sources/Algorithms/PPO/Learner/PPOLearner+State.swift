internal import NeuralNetworks
public import StateTree

extension PPOLearner: Checkpointable {
  /// Weights, optimizer, the weight of the divergence, the generator and the count of steps.
  ///
  /// Weights have the names of RLlib's module state; the constants `log_std_clip_param_const` are left out. The optimizer
  /// has torch's names.
  public var state: StateValue {
    [
      "rl_module": .map(network.table.state(of: parameters)), "optimizer": network.table.state(of: optimizer),
      "curr_kl_coeff": .double(divergenceCoefficient), "generator": generator.state,
      "num_updates": .int(Int64(updateCount)),
    ]
  }

  /// Becomes what `state` was taken from, the learning rate included; the settings stay, and so does the weight of the
  /// entropy.
  /// - Throws: `PPOLearnerError.network` for tensors of other shapes or that are not finite, `.state` for what is missing
  ///   or impossible; the learner is then as it was.
  public mutating func restore(from state: StateValue) throws(PPOLearnerError) {
    var restored = self
    do {
      let reader = try StateReader(state, at: ["learner"])
      restored.parameters = try network.table.block(from: try reader.reader("rl_module"))
      try network.table.restore(&restored.optimizer, from: try reader.reader("optimizer"))
      restored.divergenceCoefficient = try reader.double("curr_kl_coeff")
      guard Self.isCoefficient(restored.divergenceCoefficient) else {
        throw StateTreeError.invalidValue(
          path: "\(reader.path / "curr_kl_coeff")", found: "\(restored.divergenceCoefficient)",
          expected: Self.coefficients)
      }
      restored.generator = try PCG64(state: try reader.reader("generator"))
      restored.updateCount = try reader.counter("num_updates")
    } catch let error as NetworkError {
      throw .network(error)
    } catch let error as StateTreeError {
      throw .state(error)
    } catch {
      preconditionFailure("no other error is thrown above")
    }
    self = restored
  }

  /// Checks that all weights and the optimizer's moments are finite numbers, and so is the weight of the divergence.
  /// - Throws: `PPOLearnerError.network` or `.invalidSetting` naming the first that is not.
  public func checkInvariants() throws(PPOLearnerError) {
    guard Self.isCoefficient(divergenceCoefficient) else {
      throw .invalidSetting("curr_kl_coeff", found: "\(divergenceCoefficient)", expected: Self.coefficients)
    }
    do {
      try network.table.check(parameters)
      try optimizer.checkInvariants()
    } catch {
      throw .network(error)
    }
  }

  private static let coefficients = "a finite number of at least 0"
  private static func isCoefficient(_ number: Double) -> Bool { number.isFinite && number >= 0 }
}
