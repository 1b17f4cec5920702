internal import Checkpoints

extension ExperimentDirectory {
  /// Reads a checkpoint whole, once after its commit, and then deletes what retention does not keep; nil keeps all.
  /// - Returns: what went wrong after that.
  /// - Throws: `TrainingError.notVerified`, `CheckpointError` for what cannot be read; nothing is deleted then.
  func verifyAndPrune(_ iteration: Int, _ keep: Retention?) throws -> [String] {
    let verification = try verify(iteration)
    guard verification.isVerified else {
      throw TrainingError.notVerified(reason: verification.damage.map(\.description).joined(separator: ", "))
    }
    guard let keep else { return [] }
    do { return try prune(keep).warnings } catch { return ["checkpoints in \(path) were not pruned: \(error)"] }
  }
}

extension Retention {
  /// What `params.json` says of it.
  struct Settings: Codable {
    struct Best: Codable {
      let count: Int
      let metric: String
      let mode: String
    }

    let last: Int?
    let best: Best?
    let every: Int?
    let ageSeconds: Double?
    let bytes: Int?

    private enum CodingKeys: String, CodingKey {
      case last, best, every, bytes
      case ageSeconds = "age_seconds"
    }
  }

  var settings: Settings {
    Settings(
      last: last, best: best.map { .init(count: $0.count, metric: $0.metric, mode: $0.mode.rawValue) }, every: every,
      ageSeconds: age?.seconds, bytes: bytes)
  }

  /// What the settings describe.
  /// - Throws: `CheckpointError.invalidRetention`.
  init(_ settings: Settings) throws(CheckpointError) {
    self.init(last: settings.last, every: settings.every, bytes: settings.bytes)
    if let seconds = settings.ageSeconds {
      guard seconds > 0, seconds < 1e12 else { throw .invalidRetention(reason: "an age of \(seconds) seconds") }
      age = .seconds(seconds)
    }
    if let saved = settings.best {
      guard let mode = Best.Mode(rawValue: saved.mode) else {
        throw .invalidRetention(reason: "\"\(saved.mode)\" is neither max nor min")
      }
      best = Best(saved.count, metric: saved.metric, mode: mode)
    }
    try requireSound()
  }
}
