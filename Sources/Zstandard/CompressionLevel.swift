/// How hard zstd works on a frame: higher is smaller and slower, negative is faster than level 1.
///
/// - Source: `ZSTD_c_compressionLevel`, `ZSTD_minCLevel`, `ZSTD_maxCLevel`.
public struct CompressionLevel: Hashable, Sendable, Comparable {
  /// The levels zstd 1.5 accepts.
  public static let allowed = -131_072...22

  /// Level 1: about as fast as a disk, and on rollouts as small as level 3 once the window covers the frame.
  public static let `default` = CompressionLevel(unchecked: 1)

  /// The fastest level there is.
  static let fastest = CompressionLevel(unchecked: allowed.lowerBound)

  /// The level as zstd counts it.
  public let value: Int

  /// Makes a level from a number a user gave.
  ///
  /// - Throws: `levelOutOfRange` for a number outside `allowed`.
  public init(_ value: Int) throws(ZstandardError) {
    guard Self.allowed.contains(value) else { throw .levelOutOfRange(found: value) }
    self.value = value
  }

  init(unchecked value: Int) {
    self.value = value
  }

  /// Orders levels from the fastest to the smallest result.
  public static func < (left: CompressionLevel, right: CompressionLevel) -> Bool {
    left.value < right.value
  }
}
