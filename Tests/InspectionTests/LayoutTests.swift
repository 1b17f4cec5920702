import BufferFiles
import FileSystemsTestSupport
import ForeignFormats
import StateTree
import SystemPackage
import Testing

@testable import Inspection

@Suite struct LayoutTests {
  @Test("Numbers are written for people")
  func numbers() {
    #expect(NumberText.count(0) == "0" && NumberText.count(-1_234_567) == "-1,234,567")
    #expect(NumberText.count(Int64.min) == "-9,223,372,036,854,775,808")
    #expect(
      [0, 999, 1000, 521_913, 5_629_930, 999_950].map(NumberText.bytes)
        == ["0 bytes", "999 bytes", "1.0 kB", "521.9 kB", "5.6 MB", "1.0 MB"])
    #expect(
      [0, 1, -0.5, 0.1, 38.16923, 123456, 1234567.9, 12345678.9].map { NumberText.number($0) }
        == ["0", "1", "-0.5", "0.1", "38.169", "123,460", "1,234,600", "1.2346e+07"])
    #expect(
      [1e-4, 0.00012345678, 9.99996e-5, Double.leastNonzeroMagnitude, 1e300, 99999.6].map { NumberText.number($0) }
        == ["0.0001", "0.00012346", "0.0001", "5e-324", "1e+300", "100,000"])
    #expect([Double.nan, .infinity, -.infinity].map { NumberText.number($0) } == ["NaN", "inf", "-inf"])
    #expect(NumberText.share(1, of: 3) == "33.3 %" && NumberText.share(1, of: 1_000_000) == "<0.1 %")
  }

  @Test("Points in time are ISO 8601, at either end of time too")
  func times() {
    #expect(ISO8601.text(seconds: 0) == "1970-01-01T00:00:00Z")
    #expect(ISO8601.text(seconds: 951_782_400) == "2000-02-29T00:00:00Z")
    #expect(ISO8601.text(seconds: -1, nanoseconds: 250_000_000) == "1969-12-31T23:59:59.25Z")
    #expect(ISO8601.text(seconds: 1_763_838_300) == "2025-11-22T19:05:00Z")
    #expect(
      ISO8601.text(seconds: .min).hasPrefix("-292277022657-") && ISO8601.text(seconds: .max).hasPrefix("292277026596-"))
  }

  @Test("Histograms are bars, at most sixteen")
  func sparklines() {
    var histogram = Histogram()
    #expect(Sparkline.text(histogram) == "")
    histogram.add([0, 1, 1, 1])
    #expect(Sparkline.text(histogram) == "▃▁▁▁▁▁▁▁█")
    histogram.add((0..<1000).map { Double($0) })
    #expect((8...16).contains(Sparkline.text(histogram).count))
  }

  @Test("Widths count wide characters twice and marks not at all")
  func widths() {
    #expect(TerminalText.width("観測") == 4 && TerminalText.width("e\u{301}") == 1 && TerminalText.width("🎮") == 2)
    #expect(TerminalText.shortened("encoder.net.mlp.0.weight", to: 11) == "encod…eight")
    #expect(TerminalText.width(TerminalText.shortened("観測観測観測", to: 6)) <= 6)
    #expect(TextPage.wrapped("one two three", to: 7) == ["one two", "three"])
    #expect(TextPage.wrapped("abcdefghij", to: 4) == ["abcd", "efgh", "ij"])
  }

  @Test("No line but the path is wider than asked", arguments: [60, 100, 200])
  func noWiderThanAsked(width: Int) throws {
    var options = ReportOptions()
    options.head = 3
    options.episode = "2"
    options.state = .complete
    for (name, options) in [(dumps[1], options), ("checkpoint_dqn_cartpole_iteration_4", ReportOptions())] {
      let text = TextRendering(width: width, detail: .complete).text(of: try report(rllib(name), options))
      for line in text.split(separator: "\n").dropFirst() {
        #expect(TerminalText.width(String(line)) <= width, "\(line)")
      }
    }
  }

  @Test("The columns of a table begin and end at the same place in every row", arguments: [60, 100, 200])
  func aligned(width: Int) {
    var table = TextTable([
      .init(title: "name", minimumWidth: 6), .init(title: "value", alignment: .right),
      .init(title: "x", dispensability: 1),
    ])
    for (name, value) in [
      ("観測", "1"), ("a much longer name than fits into a narrow table of sixty", "22,222"), ("b", "-3.5"),
    ] {
      table.append([name, value, String(repeating: "▁", count: 16)])
    }
    let lines = table.laidOut(width: width).rows
    #expect(Set(lines.map(TerminalText.width)).count == 1 && TerminalText.width(lines[0]) <= width)
  }

  @Test("A file with 300 columns folds them, and shows each that is asked for")
  func manyColumns() throws {
    try withTemporaryDirectory { directory in
      let contents = try Contents((0..<300).map { ("column_\($0)", Tensor(vector: [Float($0), 1])) })
      let path = try file(contents, in: directory)
      var options = ReportOptions()
      options.head = 2
      let opened = try SavedState.open(path)
      let report = try Inspection.Report(of: opened, options: options)
      let folded = TextRendering().text(of: report)
      #expect(folded.contains("… 260 more columns") && folded.split(separator: "\n").count < 80)
      #expect(folded.split(separator: "\n").dropFirst().allSatisfy { TerminalText.width(String($0)) <= 100 })
      #expect(TextRendering(detail: .complete).text(of: report).contains("column_299"))
      #expect((try parsed(report)["columns"] as? [Any])?.count == 300)
      options.columns = ["column_7"]
      let one = TextRendering().text(of: try Inspection.Report(of: opened, options: options))
      #expect(one.contains("columns: 1 of 300") && one.contains("column_7"))
    }
  }

  @Test("A buffer without rows says so")
  func empty() throws {
    try withTemporaryDirectory { directory in
      let contents = try Contents([("obs", try Tensor(zeros: .float32, shape: [0, 4]))])
      let report = try report(try file(contents, in: directory))
      let text = TextRendering().text(of: report)
      #expect(
        text.contains("steps      none") && text.contains("obs")
          && !text.contains("NaN  histogram  bytes\n  obs  float32  [4]    0"))
      #expect((try parsed(report)["steps"] as? [String: Any])?["count"] as? Int == 0)
    }
  }

  @Test("A file of state without rows is shown by counters and outline")
  func stateFile() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("state.msgpack.zst")
      let writer = try BufferFileWriter.create(at: path, header: FileHeader(content: .state, provenance: ["run": "a"]))
      let weights = StateValue.tensor(Tensor(vector: [Float](repeating: 1, count: 40)))
      try writer.finish(state: ["iteration": 1_234_567, "network": ["weight": weights, "name": "q\u{1b}[2J"]])
      let report = try report(path)
      let text = TextRendering().text(of: report)
      #expect(text.contains("state without rows, rlbuf file, format 1") && text.contains("iteration  1,234,567"))
      #expect(text.contains("network/weight  float32 [40]") && !text.contains("\u{1b}"))
      let json = try parsed(report)
      #expect(json["kind"] as? String == "state")
      #expect((json["counters"] as? [String: Any])?["iteration"] as? Int == 1_234_567)
    }
  }
}
