import Algorithms
import Environments
import FileSystemsTestSupport
import Foundation
@testable import RunnerTestProgram
import StateTree
import SystemPackage
import Testing
@testable import Training

/// What cannot be run in processes is told when the algorithm is built.
@Suite struct BuildingTests {
  private static let remedy = "; env_runner_failure and env_runner_error say what happens to such runners"

  private func message(_ config: DQNConfig) -> String {
    do {
      _ = try config.build(services: quietServices())
      return "built"
    } catch { return "\(error)" }
  }

  @Test func `closures and callbacks that cannot travel are refused with the remedy`() {
    struct Private: Callback {}
    struct Deaf: Callback {
      let listensToRunners = false
    }
    let start = "the setting env_runner_placement is processes, expected threads, because "
    #expect(
      message(smallDQN().processes().callbacks(onEpisodeEnd: { _ in }))
        == start + "a closure at on_episode_end cannot go there; make it a SavedCallback")
    #expect(
      message(smallDQN().processes().callbacks(Private()))
        == start + "the callback Private cannot go there; make it a SavedCallback, or let its listensToRunners be false")
    let evaluating = smallDQN().processes(runners: 0).evaluation(runners: 1).callbacks(onSampleEnd: { _ in })
    #expect(message(evaluating) == start + "a closure at on_sample_end cannot go there; make it a SavedCallback")
    // What the algorithm alone hears stays here.
    #expect(message(smallDQN().processes().callbacks(Deaf(), onTrainResult: { _ in })) == "built")
  }

  /// What comes of a script in place of the program. Scripts are there before: one that was just written cannot be run
  /// while another thread starts a process, which has it open for a moment.
  private func message(impostor name: String) -> String {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Impostors/\(name)")
    return message(smallDQN().processes().envRunners(program: FilePath(script.path)))
  }

  @Test func `a program that is no runner is told from one`() {
    #expect(
      message(impostor: "ends") == "runner 1 failed: its process ended with exit code 7 before it was ready; "
        + "a program with runners in processes calls EnvRunnerProcess.serveIfAsked first of all" + Self.remedy)
    #expect(
      message(impostor: "long") == "runner 1 failed: a message has 2054847098 bytes, expected at most 1073741824"
        + Self.remedy)
    #expect(
      message(impostor: "nil") == "runner 1 failed: it sent what is no answer: state is nil, expected a map; the state "
        + "was written by another version or another kind of object" + Self.remedy)
    #expect(
      message(smallDQN().processes().envRunners(program: "/nowhere/at-all"))
        == "runner 1 failed: /nowhere/at-all cannot be started: No such file or directory" + Self.remedy)
  }

  @Test func `an environment, an algorithm or a callback that the program does not know is told`() throws {
    struct Unknown: SavedCallback { static let registeredName = "unknown" }
    var catalogue = EnvironmentCatalogue()
    try catalogue.add("Mine-v0") { CartPole() }
    try catalogue.add("throwing:5") { Pendulum() }
    let text = message(smallDQN().processes().environment("Mine-v0", in: catalogue))
    #expect(text.hasPrefix("runner 1 failed: there is no environment \"Mine-v0\""), "\(text)")
    #expect(
      message(smallDQN().processes().callbacks(Unknown())) == "runner 1 failed: the settings of the callback unknown "
        + "cannot be read: EnvRunnerProcess.serveIfAsked was given no registry that knows it; correct them or give the "
        + "callbacks anew" + Self.remedy)
    let other = PPOConfig().processes().environment("throwing:5", in: catalogue)
    let error = #expect(throws: TrainingError.self) { try other.build(services: quietServices()) }
    #expect(error.map { "\($0)" }?.hasPrefix(
      "the environment throwing:5 does not suit the algorithm: in the process of a runner it has obs ") == true)
  }

  @Test func `a program that forgets to serve does not start itself without end`() throws {
    let (process, output) = try TestProgram.start("once", [RunnerTestProgram.forgetfulVariable: "1"])
    let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 7)
    let reason = "this process was started to be a runner and runs the program's main; "
      + "EnvRunnerProcess.serveIfAsked must be called first"
    #expect(text.contains(reason))
    #expect(text.contains("runner 1 failed: its process ended with exit code 7 before it was ready; "))
  }
}
