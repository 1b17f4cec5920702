import Environments
import StateTree
import Testing

@Suite("Messages of environment errors")
struct EnvironmentErrorTests {
  static let messages: [(EnvironmentError, String)] = [
    (
      .notReset(environment: "CartPole-v1"),
      "CartPole-v1 has no episode under way; call reset before the first step"
    ),
    (
      .episodeEnded(environment: "CartPole-v1", steps: 17),
      "the episode of CartPole-v1 ended with step 17; call reset before the next step"
    ),
    (
      .invalidAction(environment: "CartPole-v1", found: "2 (int64 [])", expected: "an integer from 0 to 1"),
      "the action for CartPole-v1 is 2 (int64 []), expected an integer from 0 to 1; nothing is converted or clipped"
    ),
    (
      .unknownEnvironment("CartPole", known: ["CartPole-v1", "Corridor-v0"], nearest: "CartPole-v1"),
      "there is no environment \"CartPole\"; the nearest is \"CartPole-v1\"; known are CartPole-v1, Corridor-v0; "
        + "add others to the catalogue with a factory"
    ),
    (
      .unknownEnvironment("Pong-v5", known: [], nearest: nil),
      "there is no environment \"Pong-v5\"; none is known; add others to the catalogue with a factory"
    ),
    (
      .duplicateEnvironment("CartPole-v1"),
      "the catalogue has an environment \"CartPole-v1\" already; give this one an id of its own"
    ),
    (
      .invalidSpace("complex64 has no order"),
      "this makes no space: complex64 has no order"
    ),
    (.invalidMap("there is no goal G"), "this makes no grid world: there is no goal G"),
    (
      .brokenInvariant(environment: "CartPole-v1", reason: "the physics are not finite: [nan]"),
      "the state of CartPole-v1 is inconsistent: the physics are not finite: [nan]; "
        + "take the state from an intact checkpoint or call reset"
    ),
    (
      .pythonUnavailable(environment: "gymnasium:A-v0", python: "python4", reason: "No such file or directory"),
      "gymnasium:A-v0 needs Python, and python4 cannot be started: No such file or directory; "
        + "name a Python that has gymnasium in RLBUF_PYTHON, such as .venv/bin/python"
    ),
    (
      .gymnasiumMissing(environment: "gymnasium:A-v0", python: "python3", reason: "No module named 'gymnasium'"),
      "gymnasium:A-v0 needs gymnasium, and python3 says: No module named 'gymnasium'; run \"python3 -m pip install "
        + "gymnasium\", or name a Python that has gymnasium in RLBUF_PYTHON, such as .venv/bin/python"
    ),
    (
      .unsupportedSpace(environment: "gymnasium:A-v0", space: "Dict"),
      "gymnasium:A-v0 has a space Dict, expected Discrete, Box, MultiBinary or MultiDiscrete; "
        + "wrap it in Python, as with gymnasium.wrappers.FlattenObservation, and register that"
    ),
    (
      .pythonFailed(environment: "gymnasium:A-v0", call: "step", message: "ValueError: no"),
      "step of gymnasium:A-v0 failed in Python: ValueError: no; what it printed is on standard error"
    ),
    (
      .pythonEnded(environment: "gymnasium:A-v0", call: "reset", how: "by signal 9 (Killed)"),
      "the Python of gymnasium:A-v0 ended by signal 9 (Killed) during reset; "
        + "see standard error for its last words, and make the environment anew"
    ),
    (
      .pythonTimedOut(environment: "gymnasium:A-v0", call: "step", after: .seconds(90)),
      "the Python of gymnasium:A-v0 did not answer step within 90.0 seconds and was ended; "
        + "make the environment anew, with a longer answerTimeout if it is slow"
    ),
    (
      .invalidAnswer(environment: "gymnasium:A-v0", call: "step", reason: "reward is missing"),
      "the Python of gymnasium:A-v0 answered step with what is no answer and was ended: reward is missing"
    ),
    (
      .state(.missingKey(path: "CartPole-v1/physics")),
      "CartPole-v1/physics is missing; the state was written by another version or another kind of object"
    ),
  ]

  @Test("each message says what was found and what to do", arguments: messages.indices)
  func message(_ index: Int) {
    let (error, text) = Self.messages[index]
    #expect(error.description == text)
  }
}
