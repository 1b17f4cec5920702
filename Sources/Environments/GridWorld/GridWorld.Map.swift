extension GridWorld {
  /// Where walls, starts and goals are.
  public struct Map: Sendable, Hashable {
    /// A place on the map; both numbers count from 0, at the top left.
    public struct Cell: Sendable, Hashable {
      /// From the top.
      public var row: Int
      /// From the left.
      public var column: Int

      /// A place on a map.
      public init(row: Int, column: Int) { (self.row, self.column) = (row, column) }
    }

    /// The map as it was drawn, a text a row.
    public let rows: [String]
    /// How many cells a row has.
    public let columnCount: Int
    /// Where episodes begin, row by row.
    public let starts: [Cell]
    private let marks: [Mark]

    private enum Mark: Character {
      case wall = "#"
      case floor = "."
      case start = "S"
      case goal = "G"
    }

    /// A map from a drawing: `#` is wall, `.` floor, `S` where episodes begin (any floor if there is none), `G` a goal.
    /// What lies outside is wall.
    /// - Throws: `EnvironmentError.invalidMap` for rows of different lengths, another character, no goal, no start.
    public init(_ drawing: String) throws(EnvironmentError) {
      rows = drawing.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      columnCount = rows[0].count
      var marks: [Mark] = []
      for (index, row) in rows.enumerated() {
        guard row.count == columnCount else {
          throw .invalidMap("row \(index) has \(row.count) cells and row 0 has \(columnCount)")
        }
        for character in row {
          guard let mark = Mark(rawValue: character) else {
            throw .invalidMap("row \(index) has a \"\(character)\", expected #, ., S or G")
          }
          marks.append(mark)
        }
      }
      guard marks.contains(.goal) else { throw .invalidMap("there is no goal G") }
      let start = marks.contains(.start) ? Mark.start : .floor
      starts = marks.indices.filter { marks[$0] == start }.map { [columnCount] in
        Cell(row: $0 / columnCount, column: $0 % columnCount)
      }
      guard !starts.isEmpty else { throw .invalidMap("there is neither a start S nor any floor") }
      self.marks = marks
    }

    /// Whether nobody can be there.
    public func isWall(_ cell: Cell) -> Bool { mark(cell) == .wall }

    /// Whether episodes end there.
    public func isGoal(_ cell: Cell) -> Bool { mark(cell) == .goal }

    private func mark(_ cell: Cell) -> Mark {
      guard rows.indices.contains(cell.row), (0..<columnCount).contains(cell.column) else { return .wall }
      return marks[cell.row * columnCount + cell.column]
    }
  }
}
