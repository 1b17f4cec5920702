/// What stays and what goes of some candidates: a function of what is known of them, which touches nothing.
struct RetentionPlan {
  /// What becomes of one candidate.
  enum Decision: Equatable {
    /// It stays, for these reasons.
    case stays([RetentionReason])
    /// It goes: the bytes on disk that this frees after those before it are gone.
    case goes(freedBytes: Int)
  }

  /// What becomes of each candidate, in their order.
  private(set) var decisions: [Decision]
  /// The candidates, by their places, on whose soundness the plan rests: they stay because they count.
  private(set) var counted: [Int] = []
  /// What is left on the disk.
  private(set) var ledger: DiskLedger

  /// How much smaller than before a replay buffer is that has lost its steps rather than some of them.
  static let shrinkFactor = 10

  private let candidates: [RetentionCandidate]
  private var reasons: [[RetentionReason]]

  /// A plan.
  /// - Parameters:
  ///   - candidates: In any order; of those that count no two have one iteration.
  ///   - now: Seconds since 1970.
  ///   - ledger: Of these candidates.
  init(_ retention: Retention, _ candidates: [RetentionCandidate], now: Int64, _ ledger: DiskLedger) {
    self.candidates = candidates
    self.ledger = ledger
    reasons = candidates.map { _ in [] }
    decisions = []
    // By number: as strings 10 would come before 9.
    let order = candidates.indices.sorted { candidates[$0].iteration < candidates[$1].iteration }
    let sound = order.filter { candidates[$0].isSound }
    addReasons(of: retention, to: sound)
    counted = order.filter { !reasons[$0].isEmpty }.reversed()
    addReasonsOfOthers()
    let others = sound.filter { reasons[$0].isEmpty }
    decide(others, retention, now)
  }

  /// Those that stay because they count.
  private mutating func addReasons(of retention: Retention, to sound: [Int]) {
    if let newest = sound.last { reasons[newest].append(.newest) }
    for index in sound.suffix(retention.last ?? 0) { reasons[index].append(.last) }
    if let best = retention.best {
      for (index, value) in ranked(sound, best.mode).prefix(best.count) { reasons[index].append(.best(value)) }
    }
    if let every = retention.every {
      for index in sound where candidates[index].iteration.isMultiple(of: every) { reasons[index].append(.every) }
    }
    for (index, steps) in largerBuffers(sound) where !reasons[index].contains(.largerBuffer(steps: steps)) {
      reasons[index].append(.largerBuffer(steps: steps))
    }
  }

  /// Those with a value, the best first.
  private func ranked(_ sound: [Int], _ mode: Retention.Best.Mode) -> [(Int, Double)] {
    let valued = sound.compactMap { index in
      candidates[index].metric.flatMap { $0.isFinite ? (index, $0) : nil }
    }
    return valued.sorted { left, right in
      guard left.1 != right.1 else { return candidates[left.0].iteration > candidates[right.0].iteration }
      return mode == .max ? left.1 > right.1 : left.1 < right.1
    }
  }

  /// For each replay buffer that has shrunk the last one before that.
  private func largerBuffers(_ sound: [Int]) -> [(Int, Int)] {
    let names = Set(sound.flatMap { candidates[$0].bufferSteps.keys }).sorted()
    return names.compactMap { name in
      let sizes = sound.reversed().compactMap { index in candidates[index].bufferSteps[name].map { (index, $0) } }
      guard let newest = sizes.first else { return nil }
      return sizes.first { Self.hasShrunk(from: $0.1, to: newest.1) }
    }
  }

  /// Whether a replay buffer has less than a tenth of the steps that it had.
  static func hasShrunk(from before: Int, to after: Int) -> Bool {
    after < before / shrinkFactor || after == before / shrinkFactor && !before.isMultiple(of: shrinkFactor)
  }

  /// Those that stay for what they are.
  private mutating func addReasonsOfOthers() {
    for (index, candidate) in candidates.enumerated() {
      if let iteration = candidate.neededBy { reasons[index].append(.neededBy(iteration: iteration)) }
      if let attachment = candidate.attachment { reasons[index].append(.foreign(attachment)) }
      switch candidate.standing {
      case .verified, .unverified: break
      case .damaged(let reason): reasons[index].append(.damaged(reason))
      case .foreign(let reason): reasons[index].append(.foreign(reason))
      }
    }
  }

  /// Lets those go for which there is no reason, the oldest first.
  private mutating func decide(_ others: [Int], _ retention: Retention, _ now: Int64) {
    var freed: [Int: Int] = [:]
    let hasLimit = retention.age != nil || retention.bytes != nil
    for index in others where !hasLimit || isTooOld(candidates[index], retention, now) {
      freed[index] = ledger.remove(candidates[index])
    }
    for index in others where freed[index] == nil {
      if let limit = retention.bytes, ledger.byteCount > limit {
        freed[index] = ledger.remove(candidates[index])
      } else {
        reasons[index].append(.withinLimits)
      }
    }
    decisions = candidates.indices.map { index in
      freed[index].map { .goes(freedBytes: $0) } ?? .stays(reasons[index])
    }
  }

  private func isTooOld(_ candidate: RetentionCandidate, _ retention: Retention, _ now: Int64) -> Bool {
    guard let age = retention.age else { return false }
    let (seconds, overflow) = now.subtractingReportingOverflow(candidate.seconds)
    return !overflow && .seconds(seconds) > age
  }
}
