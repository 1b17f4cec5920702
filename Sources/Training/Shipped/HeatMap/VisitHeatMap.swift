internal import Environments
internal import FileSystems
public import StateTree
public import SystemPackage

/// Counts how often each cell of a grid was visited in training, and draws the counts as a picture every so often.
///
/// The picture is `visit_heat_map/picture` in the result, which TensorBoard shows as an image, and the file
/// `visits-000004.png` in a directory. `visit_heat_map/visits` and `visit_heat_map/visited_cells` are in every result. A
/// visit is where an episode begins and where each step ends. Runners, however many and wherever they live, hand their
/// counts up as sums of metrics; the counts are those of the whole run and saved with it.
/// - Source: RLlib's `examples/metrics/custom_metrics_in_env_runners.py`, to which its callback page links.
public struct VisitHeatMap: SavedCallback, PeriodicCallback, RelocatableCallback {
  /// The name in `params.json`.
  public static let registeredName = "VisitHeatMap"
  private static let key = "visit_heat_map"

  /// How often a picture is drawn.
  public let every: Every
  /// Where pictures are written; nil for the run's experiment.
  public private(set) var directory: FilePath?
  private var period: Period
  /// The grid; nil before the first environment.
  private var grid: VisitGrid?
  /// Of a runner: visits that its logger has not got yet, by cell.
  private var pending: [Int: Int] = [:]
  /// Of the algorithm: all visits. Empty at a runner.
  /// - Shape: `[rows, columns]`, row-major.
  private var visits: [Int64] = []

  /// Counts visits. Default: a picture after each iteration, in the run's experiment; without one, no file.
  public init(every: Every = .iterations(1), to directory: FilePath? = nil) {
    (self.every, self.directory) = (every, directory)
    period = Period(every)
  }

  /// How often it draws.
  public var periods: [Every] { [every] }

  /// Lets pictures go on in an experiment that was moved or forked.
  public mutating func relocate(from old: FilePath, to new: FilePath) {
    directory = directory?.relocated(from: old, to: new)
  }
}

// MARK: At the runners

extension VisitHeatMap {
  /// Takes note of the grid.
  /// - Throws: `TrainingError.unfitForCallback` if the environment is not `GridPlaced`.
  public mutating func onEnvironmentCreated(_ context: inout EnvironmentContext) throws {
    grid = try VisitGrid(context.environment)
  }

  /// Counts the cell in which an episode begins.
  public mutating func onEpisodeStart(_ context: inout EpisodeContext) throws { try count(context) }

  /// Counts the cell to which a step has led.
  public mutating func onEpisodeStep(_ context: inout EpisodeContext) throws { try count(context) }

  /// Hands the counts up.
  public mutating func onSampleEnd(_ context: inout SampleContext) throws {
    guard let grid else { return }
    for (cell, count) in pending.sorted(by: { $0.key < $1.key }) {
      let (row, column) = cell.quotientAndRemainder(dividingBy: grid.columns)
      try context.metricsLogger.log(count, at: "\(Self.key)/\(row)/\(column)", reduce: .sum)
    }
    pending = [:]
  }

  private mutating func count(_ context: EpisodeContext) throws {
    guard !context.inEvaluation, let grid, let placed = context.environment as? any GridPlaced else { return }
    let (row, column) = placed.gridPosition
    pending[try grid.cell(row, column), default: 0] += 1
  }
}

// MARK: At the algorithm

extension VisitHeatMap {
  /// Begins to count time, and makes an environment to see what the walls are.
  /// - Throws: `TrainingError.unfitForCallback` if it is not `GridPlaced`.
  public mutating func onAlgorithmInit(_ context: inout AlgorithmContext) throws {
    period.start(now: context.algorithm.services.clock.now())
    let common = context.algorithm.configuration.common
    let grid = try VisitGrid(common.catalogue.makeEnvironment(common.environment))
    self.grid = grid
    visits = [Int64](repeating: 0, count: grid.rows * grid.columns)
  }

  /// Adds what the runners have counted, and draws if it is due.
  public mutating func onTrainResult(_ context: inout TrainResultContext) throws {
    guard let grid else { return }
    try take(from: &context.result, grid)
    context.result.set(.int(visits.reduce(0, +)), at: "\(Self.key)/visits")
    context.result.set(.integer(visits.count { $0 > 0 }), at: "\(Self.key)/visited_cells")
    let algorithm = context.algorithm
    guard period.isDue(algorithm.progress) else { return }
    var picture = HeatMapPicture(visits, on: grid)
    let image = try picture.draw()
    context.result.set(image.metricValue, at: "\(Self.key)/picture")
    guard let place = directory ?? algorithm.configuration.common.experiment else { return }
    try DumpDirectory(path: place, fileSystem: algorithm.services.fileSystem).create()
    try image.write(to: place.appending(Self.name(algorithm.iteration)), on: algorithm.services.fileSystem)
  }

  /// `visits-000004.png`.
  static func name(_ iteration: Int) -> String {
    let digits = "\(iteration)"
    return "visits-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
  }

  /// Moves the runners' sums from a result into the counts.
  private mutating func take(from result: inout TrainingResult, _ grid: VisitGrid) throws(TrainingError) {
    let path = "env_runners/\(Self.key)"
    guard case .map(let rows)? = result.value(at: path) else { return }
    for (rowKey, row) in rows {
      guard case .map(let columns) = row else { continue }
      for (columnKey, sum) in columns {
        guard case .int(let count) = sum, let row = Int(rowKey.string), let column = Int(columnKey.string) else { continue }
        visits[try grid.cell(row, column)] += count
      }
    }
    result.set(nil, at: path)
  }
}

extension VisitHeatMap: Checkpointable {
  /// The visits, and when a picture was due last.
  public var state: StateValue { ["period": period.state, "visits": .tensor(Tensor(vector: visits))] }

  /// Goes on counting where the state was taken.
  /// - Throws: `StateTreeError`, also for the counts of a grid with other cells.
  public mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    let saved: [Int64] = try reader.vector("visits")
    // So that the sum over the largest grid is a number too.
    let counts = 0...Int64(1) << 40
    guard saved.count == visits.count, saved.allSatisfy(counts.contains) else {
      throw StateTreeError.invalidValue(
        path: "visits", found: "\(saved.count) counts, \(saved.count { !counts.contains($0) }) of them not from 0 to 2^40",
        expected: "\(visits.count), one for each cell of the grid")
    }
    try period.restore(from: reader.value("period"))
    visits = saved
  }

  /// Checks counts and period.
  /// - Throws: `TrainingError.brokenInvariant`.
  public func checkInvariants() throws {
    guard visits.allSatisfy({ $0 >= 0 }), visits.isEmpty || visits.count == grid?.walls.count else {
      throw TrainingError.brokenInvariant("\(visits.count) counts of visits, or some below 0")
    }
    try period.checkInvariants()
  }
}

extension VisitHeatMap: Codable {
  private enum CodingKeys: String, CodingKey { case every, to }

  /// The settings: period, and directory if it is not the experiment.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(every, forKey: .every)
    try container.encodeIfPresent(directory?.string, forKey: .to)
  }

  /// Takes the settings back.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      every: try container.decodeIfPresent(Every.self, forKey: .every) ?? .iterations(1),
      to: try container.decodeIfPresent(String.self, forKey: .to).map { FilePath($0) })
  }
}
