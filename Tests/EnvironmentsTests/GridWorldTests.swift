import Environments
import StateTree
import Testing

@Suite struct `Grid worlds` {
  private typealias Cell = GridWorld.Map.Cell

  @Test func `Four actions go four ways, and walls stop`() throws {
    var world = try GridWorld(
      id: "Court-v0", map: GridWorld.Map("...\n.S#\n..G"), maximumEpisodeSteps: 50)
    #expect(try world.reset(seed: 1).scalars(as: Float.self) == [0.5, 0.5])
    let walk: [(action: Int, row: Int, column: Int)] = [
      (0, 0, 1), (0, 0, 1), (1, 0, 2), (2, 0, 2), (3, 0, 1), (2, 1, 1), (1, 1, 1), (3, 1, 0), (3, 1, 0), (2, 2, 0),
      (2, 2, 0), (1, 2, 1),
    ]
    for (number, row, column) in walk {
      let step = try world.step(action(number))
      #expect(world.position == Cell(row: row, column: column))
      #expect(try step.observation.scalars(as: Float.self) == [Float(row) / 2, Float(column) / 2])
      #expect(step.reward == 0)
      #expect(!step.isTerminated && !step.isTruncated)
    }
    let last = try world.step(action(1))
    #expect(last.reward == 1)
    #expect(last.isTerminated && !last.isTruncated)
    #expect(throws: EnvironmentError.episodeEnded(environment: "Court-v0", steps: 13)) { try world.step(action(0)) }
  }

  @Test func `An episode without a goal is truncated, and one that gets there in time is not only that`() throws {
    var world = try GridWorld(id: "Hall-v0", map: GridWorld.Map("S.G"), maximumEpisodeSteps: 2)
    #expect(throws: EnvironmentError.notReset(environment: "Hall-v0")) { try world.step(action(1)) }
    _ = world.reset(seed: 0)
    #expect(try !world.step(action(3)).isTruncated)
    let cut = try world.step(action(1))
    #expect(cut.isTruncated && !cut.isTerminated && cut.reward == 0)
    _ = world.reset(seed: nil)
    _ = try world.step(action(1))
    let both = try world.step(action(1))
    #expect(both.isTruncated && both.isTerminated && both.reward == 1)
  }

  @Test(arguments: [4, -1]) func `Other actions are refused`(_ number: Int) throws {
    var world = try GridWorld.fourRooms()
    _ = world.reset(seed: 0)
    let before = world
    let error = EnvironmentError.invalidAction(
      environment: "FourRooms-v0", found: "\(number) (int64 [])", expected: "an integer from 0 to 3")
    #expect(throws: error) { try world.step(action(number)) }
    #expect(world == before)
  }

