public import FileSystems
internal import Synchronization
public import SystemPackage

/// A file system that passes calls on to another one, records them, and makes the chosen ones fail.
public final class FaultInjectingFileSystem: FileSystem {
  let base: any FileSystem
  private let state: Mutex<State>

  private struct State {
    var fault: Fault?
    var calls: [Call] = []
    var bytesRead: Int64 = 0
    var openFiles: Set<OpenFile> = []
  }

  /// Wraps a file system; without a fault it only records.
  public init(_ base: any FileSystem = POSIXFileSystem(), fault: Fault? = nil) {
    self.base = base
    state = Mutex(State(fault: fault))
  }

  /// The calls made so far, in order, failed ones included; `creationMask` is not one.
  public var calls: [Call] { state.withLock { $0.calls } }

  /// The operations of `calls`.
  public var operations: [FileSystemError.Operation] { calls.map(\.operation) }

  /// The bytes that reads returned so far.
  public var bytesRead: Int64 { state.withLock { $0.bytesRead } }

  /// The files that are open now; empty at the end of a test, or there is a leak.
  public var openFiles: Set<OpenFile> { state.withLock { $0.openFiles } }

  /// Forgets calls and bytes, and sets the fault for what follows; nil ends the faults.
  public func reset(fault: Fault? = nil) {
    state.withLock {
      $0.calls = []
      $0.bytesRead = 0
      $0.fault = fault
    }
  }

  /// Records a call and says what is to become of it.
  func effect(_ operation: FileSystemError.Operation, _ path: FilePath) -> Fault.Effect? {
    state.withLock {
      $0.calls.append(Call(operation: operation, path: path))
      guard let fault = $0.fault, fault.applies(to: $0.calls) else { return nil }
      return fault.effect
    }
  }

  /// Makes a call that can only fail or succeed.
  func pass<Result>(
    _ operation: FileSystemError.Operation, _ path: FilePath, to destination: FilePath? = nil,
    _ body: () throws(FileSystemError) -> Result
  ) throws(FileSystemError) -> Result {
    if case .failure(let code) = effect(operation, path) {
      throw FileSystemError(operation, path, to: destination, code: code)
    }
    return try body()
  }

  func noteOpened(_ file: OpenFile) -> OpenFile {
    state.withLock { _ = $0.openFiles.insert(file) }
    return file
  }

  func noteClosed(_ file: OpenFile) { state.withLock { _ = $0.openFiles.remove(file) } }

  func noteRead(_ count: Int) { state.withLock { $0.bytesRead += Int64(count) } }
}

/// One call on a file system.
public struct Call: Hashable, Sendable {
  /// Which call it was.
  public var operation: FileSystemError.Operation
  /// The path, or that of the open file.
  public var path: FilePath
}

/// Which calls go wrong, and how.
public struct Fault: Hashable, Sendable {
  /// How a call goes wrong.
  public enum Effect: Hashable, Sendable {
    /// It fails with this code and does nothing; a close still closes, as Linux does.
    case failure(Errno)
    /// It reads or writes at most this many bytes; other calls are left alone.
    case short(Int)
  }

  /// Which call is the first to go wrong.
  public enum Start: Hashable, Sendable {
    /// Call number N of all, from 1.
    case call(Int)
    /// Call number N of one operation, from 1.
    case operation(FileSystemError.Operation, Int)
  }

  /// How long the fault lasts.
  public enum Duration: Hashable, Sendable {
    /// That call alone.
    case once
    /// That call and all later ones that match.
    case fromThenOn
  }

  /// How the call goes wrong.
  public var effect: Effect
  /// Which call is the first.
  public var start: Start
  /// How long it lasts.
  public var duration: Duration

  /// Chooses the calls that go wrong.
  public init(_ effect: Effect, at start: Start, _ duration: Duration = .once) {
    self.effect = effect
    self.start = start
    self.duration = duration
  }

  /// Whether the newest of these calls goes wrong.
  func applies(to calls: [Call]) -> Bool {
    let (number, first): (Int, Int)
    switch start {
    case .call(let n): (number, first) = (calls.count, n)
    case .operation(let operation, let n):
      guard calls.last?.operation == operation else { return false }
      (number, first) = (calls.count { $0.operation == operation }, n)
    }
    return duration == .once ? number == first : number >= first
  }
}
