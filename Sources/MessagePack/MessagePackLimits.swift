/// What the reader is willing to build from bytes it does not trust. Each limit is checked before memory is taken for it.
public struct MessagePackLimits: Sendable, Equatable {
  /// How deep lists and maps may nest: 32, the fixed stack of msgpack-c's unpacker. RL states nest less than 20 deep.
  public static let maximumDepth = 32

  /// How many values one object may hold, containers included; a packed list of numbers counts as one.
  /// - Units: values; default 1,048,576 (2^20), at worst 210 MB while reading, on top of eight bytes for each number.
  public var nodes: Int

  /// How many numbers the packed lists of one object may hold together, truth values included.
  /// - Units: numbers; default 12,582,912 (96 MiB at eight bytes each), enough for the trees of a buffer of 1,000,000 steps.
  public var numbers: Int

  /// The longest single text, binary or extension body.
  /// - Units: bytes; default 4,294,967,295, the format's own limit. A body must lie in the input to be accepted at all.
  public var bodyBytes: Int

  /// Limits for one object.
  public init(nodes: Int = 1 << 20, numbers: Int = 12 << 20, bodyBytes: Int = Int(UInt32.max)) {
    self.nodes = nodes
    self.numbers = numbers
    self.bodyBytes = bodyBytes
  }

  /// The defaults.
  public static let standard = MessagePackLimits()

  /// Limits for a file of so many bytes on disk: larger files may hold more, one value for every four bytes and two numbers
  /// for every byte, which a compressed file really may.
  public static func forFile(ofBytes count: Int) -> MessagePackLimits {
    MessagePackLimits(nodes: max(standard.nodes, count / 4), numbers: max(standard.numbers, 2 * count))
  }
}
