internal import Checkpoints
internal import FileSystems
public import ForeignFormats
internal import StateTree
internal import SystemPackage

extension ExperimentReport {
  /// How much of the results is read, from their end.
  private static let resultBytes = 16 << 20
  /// The largest `params.json`.
  private static let configurationBytes = 16 << 20

  /// The report on an experiment; what cannot be read is named in `problems`.
  /// - Throws: `InspectionError` if an option asks for what its newest checkpoint does not have.
  public init(
    _ experiment: SavedExperiment, options: ReportOptions = ReportOptions()
  ) throws(InspectionError) {
    let (path, fileSystem) = (experiment.path, experiment.fileSystem)
    run = .init(
      listing: experiment.listing, isRunning: path.isExperimentRunning(on: fileSystem),
      byteCount: DiskUsage(of: path, on: fileSystem).byteCount)
    (configuration, lastResult, problems) = ([:], [:], [])
    progress = Progress(iterations: [], returns: [], isTail: false)
    if let checkpoint = experiment.newest {
      newest = try RunCheckpointReport(checkpoint, options: options, on: fileSystem)
    } else {
      newest = nil
      try options.refuseRows(path)
    }
    if let problem = experiment.newestProblem, !experiment.listing.checkpoints.isEmpty { problems.append("\(problem)") }
    readConfiguration(ExperimentLayout(path).parameters, fileSystem)
    environment = Self.text(configuration, ["env", "environment"])
    algorithm = Self.text(configuration, ["algo_class", "algorithm", "algorithm_class", "class"])
    readResults(ExperimentLayout(path).results, fileSystem)
    problems += newest?.problems ?? []
  }

  private static func text(_ map: StateMap, _ keys: [StateKey]) -> String? {
    for key in keys { if case .string(let text)? = map[key] { return text } }
    return nil
  }

  private mutating func readConfiguration(_ path: FilePath, _ fileSystem: any FileSystem) {
    do {
      let bytes = try fileSystem.readAll(path, limit: Self.configurationBytes)
      guard case .map(let map) = try StateJSON.value(of: bytes) else {
        return problems.append("\(path): it is no JSON object")
      }
      configuration = map
    } catch let error as FileSystemError where error.reason == .system(.noSuchFileOrDirectory) {
      configuration = newest?.manifest.configuration ?? [:]
    } catch {
      problems.append("\(path): \(error)")
    }
  }

  private mutating func readResults(_ path: FilePath, _ fileSystem: any FileSystem) {
    do {
      let lines = try ResultLines(path, lastBytes: Self.resultBytes, on: fileSystem)
      progress.isTail = lines.isTail
      for index in 0..<lines.count {
        let result = try lines.result(index)
        progress.iterations.append(result.iteration ?? index + 1)
        progress.returns.append(result.number(at: Self.returnKey) ?? .nan)
        lastResult = result
      }
    } catch {
      problems.append("\(error)")
    }
    if lastResult.isEmpty { lastResult = newest?.manifest.results ?? [:] }
  }

  /// Where a result says the mean return of its episodes.
  static let returnKey = "env_runners/episode_return_mean"
}

extension StateMap {
  /// The iteration that a result is of.
  var iteration: Int? {
    if case .int(let value)? = self["training_iteration"], value >= 0 { Int(value) } else { nil }
  }
}
