internal import Dispatch
public import FileSystems
internal import Synchronization
public import SystemPackage

/// A file system that passes calls on to another one, and holds or refuses writes to chosen paths until it is told otherwise.
///
/// It lets a test look at what goes on while a save is under way on another thread, without waiting for time to pass.
public final class GatedFileSystem: FileSystem {
  /// What becomes of writes to the chosen paths.
  public enum Mode: Sendable, Equatable {
    /// They take place.
    case pass
    /// They wait for another mode.
    case hold
    /// They fail with this code.
    case fail(Errno)
  }

  let base: any FileSystem
  private let isChosen: @Sendable (FilePath) -> Bool
  private let gate = DispatchGroup()
  private let arrivals = DispatchSemaphore(value: 0)
  private let mode = Mutex(Mode.pass)

  /// Wraps a file system; everything passes until `set(_:)` is called.
  /// - Parameter isChosen: Whether a file, by the path that it was opened with, is one whose writes are held or refused.
  public init(_ base: any FileSystem = POSIXFileSystem(), choosing isChosen: @escaping @Sendable (FilePath) -> Bool) {
    self.base = base
    self.isChosen = isChosen
  }

  /// Says what becomes of writes from now on, those that wait included.
  public func set(_ new: Mode) {
    mode.withLock { mode in
      if mode != .hold, new == .hold { gate.enter() }
      if mode == .hold, new != .hold { gate.leave() }
      mode = new
    }
  }

  /// Waits until a write is held; counts each once.
  public func waitForHeldWrite() { arrivals.wait() }

  /// Writes once, when the gate is open.
  public func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileSystemError) -> Int {
    guard isChosen(file.path) else { return try base.write(bytes, to: file) }
    if mode.withLock({ $0 == .hold }) {
      arrivals.signal()
      gate.wait()
    }
    if case .fail(let code) = mode.withLock({ $0 }) { throw FileSystemError(.write, file.path, code: code) }
    return try base.write(bytes, to: file)
  }
}
