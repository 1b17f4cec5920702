import Checkpoints
import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing

@testable import Training

@Suite struct RunLogTests {
  private func text(_ path: FilePath) throws -> String {
    String(decoding: try POSIXFileSystem().readAll(path, limit: 1 << 20), as: UTF8.self)
  }

  private func append(_ bytes: String, to path: FilePath) throws {
    let file = try POSIXFileSystem().openForAppending(path)
    try POSIXFileSystem().writeAll(Array(bytes.utf8).span, to: file)
    try POSIXFileSystem().close(file)
  }

  @Test func `results are lines of JSON and rows of a table, with NaN as Tune writes it`() throws {
    try withTemporaryDirectory { directory in
      let layout = ExperimentLayout(directory)
      var log = try RunLog(layout, on: POSIXFileSystem())
      try log.append(
        TrainingResult([
          "a": ["x": 1, "y": .double(.nan)], "up": .double(.infinity), "text": "b,c", "flag": true, "none": nil,
          "config": ["lr": 0.1],
        ]))
      #expect(
        try text(layout.results)
          == #"{"a": {"x": 1, "y": NaN}, "up": Infinity, "text": "b,c", "flag": true, "none": null, "config": {"lr": 0.1}}"#
          + "\n")
      #expect(try text(layout.progress) == "a/x,a/y,up,text,flag,none\n1,nan,inf,\"b,c\",True,\n")
    }
  }

  @Test func `of a picture the files have type and shape`() throws {
    try withTemporaryDirectory { directory in
      let layout = ExperimentLayout(directory)
      let image = try PNGImage(width: 3, height: 2, colors: .rgb, pixels: [UInt8](repeating: 1, count: 18)).metricValue
      var log = try RunLog(layout, on: POSIXFileSystem())
      try log.append(TrainingResult(["map": image, "in": ["maps": [image]]]))
      #expect(
        try text(layout.results) == #"{"map": "uint8 [2, 3, 3]", "in": {"maps": ["uint8 [2, 3, 3]"]}}"# + "\n")
      #expect(try text(layout.progress) == "map,in/maps\n\"uint8 [2, 3, 3]\",\"[\"\"uint8 [2, 3, 3]\"\"]\"\n")
    }
  }

  @Test func `a column that appears later is not lost, also after opening anew`() throws {
    try withTemporaryDirectory { directory in
      let layout = ExperimentLayout(directory)
      var log = try RunLog(layout, on: POSIXFileSystem())
      try log.append(TrainingResult(["a": 1, "b": 2]))
      try log.append(TrainingResult(["b": 3, "c,d": 4]))
      log = try RunLog(layout, on: POSIXFileSystem())
      try log.append(TrainingResult(["c,d": 5, "a": 6, "e": 7]))
      #expect(try text(layout.progress) == "a,b,\"c,d\",e\n1,2,,\n,3,4,\n6,,5,7\n")
    }
  }

  @Test func `a column with quotes and line breaks in its name stays one column`() throws {
    try withTemporaryDirectory { directory in
      let layout = ExperimentLayout(directory)
      for number in 1...2 {
        var log = try RunLog(layout, on: POSIXFileSystem())
        try log.append(TrainingResult(["say \"a\"\nb": .int(Int64(number))]))
      }
      #expect(try text(layout.progress) == "\"say \"\"a\"\" b\"\n1\n2\n")
    }
  }

  @Test(arguments: [.double(.nan), .double(1e300), .double(1.5), "2", nil] as [StateValue?])
  func `a result with an impossible iteration has iteration 0`(_ value: StateValue?) {
    var result = TrainingResult()
    result.set(value, at: "training_iteration")
    #expect(result.iteration == 0)
  }

  @Test func `a line that a kill tore is cut off when the files are opened again`() throws {
    try withTemporaryDirectory { directory in
      let layout = ExperimentLayout(directory)
      var log = try RunLog(layout, on: POSIXFileSystem())
      try log.append(TrainingResult(["a": 1]))
      let (results, progress) = (try text(layout.results), try text(layout.progress))
      try append("{\"a\": ", to: layout.results)
      try append("4", to: layout.progress)
      log = try RunLog(layout, on: POSIXFileSystem())
      #expect(try text(layout.results) == results)
      #expect(try text(layout.progress) == progress)
      try log.append(TrainingResult(["a": 2]))
      #expect(try text(layout.progress) == "a\n1\n2\n")
    }
  }
}
