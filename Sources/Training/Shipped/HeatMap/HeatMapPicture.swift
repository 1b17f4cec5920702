/// How often each cell of a grid was visited, as a picture: dark is never, bright is most, grey is wall, and a bar at the
/// right shows the colours from 0 at its foot to the most visits, whose number stands above it.
///
/// Colours are those of the logarithm, so that cells seen seldom can be told from those never seen.
struct HeatMapPicture {
  /// The most cells in a row or a column.
  static let maximumCellsAcross = 4096
  /// The pixels that the longer side of the grid is to have.
  private static let wantedSide = 416
  private static let margin = 8
  private static let barWidth = 16
  private static let background: [UInt8] = [255, 255, 255]
  private static let ink: [UInt8] = [40, 40, 40]
  private static let wall: [UInt8] = [128, 128, 128]

  private let side: Int
  private let grid: VisitGrid
  private let visits: [Int64]
  private let most: Int64
  private(set) var width: Int
  private(set) var height: Int
  private var pixels: [UInt8]

  /// - Parameter visits: `[rows, columns]`, row-major, none below 0.
  init(_ visits: [Int64], on grid: VisitGrid) {
    (self.grid, self.visits) = (grid, visits)
    most = visits.max() ?? 0
    side = max(1, min(16, Self.wantedSide / max(grid.rows, grid.columns)))
    let label = DigitGlyphs.width(of: "\(most)")
    width = grid.columns * side + 3 * Self.margin + max(Self.barWidth, label)
    height = max(grid.rows * side, 8 * DigitGlyphs.height) + 2 * Self.margin
    pixels = []
    pixels.reserveCapacity(width * height * 3)
    for _ in 0..<width * height { pixels += Self.background }
  }

  /// The picture.
  /// - Throws: `ImageError` for a grid that is too large.
  mutating func draw() throws(ImageError) -> PNGImage {
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        fill(x: Self.margin + column * side, y: Self.margin + row * side, side, side, color(row * grid.columns + column))
      }
    }
    drawBar()
    return try PNGImage(width: width, height: height, colors: .rgb, pixels: pixels)
  }

  private func color(_ cell: Int) -> [UInt8] { grid.walls[cell] ? Self.wall : Self.color(of: visits[cell], most: most) }

  private mutating func drawBar() {
    let left = grid.columns * side + 2 * Self.margin
    let (top, bottom) = (Self.margin + 2 * DigitGlyphs.height, height - Self.margin - 2 * DigitGlyphs.height)
    for y in top..<bottom {
      let share = Double(bottom - 1 - y) / Double(max(1, bottom - 1 - top))
      fill(x: left, y: y, Self.barWidth, 1, HeatColors.color(at: share))
    }
    write("\(most)", x: left, y: Self.margin)
    write("0", x: left, y: bottom + DigitGlyphs.height)
  }

  private mutating func fill(x: Int, y: Int, _ width: Int, _ height: Int, _ color: [UInt8]) {
    for row in y..<y + height {
      for column in x..<x + width {
        let start = (row * self.width + column) * 3
        for channel in 0..<3 { pixels[start + channel] = color[channel] }
      }
    }
  }

  private mutating func write(_ digits: String, x: Int, y: Int) {
    for (index, digit) in digits.compactMap(\.wholeNumberValue).enumerated() {
      for (column, row) in DigitGlyphs.points(of: digit) {
        fill(x: x + index * DigitGlyphs.advance + column, y: y + row, 1, 1, Self.ink)
      }
    }
  }

  /// The colour of a number of visits.
  /// - Source: `log(1 + visits)`, as a share of that of the most.
  static func color(of visits: Int64, most: Int64) -> [UInt8] {
    HeatColors.color(at: most > 0 ? logarithm(visits) / logarithm(most) : 0)
  }

  /// The logarithm of 1 more, to base 2, within 1e-4: enough for 256 shades, the same on every machine.
  private static func logarithm(_ visits: Int64) -> Double {
    let number = Double(visits) + 1
    let (whole, rest) = (Double(number.exponent), number.significand)
    // The area under 1/x from 1 to the rest, by Simpson's rule over 8 pieces.
    let step = (rest - 1) / 8
    var area = 1 + 1 / rest
    for piece in 1..<8 { area += (piece.isMultiple(of: 2) ? 2 : 4) / (1 + Double(piece) * step) }
    return whole + area * step / 3 / 0.693_147_180_559_945_3
  }
}

/// Colours from dark blue to yellow, even to the eye and in grey too.
/// - Source: viridis of matplotlib (CC0), nine of its colours, straight between them.
enum HeatColors {
  private static let stops: [[Double]] = [
    [68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129], [92, 200, 99],
    [170, 220, 50], [253, 231, 37],
  ]

  /// The colour at a share from 0 to 1.
  static func color(at share: Double) -> [UInt8] {
    let place = min(max(share, 0), 1) * Double(stops.count - 1)
    let lower = min(Int(place), stops.count - 2)
    return zip(stops[lower], stops[lower + 1]).map { from, to in
      UInt8((from + (to - from) * (place - Double(lower))).rounded())
    }
  }
}

/// Digits of 3 times 5 points.
enum DigitGlyphs {
  static let height = 5
  static let advance = 4
  private static let rows: [[UInt8]] = [
    [7, 5, 5, 5, 7], [2, 6, 2, 2, 7], [7, 1, 7, 4, 7], [7, 1, 7, 1, 7], [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7], [7, 4, 7, 5, 7], [7, 1, 1, 1, 1], [7, 5, 7, 5, 7], [7, 5, 7, 1, 7],
  ]

  /// The pixels across that digits take.
  static func width(of digits: String) -> Int { digits.count * advance }

  /// The points of a digit.
  static func points(of digit: Int) -> [(column: Int, row: Int)] {
    rows[digit].enumerated().flatMap { row, bits in (0..<3).filter { bits >> (2 - $0) & 1 == 1 }.map { ($0, row) } }
  }
}
