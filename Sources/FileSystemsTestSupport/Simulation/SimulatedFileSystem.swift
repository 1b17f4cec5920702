public import FileSystems
internal import Synchronization
internal import SystemPackage

/// A file system in memory that knows what a loss of power may take, to be asked for every state that it may leave.
///
/// It answers as the POSIX one does on Linux, errors included, for what the protocol can make: files, directories and
/// hard links; there are no symbolic links and no devices. Paths are absolute. Wrap it into `FaultInjectingFileSystem`
/// for interruptions and other faults.
public final class SimulatedFileSystem: FileSystem {
  private let state: Mutex<State>

  struct Opened {
    var node: Int
    var offset = 0
    var isWritable: Bool
    var isAppending = false
  }

  struct State {
    var disk: SimulatedDisk
    var opened: [Int: Opened] = [:]
    var lastNumber = 2
    /// Which open file holds the lock of a node.
    var locks: [Int: Int] = [:]
    /// The number of the sync that fails, counted down; 0 for none.
    var syncsToFailure = 0
    /// Which calls are forgotten.
    var isForgotten: (@Sendable (Call) -> Bool)?
    /// The states before each change since recording began; nil if none are kept.
    var cuts: [PowerCut]?

    /// Notes a change that was made.
    mutating func record(_ operation: FileSystemError.Operation, _ path: FilePath) {
      cuts?.append(PowerCut(after: Call(operation: operation, path: path), disk))
    }
  }

  /// An empty file system.
  public convenience init() { self.init(SimulatedDisk()) }

  init(_ disk: SimulatedDisk) { state = Mutex(State(disk: disk)) }

  /// Begins to keep the state after every change, the one of this moment first.
  public func record() {
    state.withLock { $0.cuts = [PowerCut(after: nil, $0.disk)] }
  }

  /// The states kept since `record`: a loss of power may come at each.
  public var cuts: [PowerCut] { state.withLock { $0.cuts ?? [] } }

  /// A file system with the same disk whose only state kept is that of this moment.
  public func stopped() -> SimulatedFileSystem {
    let stopped = SimulatedFileSystem(state.withLock { $0.disk })
    stopped.record()
    return stopped
  }

  /// A loss of power at this moment.
  public var cut: PowerCut { state.withLock { PowerCut(after: nil, $0.disk) } }

  /// Lets sync number `number` from now on, of a file or of a directory, fail with EIO and make nothing durable.
  ///
  /// As on ext4, XFS and btrfs the pages count as written all the same: a second sync says that all is well, and it is not.
  /// - Source: Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020
  public func failSync(_ number: Int) {
    state.withLock { $0.syncsToFailure = number }
  }

  /// Lets some syncs do nothing and say that all went well: a protocol that forgets them.
  public func forget(_ isForgotten: @escaping @Sendable (Call) -> Bool) {
    state.withLock { $0.isForgotten = isForgotten }
  }

  /// How many files are open.
  public var openCount: Int { state.withLock { $0.opened.count } }

  /// One call, its code translated.
  func attempt<Result: Sendable>(
    _ operation: FileSystemError.Operation, _ path: FilePath, to destination: FilePath? = nil,
    _ body: (inout State) throws(Errno) -> Result
  ) throws(FileSystemError) -> Result {
    do throws(Errno) {
      return try state.withLock { (state: inout State) throws(Errno) in try body(&state) }
    } catch {
      throw FileSystemError(operation, path, to: destination, code: error)
    }
  }
}

extension SimulatedFileSystem.State {
  /// What a file was opened as.
  func opened(_ file: OpenFile) throws(Errno) -> SimulatedFileSystem.Opened {
    guard let found = opened[file.number] else { throw .badFileDescriptor }
    return found
  }

  /// Opens a node.
  mutating func open(_ node: Int, _ path: FilePath, isWritable: Bool, isAppending: Bool = false) -> OpenFile {
    lastNumber += 1
    opened[lastNumber] = .init(node: node, isWritable: isWritable, isAppending: isAppending)
    return OpenFile(number: lastNumber, path: path)
  }

  /// Whether a call is to do nothing.
  func forgets(_ operation: FileSystemError.Operation, _ path: FilePath) -> Bool {
    isForgotten?(Call(operation: operation, path: path)) == true
  }

  /// Whether this sync is the one that fails.
  mutating func failsSync() -> Bool {
    guard syncsToFailure > 0 else { return false }
    syncsToFailure -= 1
    return syncsToFailure == 0
  }
}
