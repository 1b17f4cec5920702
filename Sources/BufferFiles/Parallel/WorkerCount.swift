internal import Glibc

/// How many threads compress and decompress.
public struct WorkerCount: Sendable, Hashable {
  /// The most that are taken without being asked for: more hold more row groups at a time.
  static let automaticLimit = 4
  /// What the row groups under way may take together, about.
  /// - Units: bytes.
  static let memoryBytes = 56 << 20

  /// The number of threads, the caller's included.
  public let value: Int

  /// A number of threads.
  /// - Precondition: At least 1.
  public init(_ value: Int) {
    precondition(value >= 1, "at least one thread, found \(value)")
    self.value = value
  }

  /// One for each processor, at most 4: writing and reading then hold at most 64 MiB beside the buffer.
  /// - Source: sysconf(3), `_SC_NPROCESSORS_ONLN`
  public static let automatic = WorkerCount(
    max(1, min(automaticLimit, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

  /// The number for records of this size, so that what is under way takes no more memory than is promised: each thread
  /// holds rows, record and frame, and as many results wait.
  package func threads(recordBytes: Int) -> Int {
    guard value > 1 else { return 1 }
    return max(1, min(value, Self.memoryBytes / max(1, 5 * recordBytes)))
  }
}
