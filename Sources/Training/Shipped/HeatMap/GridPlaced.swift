public import Environments

/// An environment whose agent is in one cell of a grid at a time, so that `VisitHeatMap` can draw where it was.
///
/// ```swift
/// extension Corridor: GridPlaced {
///   var gridShape: (rows: Int, columns: Int) { (1, length) }
///   var gridPosition: (row: Int, column: Int) { (0, position) }
/// }
/// ```
public protocol GridPlaced: Environment {
  /// How many cells the grid has down and across; the same for the environment's whole life.
  var gridShape: (rows: Int, columns: Int) { get }
  /// Where the agent is, from 0 at the top and from 0 at the left.
  var gridPosition: (row: Int, column: Int) { get }
  /// Whether nobody can be there; drawn as wall.
  func isWall(row: Int, column: Int) -> Bool
}

extension GridPlaced {
  /// False: there are no walls.
  public func isWall(row: Int, column: Int) -> Bool { false }
}

extension GridWorld: GridPlaced {
  /// The rows and columns of the map.
  public var gridShape: (rows: Int, columns: Int) { (map.rows.count, map.columnCount) }
  /// The position.
  public var gridPosition: (row: Int, column: Int) { (position.row, position.column) }
  /// Whether there is wall on the map.
  public func isWall(row: Int, column: Int) -> Bool { map.isWall(Map.Cell(row: row, column: column)) }
}

/// A grid without its agent: what a heat map is drawn on.
struct VisitGrid: Sendable, Equatable {
  /// The most cells of a grid, 1,048,576.
  static let maximumCells = 1 << 20

  let rows: Int
  let columns: Int
  /// - Shape: `[rows, columns]`, row-major.
  let walls: [Bool]

  /// The grid of an environment.
  /// - Throws: `TrainingError.unfitForCallback` if it has none, or one that is empty or too large to be drawn.
  init(_ environment: any Environment) throws(TrainingError) {
    let type = "\(type(of: environment))"
    guard let placed = environment as? any GridPlaced else {
      throw .unfitForCallback(found: type, expected: "one that is GridPlaced, such as FourRooms-v0")
    }
    let (rows, columns) = placed.gridShape
    let sides = 1...HeatMapPicture.maximumCellsAcross
    guard sides.contains(rows), sides.contains(columns), rows * columns <= Self.maximumCells else {
      throw .unfitForCallback(
        found: "\(type) of \(rows) times \(columns) cells",
        expected: "1 to \(HeatMapPicture.maximumCellsAcross) each way and at most \(Self.maximumCells) in all")
    }
    (self.rows, self.columns) = (rows, columns)
    walls = (0..<rows * columns).map { placed.isWall(row: $0 / columns, column: $0 % columns) }
  }

  /// The number of a cell, row by row.
  /// - Throws: `TrainingError.unfitForCallback` for a place outside.
  func cell(_ row: Int, _ column: Int) throws(TrainingError) -> Int {
    guard (0..<rows).contains(row), (0..<columns).contains(column) else {
      throw .unfitForCallback(
        found: "place at row \(row), column \(column)", expected: "one within \(rows) times \(columns) cells")
    }
    return row * columns + column
  }
}
