import Environments
import Testing

@testable import Training

@Suite struct HeatMapPictureTests {
  /// S . G
  /// # . .
  private static func grid() throws -> VisitGrid {
    try VisitGrid(GridWorld(id: "Small-v0", map: GridWorld.Map("S.G\n#..")))
  }

  @Test func `cells are coloured by the logarithm of their visits, and walls are grey`() throws {
    var picture = HeatMapPicture([0, 1, 3, 0, 15, 255], on: try Self.grid())
    let image = try picture.draw()
    // Cells of 16 pixels behind a margin of 8; the middle of each.
    func color(_ row: Int, _ column: Int) -> [UInt8] {
      let start = ((8 + row * 16 + 8) * image.width + 8 + column * 16 + 8) * 3
      return Array(image.pixels[start..<start + 3])
    }
    // The stops of viridis are at eighths, and log2(1 + visits) / 8 is 0, 1/8, 2/8, 4/8 and 1.
    #expect(color(0, 0) == [68, 1, 84])
    #expect(color(0, 1) == [71, 44, 122])
    #expect(color(0, 2) == [59, 81, 139])
    #expect(color(1, 0) == [128, 128, 128])
    #expect(color(1, 1) == [33, 144, 141])
    #expect(color(1, 2) == [253, 231, 37])
  }

  @Test func `the bar goes from the darkest at its foot to the brightest, below the most visits`() throws {
    var picture = HeatMapPicture([0, 1, 3, 0, 15, 255], on: try Self.grid())
    let image = try picture.draw()
    #expect((image.width, image.height) == (3 * 16 + 3 * 8 + 16, 8 * 5 + 2 * 8))
    func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(image.pixels[(y * image.width + x) * 3..<(y * image.width + x) * 3 + 3]) }
    let left = 3 * 16 + 2 * 8
    #expect(pixel(left + 8, 18) == [253, 231, 37])
    #expect(pixel(left + 8, image.height - 8 - 10 - 1) == [68, 1, 84])
    #expect(pixel(0, 0) == [255, 255, 255])
    // The digits 255 and 0, as a person would draw them.
    let number = (0..<5).map { y in (0..<12).map { pixel(left + $0, 8 + y) == [40, 40, 40] ? "#" : "." }.joined() }
    #expect(
      number == [
        "###.###.###.",
        "..#.#...#...",
        "###.###.###.",
        "#.....#...#.",
        "###.###.###.",
      ])
  }

  @Test func `a grid that nobody has visited is dark, and a large one fits`() throws {
    var empty = HeatMapPicture([0, 0, 0, 0, 0, 0], on: try Self.grid())
    #expect(try empty.draw().pixels.contains(253) == true)
    #expect(HeatMapPicture.color(of: 0, most: 0) == [68, 1, 84])
    let rows = String(repeating: "S" + String(repeating: ".", count: 1023) + "\n", count: 1023)
    let map = try GridWorld.Map(rows + String(repeating: "G", count: 1024))
    let large = try VisitGrid(GridWorld(id: "Large-v0", map: map))
    var picture = HeatMapPicture([Int64](repeating: .max - 1, count: 1 << 20), on: large)
    let image = try picture.draw()
    #expect(image.height == 1024 + 16)
    #expect(image.width == 1024 + 24 + 19 * 4)
  }
}
