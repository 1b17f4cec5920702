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
