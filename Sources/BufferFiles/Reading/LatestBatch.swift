internal import ReplayBuffers
internal import Synchronization

/// The row group that was decoded last. Copies of one reader share it, so it is behind a mutex.
final class LatestBatch: Sendable {
  private let storage = Mutex<(frame: Int, batch: RowBatch)?>(nil)

  func batch(_ frame: Int) -> RowBatch? {
    storage.withLock { $0?.frame == frame ? $0?.batch : nil }
  }

  func set(_ frame: Int, _ batch: RowBatch) { storage.withLock { $0 = (frame, batch) } }
}
