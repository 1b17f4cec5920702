import ForeignFormats
import Inspection
import Testing

@Suite struct GoldenTests {
  @Test("Dumps of RLlib are shown as the golden files say", arguments: dumps)
  func dumpText(name: String) throws {
    var options = ReportOptions()
    options.head = 3
    options.tail = 2
    options.episode = "1"
    let report = try report(rllib(name), options)
    try expectGolden(TextRendering().text(of: report), name + ".txt")
    if name == dumps[1] { try expectGolden(JSONRendering().text(of: report), name + ".json") }
  }

  @Test("A checkpoint directory is shown as the golden files say", arguments: [60, 100, 200])
  func checkpointText(width: Int) throws {
    let report = try report(rllib("checkpoint_dqn_cartpole_iteration_4"))
    try expectGolden(TextRendering(width: width).text(of: report), "checkpoint-\(width).txt")
    if width == 100 { try expectGolden(JSONRendering().text(of: report), "checkpoint.json") }
  }

  @Test("The complete state of a checkpoint directory is shown as the golden file says")
  func completeCheckpoint() throws {
    var options = ReportOptions()
    options.state = .complete
    let report = try report(rllib("checkpoint_dqn_cartpole_iteration_4"), options)
    try expectGolden(TextRendering(detail: .complete).text(of: report), "checkpoint-complete.txt")
  }

  @Test("A dump as plain MessagePack is shown as a tree")
  func plainDump() throws {
    let state = try SavedState.open(rllib(dumps[2]), as: .plainMessagePack)
    try expectGolden(TextRendering().text(of: try Report(of: state)), "plain.txt")
  }
}
