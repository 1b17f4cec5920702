import Algorithms
import Checkpoints
import Environments
import FileSystems
import FileSystemsTestSupport
import StateTree
import Synchronization
import SystemPackage
import Testing

@testable import Training

@Suite struct VisitHeatMapTests {
  @Test(arguments: [0, 2]) func `every visit of every runner is counted`(runners: Int) throws {
    try withTemporaryDirectory { directory in
      let oracle = Mutex<[String: Int]>([:])
      let count: CallbackClosures.Closure<EpisodeContext> = { context in
        guard let world = context.environment as? GridWorld else { return }
        let place = "\(world.position.row)/\(world.position.column)"
        if !context.inEvaluation { oracle.withLock { $0[place, default: 0] += 1 } }
      }
      let path = directory.appending("run")
      let dqn = try Self.config(runners: runners).experiment(path)
        .callbacks(VisitHeatMap(every: .iterations(2)), onEpisodeStart: count, onEpisodeStep: count)
        .build(services: testServices())
      for iteration in 1...4 {
        let result = try dqn.train()
        let expected = oracle.withLock { $0 }
        #expect(result["visit_heat_map/visits"] == Double(expected.values.reduce(0, +)))
        #expect(result["visit_heat_map/visited_cells"] == Double(expected.count))
        #expect(result.value(at: "env_runners/visit_heat_map") == nil)
        let picture = directory.appending("run").appending("visits-00000\(iteration).png")
        guard iteration % 2 == 0 else {
          #expect(result.value(at: "visit_heat_map/picture") == nil)
          #expect(throws: FileSystemError.self) { try POSIXFileSystem().readAll(picture, limit: 1 << 22) }
          continue
        }
        let drawn = try Self.picture(expected)
        #expect(result.value(at: "visit_heat_map/picture") == drawn.metricValue)
        #expect(try POSIXFileSystem().readAll(picture, limit: 1 << 22) == drawn.encoded())
      }
      #expect(oracle.withLock { $0.values.reduce(0, +) } >= 400)
    }
  }

  @Test func `counts are saved with the run and go on`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      do {
        let dqn = try Self.config().callbacks(VisitHeatMap(every: .iterations(3))).build(services: testServices())
        for _ in 0..<2 { try dqn.train() }
        try dqn.save(to: path)
      }
      let straight = try Self.config().callbacks(VisitHeatMap(every: .iterations(3))).build(services: testServices())
      for _ in 0..<3 { try straight.train() }
      let resumed = try DQN.restore(from: path, services: testServices())
      #expect(resumed.restoreReport?.isExact == true)
      let result = try resumed.train()
      #expect(result.value(at: "visit_heat_map/picture") == straight.lastResult?.value(at: "visit_heat_map/picture"))
      #expect(result.value(at: "visit_heat_map/picture") != nil)
      #expect(resumed.run.callbacks.state == straight.run.callbacks.state)
    }
  }

  @Test func `an environment of one's own takes part`() throws {
    var catalogue = EnvironmentCatalogue.standard
    try catalogue.add("Line-v0") { Line() }
    let dqn = try smallConfig().environment("Line-v0", in: catalogue).reporting(minimumSteps: 9)
      .callbacks(VisitHeatMap()).build(services: testServices())
    let result = try dqn.train()
    // Episodes of 0, 1, 2, 3 in cells of a line, and the reset is a visit too: 9 steps are 3 episodes.
    #expect(result["visit_heat_map/visits"] == 12)
    #expect(result["visit_heat_map/visited_cells"] == 4)
    guard case .tensor(let picture)? = result.value(at: "visit_heat_map/picture") else {
      throw StateTreeError.missingKey(path: "picture")
    }
    #expect(PNGImage(picture) != nil)
  }

  @Test func `environments without a grid, and grids that cannot be drawn, are refused in words`() throws {
    let error = #expect(throws: TrainingError.self) {
      try smallConfig().callbacks(VisitHeatMap()).build(services: testServices())
    }
    #expect(
      error?.description
        == "the callback VisitHeatMap failed at on_environment_created: the environment is a CartPole, expected one that is "
        + "GridPlaced, such as FourRooms-v0; train on that, or leave the callback away")
    for (rows, columns) in [(0, 1), (1, 4097), (2000, 2000), (.max, .max)] {
      let error = #expect(throws: TrainingError.self) { try VisitGrid(Line(gridShape: (rows, columns))) }
      #expect("\(try #require(error))".contains("Line of \(rows) times \(columns) cells, expected 1 to 4096 each way"))
    }
    let grid = try VisitGrid(Line())
    for (row, column) in [(-1, 0), (0, -1), (1, 0), (0, 4), (.max, .max)] {
      #expect(throws: TrainingError.self) { try grid.cell(row, column) }
    }
  }

  @Test func `damaged counts are refused`() throws {
    var callback = VisitHeatMap()
    let period = callback.state["period"] ?? .nil
    #expect(throws: StateTreeError.self) {
      try callback.restore(from: ["period": period, "visits": .tensor(Tensor(vector: [1 as Int64]))])
    }
  }

  @Test func `its settings come back`() throws {
    let callback = VisitHeatMap(every: .time(.seconds(60)), to: "pictures")
    let settings = try StateValue(encoding: callback)
    #expect(settings == ["every": ["seconds": 60.0], "to": "pictures"])
    let again = try CallbackRegistry.shipped.make("VisitHeatMap", settings) as? VisitHeatMap
    #expect(again?.every == callback.every && again?.directory == "pictures")
    let plain = try CallbackRegistry.shipped.make("VisitHeatMap", [:]) as? VisitHeatMap
    #expect(plain?.every == .iterations(1) && plain?.directory == nil)
  }

  private static func config(runners: Int = 0) -> DQNConfig {
    smallConfig(environments: 2).environment("FourRooms-v0").envRunners(runners: runners)
      .evaluation(interval: 2, duration: 1).reporting(minimumSteps: 100)
  }

  private static func picture(_ counts: [String: Int]) throws -> PNGImage {
    let grid = try VisitGrid(GridWorld.fourRooms())
    var visits = [Int64](repeating: 0, count: 169)
    for row in 0..<13 { for column in 0..<13 { visits[row * 13 + column] = Int64(counts["\(row)/\(column)"] ?? 0) } }
    var picture = HeatMapPicture(visits, on: grid)
    return try picture.draw()
  }
}

/// Four cells in a row, walked from the left to the right.
private struct Line: Environment, GridPlaced {
  var gridShape: (rows: Int, columns: Int) = (1, 4)
  var gridPosition: (row: Int, column: Int) { (0, place) }
  private var place = 0

  init(gridShape: (rows: Int, columns: Int) = (1, 4)) { self.gridShape = gridShape }

  var observationSpace: Space { .box(dataType: .float32, shape: [1], low: [0], high: [3]) }
  var actionSpace: Space { .discrete(count: 2) }
  mutating func reset(seed: UInt64?) -> Tensor {
    place = 0
    return Tensor(vector: [Float(0)])
  }
  mutating func step(_ action: Tensor) -> EnvironmentStep {
    place += 1
    return EnvironmentStep(
      observation: Tensor(vector: [Float(place)]), reward: 1, isTerminated: place == 3, isTruncated: false)
  }
  var state: StateValue { ["place": .integer(place)] }
  mutating func restore(from state: StateValue) throws { place = try StateReader(state).int("place") }
  func checkInvariants() throws {}
}
