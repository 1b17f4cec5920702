import FileSystems
import SystemPackage
import Testing

@testable import Training

@Suite struct ErrorMessageTests {
  struct Reason: Error, CustomStringConvertible { let description: String }

  static let messages: [(TrainingError, String)] = [
    (
      .callback(name: "Plot", event: .onTrainResult, underlying: Reason(description: "no screen")),
      "the callback Plot failed at on_train_result: no screen"
    ),
    (
      .callbackSettings(name: "Plot", reason: "no key every"),
      "the settings of the callback Plot cannot be read: no key every; correct them or give the callbacks anew"
    ),
    (
      .unfitForCallback(found: "CartPole", expected: "Acrobot-v1"),
      "the environment is a CartPole, expected Acrobot-v1; train on that, or leave the callback away"
    ),
    (
      .unknownSetting("learning_rte", nearest: "lr", known: []),
      "there is no setting \"learning_rte\"; did you mean \"lr\"?"
    ),
    (.unknownSetting("x", nearest: nil, known: ["a", "b"]), "there is no setting \"x\"; the settings are a, b"),
    (
      .invalidSetting(name: "lr", found: "-1.0", expected: "a number above 0"),
      "the setting lr is -1.0, expected a number above 0"
    ),
    (
      .fixedSetting(name: "env", component: "env_runner", saved: "A", now: "B"),
      "the setting env was A and is to be B, but the restored env_runner keeps its own; leave the setting as it was or "
        + "restore without env_runner"
    ),
    (.unsuitableEnvironment("A", reason: "no"), "the environment A does not suit the algorithm: no"),
    (
      .wrongAlgorithm(expected: "DQN", found: "PPO"),
      "the configuration is that of the algorithm PPO, expected DQN; restore it with its own algorithm"
    ),
    (
      .unsupported(algorithm: "Search", what: "has no policy", remedy: "give it one"),
      "Search has no policy; give it one"
    ),
    (.thrownElsewhere("no screen"), "no screen"),
    (.dryRun, "the run was restored to be looked at only; restore it without the dry run to train or save it"),
    (
      .brokenRun("boom"),
      "the run stopped half way through an iteration and cannot go on or be saved: boom; restore its last checkpoint"
    ),
    (
      .saveFailed(.checkpoint, "runs/a/checkpoint_000004", iteration: 4, underlying: Reason(description: "no power")),
      "the checkpoint runs/a/checkpoint_000004 of iteration 4 was not saved: no power; what was saved before it is as it "
        + "was, and the run can go on and save again"
    ),
    (
      .notVerified(reason: "one byte"), "it was written and synced, and is damaged: one byte; look after the disk"
    ),
    (
      .dumpExists("d"),
      "the dump d exists already and is never overwritten; dump into another directory or move it away"
    ),
    (
      .unusableDump("d", reason: "cut", before: "c"),
      "the dump d cannot be joined: cut; join the newest one before it with --buffer c"
    ),
    (
      .unusableDump("d", reason: "cut", before: nil),
      "the dump d cannot be joined: cut; join another one with --buffer, or begin with an empty replay buffer with --without replay_buffer"
    ),
    (
      .noDump("buffers", iteration: 3),
      "buffers holds no dump of iteration 3 or before; join one from elsewhere with --buffer, or begin with an empty replay "
        + "buffer with --without replay_buffer"
    ),
    (
      .experimentWentOn("runs/a", iteration: 6, here: 4),
      "another run went on in runs/a to iteration 6, this one stands at 4; restore it into a new directory"
    ),
    (.brokenInvariant("2 is 3"), "this must not be: 2 is 3; it is a mistake in rlbuf, or the state is damaged"),
  ]

  @Test(arguments: messages)
  func `a message says what, where and how to go on`(_ error: TrainingError, _ message: String) {
    #expect(error.description == message)
  }

  @Test func `a failed call on a file speaks for itself`() {
    let error = FileSystemError(.open, "a", code: .permissionDenied)
    #expect(TrainingError.fileSystem(error).description == error.description)
  }
}
