import BufferFiles
import Checkpoints
import FileSystemsTestSupport
import ForeignFormats
import Foundation
@testable import Inspection
import MessagePack
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite struct CheckpointTests {
  private func checkpoint(_ path: FilePath) throws -> CheckpointReport {
    guard case .checkpoint(let report) = try report(path) else { throw WrongKind() }
    return report
  }

  @Test("A checkpoint directory is reported on as Python sees it")
  func agreesWithPython() throws {
    let report = try checkpoint(rllib("checkpoint_dqn_cartpole_iteration_4"))
    #expect(report.metadata?.rayVersion == "2.60.0" && report.metadata?.checkpointVersion == "2.1")
    #expect(report.files.count == 24 && report.files.count { $0.content == .pickle } == 8)
    let module = try #require(report.modules.first)
    #expect(report.modules.count == 1 && module.module == "default_policy" && module.parameters.count == 20)
    #expect(module.parameterCount == 135_690)
    let weight = module.parameters[0]
    #expect(weight.name == "encoder.net.mlp.0.weight" && weight.tensor.shape == [256, 4])
    let optimizer = try #require(report.optimizers.first)
    #expect(optimizer.steps == 3001 && optimizer.tensorCount == 8 && optimizer.slots == ["exp_avg", "exp_avg_sq"])
    #expect(optimizer.groups.first?.settings.first?.value == .float64(0.0005))
    let counters = Dictionary(report.counters.map { ($0.name, $0.value) }) { first, _ in first }
    #expect(counters["training_iteration"] == .int(4) && counters["num_env_steps_sampled_lifetime"] == .int(4000))
    #expect(counters["env_runners/num_episodes_lifetime"] == .float64(128))
    #expect(report.metrics.count == 162 && report.embeddedPickles.isEmpty && report.problems.isEmpty)
  }

  @Test("One component of a checkpoint directory is a checkpoint too")
  func component() throws {
    let whole = rllib("checkpoint_dqn_cartpole_iteration_4")
    let report = try checkpoint(whole.appending("learner_group/learner/rl_module/default_policy"))
    #expect(report.modules.map(\.module) == ["default_policy"])
  }

  @Test("Options that ask for rows are refused where there are none, with the remedy")
  func noRows() throws {
    let path = rllib("checkpoint_dqn_cartpole_iteration_4")
    var options = ReportOptions()
    options.episode = "3"
    #expect(throws: InspectionError.noRows(path, asked: "the episode \"3\"")) { try report(path, options) }
  }
}

@Suite struct InspectionErrorTests {
  static let path = FilePath("runs/a.msgpack")

  @Test(
    "Every message says what, where and how to go on",
    arguments: [
      (
        InspectionError.unknownColumn(path, name: "ob", known: ["obs", "actions"]),
        "runs/a.msgpack has no column \"ob\"; its columns are obs, actions"
      ),
      (
        .noRows(path, asked: "the episode \"3\""),
        "runs/a.msgpack holds no rows, so that the episode \"3\" cannot be shown; leave the option away"
      ),
      (
        .noSuchSteps(path, asked: 0..<5, stored: 10..<20),
        "runs/a.msgpack holds none of the steps 0..<5; its steps lie in 10..<20"
      ),
      (.noSuchSteps(path, asked: 0..<5, stored: 0..<0), "runs/a.msgpack holds no step at all; leave the option away"),
      (
        .unknownEpisode(path, name: "x", matches: 0, count: 3),
        "runs/a.msgpack has no episode \"x\"; name an id, the beginning of one, or a number in 0..<3"
      ),
      (.unknownEpisode(path, name: "x", matches: 0, count: 0), "runs/a.msgpack has no episodes, so none can be shown"),
      (
        .unknownEpisode(path, name: "1", matches: 2, count: 3),
        "runs/a.msgpack has 2 episodes whose id begins with \"1\"; give more of it"
      ),
      (.unreadable(path, reason: "no"), "runs/a.msgpack: its rows cannot be read: no"),
      (.noRows("a\u{1b}\n", asked: "x"), "a\\u{1b}\\u{a} holds no rows, so that x cannot be shown; leave the option away"),
      (
        .notComparable(
          old: .init(path: "a", what: "a replay buffer"), new: .init(path: "b", what: "a checkpoint of RLlib")),
        "a is a replay buffer and b is a checkpoint of RLlib; compare two replay buffers or two trees of state"
      ),
      (
        .checkpoint(.notExperiment(path)),
        "runs/a.msgpack is neither an experiment nor a checkpoint; give a directory that \"rlbuf train\" wrote, "
          + "or look for one with \"rlbuf ls\""
      ),
      (
        .noSingleBuffer(path, buffers: []),
        "runs/a.msgpack holds no replay buffer to compare; compare it with a checkpoint or an experiment"
      ),
      (
        .noSingleBuffer(path, buffers: ["a", "b"]),
        "runs/a.msgpack holds 2 replay buffers, a, b; compare it with a checkpoint or an experiment"
      ),
      (.bufferFile(.noRows(path)), "runs/a.msgpack holds state and no rows; read its state"),
      (
        .replayBuffer(path, .emptyBuffer),
        "runs/a.msgpack: the buffer holds no step to sample; add steps before sampling"
      ),
    ])
  func messages(error: InspectionError, message: String) {
    #expect(error.description == message)
  }

  @Test("Options that ask for what is not there are refused")
  func refusals() throws {
    let path = rllib(dumps[1])
    var options = ReportOptions()
    options.columns = ["nothing"]
    #expect(
      throws: InspectionError.unknownColumn(
        path, name: "nothing", known: ["obs", "actions", "rewards", "weights_seq_no"])
    ) {
      try report(path, options)
    }
    options = ReportOptions()
    options.steps = 0..<10
    #expect(throws: InspectionError.noSuchSteps(path, asked: 0..<10, stored: 1519..<4000)) { try report(path, options) }
    options = ReportOptions()
    options.episode = "zz"
    #expect(throws: InspectionError.unknownEpisode(path, name: "zz", matches: 0, count: 65)) {
      try report(path, options)
    }
  }

  @Test("An episode is found by its id, the beginning of its id and its position")
  func episodes() throws {
    for name in ["0", "1905e720599c4b60b9c27176d838e6f3", "1905e7"] {
      var options = ReportOptions()
      options.episode = name
      let sample = try #require(try bufferReport(rllib(dumps[1]), options).samples.first)
      guard case .episode(let episode, let index) = sample.selection else { throw WrongKind() }
      #expect(episode.id == "1905e720599c4b60b9c27176d838e6f3" && index == 0 && sample.count == 57)
    }
  }
}
