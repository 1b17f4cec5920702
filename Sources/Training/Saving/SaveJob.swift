internal import SystemPackage

/// A dump or checkpoint to be written beside the training: everything that is known of it when it is due.
struct SaveJob: Sendable {
  /// What saves share of which one alone is not finished: the place that they go to.
  struct Lane: Sendable, Hashable {
    let kind: FinishedSave.Kind
    let directory: FilePath
  }

  /// What came of it.
  enum Outcome: Sendable {
    /// It is durable; what went wrong afterwards.
    case saved(FinishedSave, warnings: [String])
    /// It was not needed: a checkpoint of the iteration is there.
    case superfluous
    /// It was not written, for a reason that training need not stop for.
    case skipped(warning: String)
  }

  let lane: Lane
  let iteration: Int
  let path: FilePath
  let whenBusy: BusyPolicy
  /// Whether it is a checkpoint that holds the replay buffer; nil for a dump.
  let replayBuffer: BufferInclusion?
  /// Writes it. What it refers to must not change meanwhile: snapshots, and what is safe on any thread.
  let write: @Sendable () throws -> Outcome
  /// What is done when it is durable and acknowledged; returns warnings.
  var afterwards: (@Sendable () throws -> [String])?

  /// Whether a dump of some iteration would be what this one is completed with, were it the newest.
  func standsOnDump(of iteration: Int) -> Bool { replayBuffer == .omit && iteration <= self.iteration }
}

extension [SaveJob] {
  /// Takes out what a newer save has replaced: jobs that wait, oldest first.
  mutating func takeReplaced() -> [SaveJob] {
    // Dumps second: a checkpoint that is replaced stands on none any more.
    takeReplaced(.checkpoint) + takeReplaced(.dump)
  }

  private mutating func takeReplaced(_ kind: FinishedSave.Kind) -> [SaveJob] {
    let jobs = self
    var (kept, replaced): ([SaveJob], [SaveJob]) = ([], [])
    for (index, job) in jobs.enumerated() {
      let isReplaced = jobs[(index + 1)...].contains {
        $0.lane == job.lane && $0.whenBusy == .replace && $0.iteration > job.iteration
      }
      // One that was to take place in any case does.
      if job.lane.kind == kind, isReplaced, job.whenBusy != .wait, !jobs.isNeeded(index) {
        replaced.append(job)
      } else {
        kept.append(job)
      }
    }
    self = kept
    return replaced
  }

  /// Whether a checkpoint stands on a dump: one without a replay buffer for which it is the newest of its lane.
  private func isNeeded(_ index: Int) -> Bool {
    let dump = self[index]
    guard dump.lane.kind == .dump else { return false }
    return contains { checkpoint in
      checkpoint.standsOnDump(of: dump.iteration)
        && !contains {
          $0.lane == dump.lane && $0.iteration > dump.iteration && checkpoint.standsOnDump(of: $0.iteration)
        }
    }
  }
}
