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
    (
      .brokenInvariant(environment: "CartPole-v1", reason: "the physics are not finite: [nan]"),
      "the state of CartPole-v1 is inconsistent: the physics are not finite: [nan]; "
        + "take the state from an intact checkpoint or call reset"
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
