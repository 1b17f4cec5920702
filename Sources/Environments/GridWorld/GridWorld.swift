public import StateTree

/// A walk over the cells of a map to a goal: small enough to see what an agent does, as on a heat map of its visits.
///
/// ```swift
/// try catalogue.add("Corridor-v0") { try GridWorld(id: "Corridor-v0", map: GridWorld.Map("S.......G")) }
/// ```
/// Actions 0, 1, 2 and 3 go up, right, down and left; with `slipProbability` it is one of the other three directions
/// instead. Who walks against a wall stays. Reaching a goal is worth 1 and terminates the episode, every other step is
/// worth 0; it is truncated after `maximumEpisodeSteps`. It begins at one of the map's starts, drawn evenly. Everything
/// follows from the seed of the reset.
/// - Shape: observations float32 `[2]`: row and column, from 0 at the top and left to 1 at the bottom and right;
///   actions an integer `[]`, from 0 to 3.
public struct GridWorld: Environment, Equatable {
  /// The id in catalogues.
  public let id: String
  /// Where walls, starts and goals are.
  public let map: Map
  /// How often a step goes elsewhere.
  public let slipProbability: Double
  /// The steps after which an episode is truncated.
  public let maximumEpisodeSteps: Int

  /// Where the agent is; the first of the map's starts before the first reset.
  public internal(set) var position: Map.Cell

  /// Steps taken since the last reset.
  public var episodeSteps: Int { progress.steps }

  /// Where the episode stands.
  public var phase: EpisodePhase { progress.phase }

  var progress = EpisodeProgress()

  /// A world before its first reset.
  /// - Parameters:
  ///   - slipProbability: How often a step goes elsewhere, from 0, the default, to 1.
  ///   - maximumEpisodeSteps: At least 1; 500 by default.
  /// - Throws: `EnvironmentError.invalidMap` for numbers out of these bounds.
  public init(
    id: String, map: Map, slipProbability: Double = 0, maximumEpisodeSteps: Int = 500
  ) throws(EnvironmentError) {
    guard (0...1).contains(slipProbability) else {
      throw .invalidMap("the probability to slip is \(slipProbability), expected 0 to 1")
    }
    guard maximumEpisodeSteps >= 1 else {
      throw .invalidMap("an episode has \(maximumEpisodeSteps) steps, expected at least 1")
    }
    (self.id, self.map, self.slipProbability) = (id, map, slipProbability)
    self.maximumEpisodeSteps = maximumEpisodeSteps
    position = map.starts[0]
  }

  /// float32 `[2]` within 0...1: row and column.
  public var observationSpace: Space { .box(dataType: .float32, shape: [2], low: [0, 0], high: [1, 1]) }

  /// 0, 1, 2 or 3: up, right, down or left.
  public var actionSpace: Space { Self.actionSpace }

  private static let actionSpace = Space.discrete(count: directions.count)
  private static let directions: [(row: Int, column: Int)] = [(-1, 0), (0, 1), (1, 0), (0, -1)]

  /// Begins an episode; one under way is abandoned.
  /// - Returns: The first observation, float32 `[2]`.
  public mutating func reset(seed: UInt64?) -> Tensor {
    let starts = map.starts
    position = progress.begin(seed: seed) { starts[Int($0.integers(in: 0..<Int64(starts.count)))] }
    return observation
  }

  /// Takes one step.
  /// - Parameter action: 0, 1, 2 or 3; an integer of any type without axes.
  /// - Throws: `EnvironmentError.notReset`, `.episodeEnded`, `.invalidAction`; the environment stays as it was.
  public mutating func step(_ action: Tensor) throws(EnvironmentError) -> EnvironmentStep {
    try progress.checkUnderWay(in: id)
    guard let choice = action.integer, Self.directions.indices.contains(choice) else {
      throw .invalidAction(environment: id, found: action.shortDescription, expected: actionSpace.description)
    }
    let direction = Self.directions[actual(choice)]
    let next = Map.Cell(row: position.row + direction.row, column: position.column + direction.column)
    if !map.isWall(next) { position = next }
    let isTerminated = map.isGoal(position)
    let isTruncated = progress.countStep(isTerminated: isTerminated, limit: maximumEpisodeSteps)
    return EnvironmentStep(
      observation: observation, reward: isTerminated ? 1 : 0, isTerminated: isTerminated, isTruncated: isTruncated)
  }

  /// The direction that is taken instead of `choice`, now and then another one.
  private mutating func actual(_ choice: Int) -> Int {
    guard slipProbability > 0, var generator = progress.generator else { return choice }
    defer { progress.generator = generator }
    guard generator.random() < slipProbability else { return choice }
    return (choice + Int(generator.integers(in: 1..<4))) % Self.directions.count
  }

  private var observation: Tensor {
    Tensor(vector: [
      Float(position.row) / Float(max(1, map.rows.count - 1)),
      Float(position.column) / Float(max(1, map.columnCount - 1)),
    ])
  }
}

extension GridWorld {
  /// FourRooms-v0: four rooms with a doorway between neighbours; the goal is in the doorway of the rooms on the right.
  ///
  /// Every third step slips. Episodes begin in any other cell.
  /// - Source: Sutton, Precup and Singh 1999, "Between MDPs and semi-MDPs", section 3, with its hallway G1 and one
  ///   reward; the map of Bacon, Harb and Precup 2017, "The Option-Critic Architecture".
  public static func fourRooms() throws(EnvironmentError) -> GridWorld {
    try GridWorld(id: fourRoomsID, map: Map(fourRoomsDrawing), slipProbability: 1.0 / 3)
  }

  /// The id of `fourRooms()` in catalogues.
  public static let fourRoomsID = "FourRooms-v0"

  private static let fourRoomsDrawing = """
    #############
    #.....#.....#
    #.....#.....#
    #...........#
    #.....#.....#
    #.....#.....#
    ##.####.....#
    #.....###G###
    #.....#.....#
    #.....#.....#
    #...........#
    #.....#.....#
    #############
    """
}
