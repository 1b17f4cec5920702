/// What a reader of somebody else's compressed stream is willing to spend, whatever the stream declares.
public struct DecompressionLimits: Hashable, Sendable {
  /// The window limit when nothing else is said: 2^27 bytes, zstd's own.
  public static let defaultWindowLog = 27

  /// The largest window, as a power of two.
  ///
  /// - Units: log2 of bytes, 10 to 31 (default 27: opens `--ultra -22`, refuses `--long=31`).
  public var windowLog = defaultWindowLog

  /// The most bytes of output.
  ///
  /// - Units: bytes (default 8 GiB).
  public var outputBytes = 8 << 30

  /// The output that is free of the ratio limit.
  ///
  /// Buffers full of zeros are legitimate and compress by more than 30,000 to 1.
  ///
  /// - Units: bytes (default 64 MiB).
  public var outputBytesBeforeRatio = 64 << 20

  /// The most bytes of output for each byte of input, looked at after each block beyond `outputBytesBeforeRatio`.
  ///
  /// - Units: bytes of output by byte of input (default 1,024).
  public var ratio = 1_024

  /// The most frames, skippable ones included.
  ///
  /// - Units: frames (default 2^20).
  public var frames = 1 << 20

  /// The most bytes in skippable frames, their headers included.
  ///
  /// - Units: bytes (default 16 MiB).
  public var skippableBytes = 16 << 20

  /// The default limits.
  public init() {}
}
