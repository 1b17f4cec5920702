internal import Checkpoints
internal import Synchronization
internal import SystemPackage

/// The newest checkpoint of a run in each experiment, noted by whoever has written one, on any thread.
final class SaveLedger: Sendable {
  /// A checkpoint that is durable.
  struct Entry: Sendable {
    let checkpoint: SavedCheckpoint
    let replayBuffer: BufferInclusion

    /// Whether it is what a save of an iteration would be.
    func covers(_ iteration: Int, _ wanted: BufferInclusion) -> Bool {
      checkpoint.iteration == iteration && (replayBuffer == wanted || replayBuffer == .include)
    }
  }

  private let entries = Mutex<[FilePath: Entry]>([:])

  /// The newest of an experiment, by its normalized path.
  subscript(experiment: FilePath) -> Entry? {
    get { entries.withLock { $0[experiment] } }
    set { entries.withLock { $0[experiment] = newValue } }
  }

  /// The iterations of the newest checkpoints without a replay buffer, each of which a dump completes.
  /// - Parameter restored: What they are before the first checkpoint.
  func iterationsStandingOnDumps(restored: [Int]) -> [Int] {
    entries.withLock { entries in
      guard !entries.isEmpty else { return restored }
      return entries.values.filter { $0.replayBuffer == .omit }.map(\.checkpoint.iteration)
    }
  }
}
