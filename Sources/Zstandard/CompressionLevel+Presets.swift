/// Levels that have a name, from fast to small.
extension CompressionLevel {
  /// For dumps that must cost as little as possible: level -3.
  public static let fast = CompressionLevel(unchecked: -3)
  /// For dumps and checkpoints of a running training: level 1, the default.
  public static let standard = CompressionLevel.default
  /// For what is kept for a while: level 6.
  public static let small = CompressionLevel(unchecked: 6)
  /// For what is kept for good; slow to write, as fast to read: level 19.
  public static let archive = CompressionLevel(unchecked: 19)

  /// The levels that have a name, from the fastest to the smallest.
  public static let presets: [(name: String, level: CompressionLevel)] = [
    ("fast", fast), ("standard", standard), ("small", small), ("archive", archive),
  ]

  /// The level that a user named: a preset, or a number.
  ///
  /// - Throws: `levelOutOfRange` for a number outside `allowed`.
  /// - Returns: nil for what is neither.
  public init?(named text: String) throws(ZstandardError) {
    if let preset = Self.presets.first(where: { $0.name == text }) {
      self = preset.level
    } else if let value = Int(text) {
      try self.init(value)
    } else {
      return nil
    }
  }
}
