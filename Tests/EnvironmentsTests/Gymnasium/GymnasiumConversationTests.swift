import Foundation
import StateTree
import Testing

@testable import Environments

@Suite(.enabled(if: FakeServer.isThere, "needs python3 on the path"), .timeLimit(.minutes(10)))
struct `Conversations with an environment in Python` {
  @Test func `Spaces, observations and steps come from the answers`() throws {
    let environment = try FakeServer.environment(
      after: .answer(FakeServer.observation(1)), .answer(FakeServer.step(2, reward: -0.5)),
      .answer(FakeServer.step(0, isLast: true)), .answer(FakeServer.observation(2)))
    #expect(environment.id == "gymnasium:Fake-v0")
    #expect(environment.observationSpace == .discrete(count: 3))
    #expect(environment.actionSpace == .discrete(count: 2))
    #expect(environment.pythonVersion == "3.0")
    #expect(environment.gymnasiumVersion == "0.0")
    #expect(throws: EnvironmentError.notReset(environment: environment.id)) { try environment.step(action(0)) }
    #expect(try environment.reset(seed: 1) == scalar(Int64(1)))
    #expect(
      try environment.step(action(0))
        == EnvironmentStep(observation: scalar(Int64(2)), reward: -0.5, isTerminated: false, isTruncated: false))
    let invalid = EnvironmentError.invalidAction(
      environment: environment.id, found: "2 (int64 [])", expected: "an integer from 0 to 1")
    #expect(throws: invalid) { try environment.step(action(2)) }
    #expect(try environment.step(action(1)).isTerminated)
    #expect(throws: EnvironmentError.episodeEnded(environment: environment.id, steps: 2)) {
      try environment.step(action(0))
    }
    #expect(try environment.reset(seed: nil) == scalar(Int64(2)))
    try environment.checkInvariants()
  }

  @Test func `Requests say what is wanted`() throws {
    let makes = #expect(throws: EnvironmentError.self) {
      try FakeServer.environment([.repeatRequest], arguments: ["frameskip": 4])
    }
    #expect(
      try request(in: makes) == ["call": "make", "id": "Fake-v0", "arguments": ["frameskip": 4]])
    let environment = try FakeServer.environment(
      after: .repeatRequest, .repeatRequest, .answer(FakeServer.observation(0)), .repeatRequest)
    let seeded = #expect(throws: EnvironmentError.self) { try environment.reset(seed: .max) }
    #expect(try request(in: seeded) == ["call": "reset", "seed": .unsigned(.max)])
    let unseeded = #expect(throws: EnvironmentError.self) { try environment.reset(seed: nil) }
    #expect(try request(in: unseeded) == ["call": "reset", "seed": .nil])
    _ = try environment.reset(seed: 0)
    let steps = #expect(throws: EnvironmentError.self) { try environment.step(scalar(Int32(1))) }
    #expect(try request(in: steps) == ["call": "step", "action": .tensor(scalar(Int32(1)))])
  }

  private func request(in error: EnvironmentError?) throws -> StateValue {
    guard case .pythonFailed(_, _, let digits)? = error else { return .nil }
    return try StateValue(decoding: FakeServer.bytes(digits))
  }

  @Test func `After an exception the environment wants a reset and goes on`() throws {
    let environment = try FakeServer.environment(
      after: .answer(FakeServer.observation(1)), .answer(["error": "ValueError: no", "kind": "failed"]),
      .answer(FakeServer.observation(2)), .answer(FakeServer.step(0)))
    _ = try environment.reset(seed: 1)
    let failed = EnvironmentError.pythonFailed(environment: environment.id, call: "step", message: "ValueError: no")
    #expect(throws: failed) { try environment.step(action(0)) }
    #expect(throws: EnvironmentError.notReset(environment: environment.id)) { try environment.step(action(0)) }
    _ = try environment.reset(seed: nil)
    #expect(
      try environment.step(action(0))
        == EnvironmentStep(
          observation: scalar(Int64(0)), reward: 1, isTerminated: false, isTruncated: false))
  }

  @Test func `A Python without gymnasium and a space that is none of ours are told apart`() throws {
    let missing = EnvironmentError.gymnasiumMissing(
      environment: "gymnasium:Fake-v0", python: "python3", reason: "No module named 'gymnasium'")
    #expect(throws: missing) {
      try FakeServer.environment([.answer(["error": "No module named 'gymnasium'", "kind": "missing"])])
    }
    #expect(throws: EnvironmentError.unsupportedSpace(environment: "gymnasium:Fake-v0", space: "Tuple")) {
      try FakeServer.environment([.answer(["error": "Tuple", "kind": "space"])])
    }
  }

  @Test func `A Python that is not there is named`() {
    let error = EnvironmentError.pythonUnavailable(
      environment: "gymnasium:CartPole-v1", python: "/nowhere/python", reason: "No such file or directory")
    #expect(throws: error) { try GymnasiumEnvironment("CartPole-v1", python: "/nowhere/python") }
  }

  static let ends: [(deed: FakeServer.Deed, how: String)] = [
    (.python("os._exit(3)"), "with exit code 3"),
    (.python("os.kill(os.getpid(), signal.SIGKILL)"), "by signal 9 (Killed)"),
    (.python("os.kill(os.getpid(), signal.SIGSEGV)"), "by signal 11 (Segmentation fault)"),
    (.bare([1, 0]), "with exit code 0"),
    (.python("os.close(0); signal.pause()"), "by signal 9 (Killed)"),
  ]

  @Test(arguments: ends.indices) func `A child that ends is noticed and named, again and again`(_ index: Int) throws {
    let (deed, how) = Self.ends[index]
    let environment = try FakeServer.environment(after: .answer(FakeServer.observation(1)), deed)
    _ = try environment.reset(seed: nil)
    let ended = EnvironmentError.pythonEnded(environment: environment.id, call: "step", how: how)
    #expect(throws: ended) { try environment.step(action(0)) }
    #expect(throws: ended) { try environment.reset(seed: nil) }
    #expect(throws: ended) { try environment.checkInvariants() }
  }

  static let nonsense: [(deed: FakeServer.Deed, reason: String)] = [
    (.bytes([]), "the MessagePack data ends early"),
    (.bytes([0xC1]), "0xc1"),
    (.bytes([0x91, 0xC0]), "gymnasium:Fake-v0 is array, expected a map"),
    (.bare([0xFF, 0xFF, 0xFF, 0xFF]), "it has 4294967295 bytes, expected at most 268435456"),
    (.answer([:]), "gymnasium:Fake-v0/observation is missing"),
    (.answer(["observation": 1]), "gymnasium:Fake-v0/observation is integer, expected a tensor"),
    (
      .answer(["observation": .tensor(Tensor(vector: [Float(1)]))]),
      "gymnasium:Fake-v0/observation is float32 [1], expected int64 []"
    ),
    (.answer(["error": 1, "kind": "failed"]), "gymnasium:Fake-v0/error is integer, expected a string"),
  ]

  @Test(arguments: nonsense.indices) func `An answer that is none ends the child`(_ index: Int) throws {
    let (deed, reason) = Self.nonsense[index]
    let environment = try FakeServer.environment(after: deed)
    let error = try #require(throws: EnvironmentError.self) { try environment.reset(seed: nil) }
    guard case .invalidAnswer("gymnasium:Fake-v0", "reset", let found) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(found.contains(reason))
    #expect(throws: error) { try environment.reset(seed: nil) }
  }

  @Test func `A child that hangs is ended when its time is over`() throws {
    let environment = try FakeServer.environment(
      after: .python("signal.pause()"), answerTimeout: .seconds(2))
    let late = EnvironmentError.pythonTimedOut(environment: environment.id, call: "reset", after: .seconds(2))
    #expect(throws: late) { try environment.reset(seed: nil) }
    #expect(throws: late) { try environment.reset(seed: nil) }
  }

  @Test func `A message of megabytes goes and comes whole`() throws {
    let process = try FakeServer.process(FakeServer(deeds: [.python("send(request)")]).program)
    var generator = PCG64(seed: 5)
    let message = (0..<5 << 20).map { _ in UInt8(truncatingIfNeeded: generator.nextUInt32()) }
    try process.socket.send(message, until: .now + .seconds(60))
    #expect(try process.socket.receive(until: .now + .seconds(60)) == message)
  }

  @Test func `A child that does not read is given up too`() throws {
    let process = try FakeServer.process("import signal; signal.pause()")
    #expect(throws: MessageSocket.Failure.timedOut) {
      try process.socket.send([UInt8](repeating: 0, count: 5 << 20), until: .now + .seconds(1))
    }
  }

  @Test func `The state names the environment and restoring wants a reset`() throws {
    let environment = try FakeServer.environment(
      after: .answer(FakeServer.observation(1)), .answer(FakeServer.observation(2)))
    #expect(environment.state == ["environment": "gymnasium:Fake-v0", "gymnasium": "0.0"])
    #expect(environment.inexactBecause?.contains("inside Python") == true)
    #expect(CartPole().inexactBecause == nil)
    _ = try environment.reset(seed: 1)
    try environment.restore(from: environment.state)
    #expect(throws: EnvironmentError.notReset(environment: environment.id)) { try environment.step(action(0)) }
    #expect(try environment.reset(seed: 1) == scalar(Int64(2)))
    let other = EnvironmentError.state(
      .invalidValue(path: "gymnasium:Fake-v0/environment", found: "CartPole-v1", expected: "gymnasium:Fake-v0"))
    #expect(throws: other) { try environment.restore(from: CartPole().state) }
  }

  @Test func `The child ends with its parent, in the middle of a step too`() throws {
    let parent = Process()
    parent.executableURL = URL(filePath: "/usr/bin/env")
    // The child of the child holds the pipe and never reads from its socket: only the watching thread can end it.
    parent.arguments = [
      "python3", "-c",
      """
      import os, socket, subprocess, sys
      ours, theirs = socket.socketpair()
      child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=theirs, stdout=subprocess.PIPE, stderr=1)
      os.write(1, child.stdout.readline())
      os._exit(0)
      """,
      GymnasiumServer.beginning + "print('there', flush=True)\nthreading.Event().wait()",
    ]
    let pipe = Pipe()
    parent.standardOutput = pipe
    try parent.run()
    // The pipe ends once everybody who could write to it is gone.
    let said = try #require(try pipe.fileHandleForReading.readToEnd())
    parent.waitUntilExit()
    #expect(String(decoding: said, as: UTF8.self) == "there\n")
  }
}
