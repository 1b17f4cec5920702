import BufferFiles
import Checkpoints
import CheckpointsTestSupport
import FileSystems
import FileSystemsTestSupport
import ForeignFormats
import Foundation
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import Inspection

/// The reports as if everything lay in `runs` and was written at one moment: the name of a temporary directory is not
/// the same twice, nor as long.
extension FilePath {
  fileprivate func moved(from directory: FilePath) -> FilePath {
    FilePath(string.replacing("\(directory)/", with: "runs/"))
  }
}

extension RunListing.Run {
  fileprivate func moved(from directory: FilePath) -> RunListing.Run {
    var run = self
    // The lock file names the process.
    run.byteCount = 176_000
    run.listing.path = listing.path.moved(from: directory)
    run.listing.superseded = listing.superseded.map { $0.moved(from: directory) }
    for index in listing.checkpoints.indices {
      run.listing.checkpoints[index].path = listing.checkpoints[index].path.moved(from: directory)
      run.listing.checkpoints[index].modificationSeconds = 1_763_838_300
    }
    for index in listing.dumps.indices {
      let dump = listing.dumps[index]
      run.listing.dumps[index].path = dump.path.moved(from: directory)
      run.listing.dumps[index].modificationSeconds = 1_763_838_300
      run.listing.dumps[index].unreadableBecause = dump.unreadableBecause?.replacing("\(directory)/", with: "runs/")
    }
    return run
  }
}

extension Inspection.Report {
  fileprivate func moved(from directory: FilePath) -> Inspection.Report {
    switch self {
    case .runCheckpoint(var report):
      report.path = report.path.moved(from: directory)
      for index in report.buffers.indices {
        report.buffers[index].report.file.path = report.buffers[index].report.file.path.moved(from: directory)
      }
      return .runCheckpoint(report)
    case .experiment(var report):
      report.run = report.run.moved(from: directory)
      if let newest = report.newest, case .runCheckpoint(let moved) = Self.runCheckpoint(newest).moved(from: directory) {
        report.newest = moved
      }
      return .experiment(report)
    default: return self
    }
  }
}

@Suite("Checkpoints and experiments of ours are shown")
struct RunTests {
  @Test(arguments: [80, 120]) func `a checkpoint as the golden file says`(width: Int) throws {
    try withTemporaryDirectory { directory in
      try RunSample.write(to: directory.appending("run"))
      let report = try report(directory.appending("run/checkpoint_000004")).moved(from: directory)
      #expect(report.isComplete, "\(report.problems)")
      try expectGolden(TextRendering(width: width).text(of: report), "run-checkpoint-\(width).txt")
      if width == 80 { try expectGolden(JSONRendering().text(of: report), "run-checkpoint.json") }
    }
  }

  @Test(arguments: [80, 120]) func `an experiment as the golden file says`(width: Int) throws {
    try withTemporaryDirectory { directory in
      try RunSample.write(to: directory.appending("run"), iterations: 8)
      let report = try report(directory.appending("run")).moved(from: directory)
      #expect(report.isComplete, "\(report.problems)")
      try expectGolden(TextRendering(width: width).text(of: report), "run-experiment-\(width).txt")
      if width == 80 { try expectGolden(JSONRendering().text(of: report), "run-experiment.json") }
    }
  }

  @Test func `a large buffer is reported on by its segments' summaries, as if its rows had been read`() throws {
    try withTemporaryDirectory { directory in
      let schema = try BufferSchema([ColumnSchema("obs", .uint8, shape: [64, 64]), ColumnSchema("rewards", .float32)])
      var buffer = ReplayBuffer(capacity: 5000, schema: schema, seed: 1)
      var generator = PCG64(seed: 3)
      let run = try ExperimentDirectory.create(at: directory.appending("run"))
      for iteration in 1...2 {
        for _ in 0..<3 {
          try buffer.add([
            try Tensor([UInt8](repeating: UInt8(iteration), count: 1000 * 4096), shape: [1000, 64, 64]),
            Tensor(vector: generator.random(count: 1000).map { Float($0) }),
          ])
        }
        var contents = CheckpointContents(runID: "images", iteration: iteration, environmentSteps: 3000 * iteration)
        contents.add("replay_buffer", buffer: buffer.snapshot())
        try run.save(contents, options: CheckpointOptions(segmentBytes: 2 << 20))
      }
      let report = try RunCheckpointReport(Checkpoint.open(run.layout.checkpoint(2)))
      #expect(report.problems.isEmpty && report.buffers.count == 1)
      let found = try #require(report.buffers.first)
      let exact = try FileSummary(describing: buffer.snapshot(), state: buffer.snapshot().state())
      #expect(found.report.stepCount == 5000 && found.report.rowCount == 5000 && found.report.steps == 1000..<6000)
      #expect(found.leftoverRowCount < 1000, "segments of evicted rows alone are not in it")
      let rewards = try #require(found.report.columns[1].statistics)
      let truth = try #require(exact.columns[1])
      #expect(rewards.count == truth.count + found.leftoverRowCount && abs(rewards.mean - truth.mean) < 0.01)
      #expect(report.sharing.segmentCount > 5 && report.sharing.sharedCount > 0)
      #expect(report.sharing.sharedCount < report.sharing.segmentCount)
      let text = TextRendering(width: 200).text(of: .runCheckpoint(report))
      #expect(text.contains(" shared with other checkpoints\n"))
      #expect(text.contains("that the buffer has evicted and its segments still hold") == (found.leftoverRowCount > 0))
    }
  }

  @Test(arguments: [
    (0, "just now"), (40, "40 s ago"), (150, "2 min ago"), (7300, "2 h ago"), (12 * 86_400, "12 days ago"),
    (86_400 * 61, "2025-09-22"), (-30, "just now"), (-4000, "2025-11-22"),
  ] as [(Int64, String)])
  func `an age as people say it`(age: Int64, text: String) {
    #expect(RelativeTime.text(1_763_838_300 - age, now: 1_763_838_300) == text)
  }

  @Test func `a length of time in its two largest units, and a course of numbers in bars`() {
    #expect(
      [0.5, 40, 200, 18_720, 1_047_600, .nan].map(RelativeTime.duration)
        == ["0.5 s", "40 s", "3 min 20 s", "5 h 12 min", "12 days 3 h", "NaN s"])
    #expect(Sparkline.text(course: [], width: 10) == "" && Sparkline.text(course: [.nan, .infinity], width: 10) == "")
    #expect(Sparkline.text(course: [1, .nan, 8], width: 10) == "▁ █")
    #expect(Sparkline.text(course: (0..<1000).map { Double($0) }, width: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text(course: [-.greatestFiniteMagnitude, .greatestFiniteMagnitude], width: 2) == "▁█")
  }

  @Test(arguments: [80, 120]) func `a listing as the golden file says`(width: Int) throws {
    try withTemporaryDirectory { directory in
      try RunSample.write(to: directory.appending("a"))
      try RunSample.write(to: directory.appending("b"), seed: 8, iterations: 2)
      try FileManager.default.removeItem(atPath: "\(directory)/a/checkpoint_000002/checkpoint.json")
      try Data("cut".utf8).write(to: URL(filePath: "\(directory)/b/buffers/iteration-000001.msgpack.zst"))
      var listing = try RunListing(of: directory)
      listing.runs = listing.runs.map { $0.moved(from: directory) }
      try expectGolden(TextRendering(width: width).text(of: [listing], now: 1_763_838_485), "run-listing-\(width).txt")
      if width == 80 { try expectGolden(ListingJSONRendering().text(of: [listing]), "run-listing.json") }
    }
  }
}