  @Test func `In four rooms every cell but walls is a start or the goal, and each is reached from each`() throws {
    let map = try GridWorld.fourRooms().map
    #expect(map.starts.count == 103)
    let goals = (0..<13).flatMap { row in (0..<13).map { Cell(row: row, column: $0) } }.filter(map.isGoal)
    #expect(goals == [Cell(row: 7, column: 9)])
    var reached: Set = [goals[0]]
    var edge = goals
    while let cell = edge.popLast() {
      for (down, right) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
        let next = Cell(row: cell.row + down, column: cell.column + right)
        if !map.isWall(next), reached.insert(next).inserted { edge.append(next) }
      }
    }
    #expect(reached.count == 104)
  }

  @Test func `Starts are even and every third step slips, evenly in three directions`() throws {
    var world = try GridWorld(
      id: "Field-v0", map: GridWorld.Map("....\n.SS.\n.SS.\n...G"), slipProbability: 1.0 / 3)
    var starts: [GridWorld.Map.Cell: Int] = [:]
    var moves: [Int: Int] = [:]
    _ = world.reset(seed: 7)
    let count = 12_000
    for _ in 0..<count {
      _ = world.reset(seed: nil)
      let start = world.position
      starts[start, default: 0] += 1
      _ = try world.step(action(0))
      moves[3 * (world.position.row - start.row) + world.position.column - start.column, default: 0] += 1
    }
    // Five standard deviations of what each should be.
    #expect(starts.count == 4)
    #expect(starts.values.allSatisfy { abs($0 - count / 4) < 240 }, "\(starts)")
    #expect(moves.count == 4)
    #expect(abs(moves[-3, default: 0] - count * 2 / 3) < 260, "\(moves)")
    for direction in [1, 3, -1] { #expect(abs(moves[direction, default: 0] - count / 9) < 175, "\(moves)") }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `At any time a copy made from the state goes on alike, and so does one with the same seed`(_ seed: UInt64) throws
  {
    var random = PCG64(seed: seed)
    var world = try EnvironmentCatalogue.standard.makeEnvironment("FourRooms-v0")
    var twin = try EnvironmentCatalogue.standard.makeEnvironment("FourRooms-v0")
    #expect(try world.reset(seed: seed) == twin.reset(seed: seed))
    for _ in 0..<600 {
      let direction = try action(random.integers(in: 0..<4))
      var copy: any Environment = try GridWorld.fourRooms()
      try copy.restore(from: StateValue(decoding: world.state.encoded()))
      let step = try world.step(direction)
      #expect(try copy.step(direction) == step)
      #expect(try twin.step(direction) == step)
      #expect(copy.state == world.state)
      #expect(world.observationSpace.contains(step.observation))
      try world.checkInvariants()
      if step.isTerminated || step.isTruncated { #expect(try world.reset() == twin.reset()) }
    }
  }

  static let drawings: [(String, String)] = [
    ("", "there is no goal G"), ("##\n#", "row 1 has 1 cells and row 0 has 2"),
    ("#x", "row 0 has a \"x\", expected #, ., S or G"), ("..", "there is no goal G"),
    ("#G", "there is neither a start S nor any floor"),
  ]

  @Test(arguments: drawings) func `Maps that make no world are refused`(_ drawing: String, _ reason: String) {
    #expect(throws: EnvironmentError.invalidMap(reason)) { try GridWorld.Map(drawing) }
  }

  @Test func `Numbers out of bounds are refused`() throws {
    let map = try GridWorld.Map("SG")
    #expect(throws: EnvironmentError.invalidMap("the probability to slip is 1.5, expected 0 to 1")) {
      try GridWorld(id: "A-v0", map: map, slipProbability: 1.5)
    }
    #expect(throws: EnvironmentError.invalidMap("an episode has 0 steps, expected at least 1")) {
      try GridWorld(id: "A-v0", map: map, maximumEpisodeSteps: 0)
    }
  }

  static let damages: [(StateKey, StateValue, String)] = [
    ("environment", "CartPole-v1", "Hall-v0/environment is CartPole-v1, expected Hall-v0"),
    ("map", ["S..G"], "Hall-v0/map is another map, expected the map of this environment"),
    ("position", [0], "Hall-v0/position is [0], expected row and column"),
    ("position", [0, 2], broken("row 0, column 2 is wall or outside the map")),
    ("position", [7, 0], broken("row 7, column 0 is wall or outside the map")),
    ("position", [0, 3], broken("the episode is under way and past its end")),
    ("phase", "new", broken("steps or draws before the first reset")),
    ("phase", "ended", broken("the episode ended without a reason")),
    ("generator", .nil, broken("there is an episode and no generator")),
  ]

  private static func broken(_ reason: String) -> String {
    "the state of Hall-v0 is inconsistent: \(reason); take the state from an intact checkpoint or call reset"
  }

  @Test(arguments: damages.indices) func `States it cannot have are refused`(_ index: Int) throws {
    let (key, value, message) = Self.damages[index]
    var world = try GridWorld(id: "Hall-v0", map: GridWorld.Map("S.#G"))
    _ = world.reset(seed: 1)
    guard case .map(var map) = world.state else { return }
    map[key] = value
    let before = world
    let error = try #require(throws: EnvironmentError.self) { try world.restore(from: .map(map)) }
    #expect(error.description == message)
    #expect(world == before)
  }
}
