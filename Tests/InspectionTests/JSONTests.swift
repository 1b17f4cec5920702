import BufferFiles
import FileSystemsTestSupport
import Foundation
import Inspection
import MessagePack
import StateTree
import SystemPackage
import Testing

@Suite struct JSONTests {
  @Test(
    "Every report is one JSON object with schema and kind", arguments: dumps + ["checkpoint_dqn_cartpole_iteration_4"])
  func isJSON(name: String) throws {
    let json = try parsed(try report(rllib(name)))
    #expect(json["schema"] as? String == "rlbuf.show/1")
    #expect(json["kind"] as? String == (dumps.contains(name) ? "buffer" : "checkpoint"))
    #expect(json["complete"] as? Bool == true)
  }

  @Test("NaN and infinities are null, integers beyond 2^53 texts, other numbers exact")
  func numbers() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("numbers.msgpack")
      let values: [MessagePackValue] = [
        .float64(.nan), .float64(.infinity), .float32(-.infinity), .int(1 << 53), .int((1 << 53) + 1),
        .unsigned(.max), .int(.min), .float64(0.1), .float64(.leastNonzeroMagnitude), .float64(1e300), .float32(0.1),
        .nil,
      ]
      try write([.array(values)], to: path)
      var options = ReportOptions()
      options.tree.elements = 100
      let text = JSONRendering().text(of: try report(path, options))
      let entries = try #require(
        (try parsed(text)["objects"] as? [[String: Any]])?.first?["entries"] as? [[String: Any]])
      let found = entries.map { $0["value"] }
      #expect(found[0] is NSNull && found[1] is NSNull && found[2] is NSNull && found[11] is NSNull)
      #expect(found[3] as? Int64 == 1 << 53 && found[4] as? String == "9007199254740993")
      #expect(found[5] as? String == "18446744073709551615" && found[6] as? String == "-9223372036854775808")
      #expect(
        found[7] as? Double == 0.1 && found[8] as? Double == Double.leastNonzeroMagnitude
          && found[9] as? Double == 1e300)
      #expect(text.contains("\"value\": 0.10000000149011612\n"))
    }
  }

  @Test("Columns of NaN, of infinities and of no order have null where there is no number")
  func columns() throws {
    try withTemporaryDirectory { directory in
      let contents = try Contents([
        ("nan", Tensor(vector: [Double.nan, .nan])), ("inf", Tensor(vector: [Float.infinity, 1])),
        ("large", Tensor(vector: [UInt64.max, 0])), ("complex", try Tensor(zeros: .complex64, shape: [2])),
      ])
      let report = try report(try file(contents, in: directory), headOption(2))
      let json = try parsed(report)
      let columns = try #require(json["columns"] as? [[String: Any]])
      let statistics = columns.map { $0["statistics"] as? [String: Any] }
      #expect(statistics[0]?["min"] is NSNull && statistics[0]?["mean"] is NSNull && statistics[0]?["nan"] as? Int == 2)
      #expect(
        statistics[1]?["max"] is NSNull && statistics[1]?["mean"] as? Double == 1
          && statistics[1]?["infinite"] as? Int == 1)
      #expect(statistics[2]?["max"] as? String == "18446744073709551615")
      #expect(statistics[3] == nil)
      #expect(TextRendering().text(of: report).contains("inf"))
    }
  }

  @Test("Samples hold every number of their rows")
  func samples() throws {
    let json = try parsed(try report(rllib(dumps[1]), headOption(2)))
    let sample = try #require((json["samples"] as? [[String: Any]])?.first)
    #expect(sample["steps"] as? [Int] == [1519, 1520])
    let observations = try #require((sample["columns"] as? [[String: Any]])?.first?["values"] as? [[Double]])
    #expect(observations[0].map { Float($0) } == [-0.03124447, -0.035169717, -0.04878471, 0.035214644])
  }

  private func headOption(_ count: Int) -> ReportOptions {
    var options = ReportOptions()
    options.head = count
    return options
  }
}
