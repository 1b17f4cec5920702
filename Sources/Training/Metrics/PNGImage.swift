public import FileSystems
public import StateTree
public import SystemPackage

/// A picture of 8 bits a channel, grey or in colours, that can be logged as a metric and written as PNG.
public struct PNGImage: Sendable, Equatable {
  /// What a pixel is made of.
  public enum Colors: Int, Sendable {
    /// One channel, 0 is black.
    case grey = 1
    /// Red, green, blue.
    case rgb = 3
  }

  /// The longest side.
  public static let maximumSide = 16_384

  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// What a pixel is made of.
  public let colors: Colors
  /// The channels of the pixels, rows from the top, each from the left.
  /// - Shape: `[height, width, channels]`, row-major.
  public let pixels: [UInt8]

  /// A picture from its pixels.
  /// - Throws: `ImageError.wrongSize` for a side below 1 or above `maximumSide`, `.wrongByteCount`.
  public init(width: Int, height: Int, colors: Colors, pixels: [UInt8]) throws(ImageError) {
    let sides = 1...Self.maximumSide
    guard sides.contains(width), sides.contains(height) else { throw .wrongSize(width: width, height: height) }
    let expected = width * height * colors.rawValue
    guard pixels.count == expected else { throw .wrongByteCount(expected: expected, found: pixels.count) }
    self.width = width
    self.height = height
    self.colors = colors
    self.pixels = pixels
  }

  /// The picture in a tensor of uint8 `[height, width]`, `[height, width, 1]` or `[height, width, 3]`; nil for any other.
  public init?(_ tensor: Tensor) {
    guard tensor.dataType == .uint8, [2, 3].contains(tensor.shape.count),
      let colors = Colors(rawValue: tensor.shape.count == 2 ? 1 : tensor.shape[2]),
      let image = try? PNGImage(width: tensor.shape[1], height: tensor.shape[0], colors: colors, pixels: tensor.bytes)
    else { return nil }
    self = image
  }

  /// Writes the picture, complete or not at all; one that is there is replaced.
  /// - Throws: `FileSystemError`.
  public func write(to path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()) throws(FileSystemError) {
    try fileSystem.commit(encoded().span, to: path)
  }
}

/// Why there can be no picture.
public enum ImageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A side that is too short or too long.
  case wrongSize(width: Int, height: Int)
  /// Another number of bytes than the pixels need.
  case wrongByteCount(expected: Int, found: Int)

  /// What was found and expected, on one line.
  public var description: String {
    switch self {
    case .wrongSize(let width, let height):
      "a picture of \(width) times \(height) pixels is not possible, each side must be from 1 to \(PNGImage.maximumSide)"
    case .wrongByteCount(let expected, let found):
      "the pixels of a picture take \(expected) bytes and \(found) are there; give one byte for each channel of a pixel"
    }
  }
}

/// A picture as a metric: a tensor, to be logged with `reduce: .item` or `.itemSeries`.
extension PNGImage: MetricValue {
  /// A tensor of uint8 `[height, width, channels]`.
  public var metricValue: StateValue {
    // The count was checked when the picture was made.
    guard let tensor = try? Tensor(.uint8, shape: [height, width, colors.rawValue], bytes: pixels) else { return .nil }
    return .tensor(tensor)
  }
}
