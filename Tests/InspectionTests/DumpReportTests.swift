import BufferFiles
import FileSystemsTestSupport
import ForeignFormats
import Inspection
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

/// What Python computed from the dumps with ormsgpack and numpy.
struct DumpTruth {
  var name: String
  var rows, steps, added, evictedEpisodes, sampled, episodes, terminated: Int
  var returns: (low: Double, mean: Double, high: Double, deviation: Double)
  var observations: (low: Double, mean: Double, high: Double, deviation: Double)
  var actionMean: Double
  var weights: (low: Int64, mean: Double, high: Int64)
  var priorities: (low: Double, mean: Double, high: Double, size: Double, largest: Double)
  var treeCapacity: Int

  static let all = [
    DumpTruth(
      name: dumps[0], rows: 2083, steps: 2000, added: 2000, evictedEpisodes: 0, sampled: 32032, episodes: 83,
      terminated: 82, returns: (8, 24.096385542168676, 74, 14.955850253837545),
      observations: (-2.5558443, -0.0179056748234189, 2.7675304, 0.46828226649426263), actionMean: 0.5085,
      weights: (0, 250.25, 1000),
      priorities: (
        0.00020543612282340084, 0.2134763669011828, 1.3800107047366592, 959.6146456248661, 1.7105565071105957
      ),
      treeCapacity: 8192),
    DumpTruth(
      name: dumps[1], rows: 2546, steps: 2481, added: 4000, evictedEpisodes: 64, sampled: 96032, episodes: 65,
      terminated: 64, returns: (10, 38.16923076923077, 153, 32.30506949060626),
      observations: (-2.344169, -0.016643296830259606, 2.2602966, 0.4430724525054049), actionMean: 0.5062474808544941,
      weights: (520, 1760, 3000),
      priorities: (
        0.00016107274301426937, 0.24116516325853082, 2.4826344839922707, 953.7020542749705, 4.551850318908691
      ),
      treeCapacity: 8192),
    DumpTruth(
      name: dumps[2], rows: 4150, steps: 4000, added: 4000, evictedEpisodes: 0, sampled: 96032, episodes: 150,
      terminated: 149, returns: (10, 26.666666666666668, 107, 17.35652294928016),
      observations: (-2.893331, 0.035213705191766066, 2.6386557, 0.48392289383650383), actionMean: 0.481,
      weights: (0, 1125.375, 3000),
      priorities: (
        0.0010008145981658951, 0.22819289329401352, 2.711574845066242, 1713.0966831964313, 5.272735595703125
      ),
      treeCapacity: 131072),
  ]
}

/// Whether two numbers agree but for rounding.
func isClose(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
  a.map { abs($0 - b) <= tolerance * max(1, abs(b)) } ?? false
}

/// The report on a buffer.
func bufferReport(_ path: FilePath, _ options: ReportOptions = ReportOptions()) throws -> BufferReport {
  guard case .buffer(let report) = try report(path, options) else { throw WrongKind() }
  return report
}

struct WrongKind: Error {}

@Suite struct DumpReportTests {
  @Test("A report says of a dump what Python says of it", arguments: DumpTruth.all.indices)
  func agreesWithPython(index: Int) throws {
    let truth = DumpTruth.all[index]
    let report = try bufferReport(rllib(truth.name))
    #expect((report.rowCount, report.stepCount) == (truth.rows, truth.steps))
    #expect(report.steps == truth.added - truth.steps..<truth.added)
    #expect(report.turnover.added == truth.added && report.turnover.sampled == truth.sampled)
    #expect(report.turnover.evictedEpisodes == truth.evictedEpisodes)
    #expect(report.turnover.evictedSteps == truth.added - truth.steps)
    #expect(report.turnover.capacity == nil && report.generator == nil)
    let episodes = try #require(report.episodes)
    #expect((episodes.count, episodes.terminatedCount) == (truth.episodes, truth.terminated))
    #expect((episodes.truncatedCount, episodes.openCount) == (0, 1))
    expect(episodes.returns, truth.returns)
    expect(episodes.lengths, truth.returns)
    let spaces = try #require(report.spaces)
    #expect(spaces.map(\.name) == ["observations", "actions"])
    #expect(spaces.map(\.description) == ["box float32 [4]", "discrete of 2"])
  }

  @Test(
    "The columns of a dump have the statistics that numpy computes, final observations' filling left out",
    arguments: DumpTruth.all.indices)
  func columns(index: Int) throws {
    let truth = DumpTruth.all[index]
    let report = try bufferReport(rllib(truth.name))
    #expect(report.columns.map(\.schema.name) == ["obs", "actions", "rewards", "weights_seq_no"])
    let statistics = try report.columns.map { try #require($0.statistics) }
    expect(statistics[0], truth.observations, tolerance: 1e-6)
    #expect(isClose(statistics[1].mean, truth.actionMean))
    #expect(statistics[2].minimum == .double(1) && statistics[2].maximum == .double(1))
    #expect(statistics[3].minimum == .int(truth.weights.low) && statistics[3].maximum == .int(truth.weights.high))
    #expect(isClose(statistics[3].mean, truth.weights.mean))
    #expect(statistics.map(\.count) == [4 * truth.rows, truth.steps, truth.steps, truth.steps])
  }

  @Test("The priorities of a dump are those of RLlib's trees", arguments: DumpTruth.all.indices)
  func priorities(index: Int) throws {
    let truth = DumpTruth.all[index]
    let priorities = try #require(try bufferReport(rllib(truth.name)).priorities)
    #expect(priorities.statistics.minimum == .double(truth.priorities.low))
    #expect(priorities.statistics.maximum == .double(truth.priorities.high))
    #expect(isClose(priorities.statistics.mean, truth.priorities.mean))
    #expect(isClose(priorities.effectiveSampleSize, truth.priorities.size))
    #expect(priorities.maximumPriority == truth.priorities.largest)
    #expect(priorities.treeCapacity == truth.treeCapacity && priorities.alpha == nil)
  }

  private func expect(
    _ statistics: ColumnStatistics, _ truth: (low: Double, mean: Double, high: Double, deviation: Double),
    tolerance: Double = 1e-12
  ) {
    #expect(isClose(statistics.minimum?.double, truth.low, tolerance))
    #expect(isClose(statistics.maximum?.double, truth.high, tolerance))
    #expect(isClose(statistics.mean, truth.mean, tolerance))
    #expect(isClose(statistics.standardDeviation, truth.deviation, tolerance))
  }
}
