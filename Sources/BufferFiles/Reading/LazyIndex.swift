internal import Synchronization

/// The index of a file once it has been read. Shared by the copies of one `BufferFile`, so behind a mutex.
final class LazyIndex: Sendable {
  private let storage = Mutex<[FrameEntry]?>(nil)

  var entries: [FrameEntry]? { storage.withLock { $0 } }

  func set(_ entries: [FrameEntry]) { storage.withLock { $0 = entries } }
}
