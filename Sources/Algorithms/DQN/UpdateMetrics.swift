internal import StateTree
internal import Training

/// The means over the updates of an iteration, and how much was trained.
struct UpdateMetrics {
  private var count = 0
  private var items = 0
  private var sums = [Double](repeating: 0, count: UpdateMetrics.names.count)
  private(set) var lifetimeItems = 0

  private static let names = [
    "qf_loss", "qf_mean", "qf_min", "qf_max", "td_error_mean", "total_loss",
    "gradients_default_optimizer_global_norm",
  ]

  mutating func add(_ update: DQNUpdate, items: Int) {
    count += 1
    self.items += items
    lifetimeItems += items
    sums[0] += update.loss
    sums[1] += update.meanValue
    sums[2] += update.leastValue
    sums[3] += update.greatestValue
    sums[4] += update.meanTDError
    sums[5] += update.loss
    sums[6] += update.gradientNorm
  }

  /// Writes RLlib's keys and begins the next iteration; losses only if there was an update.
  mutating func report(into result: inout TrainingResult) {
    let module = "learners/default_policy"
    if count > 0 {
      for (name, sum) in zip(Self.names, sums) { result["\(module)/\(name)"] = sum / Double(count) }
      result["\(module)/module_train_batch_size_mean"] = Double(items) / Double(count)
    }
    for path in [
      "\(module)/num_module_steps_trained", "learners/__all_modules__/num_module_steps_trained",
      "learners/__all_modules__/num_env_steps_trained",
    ] {
      result.set(.integer(items), at: path)
      result.set(.integer(lifetimeItems), at: path + "_lifetime")
    }
    (count, items) = (0, 0)
    sums = [Double](repeating: 0, count: sums.count)
  }

  mutating func restore(lifetimeItems: Int) {
    self = UpdateMetrics()
    self.lifetimeItems = lifetimeItems
  }
}
