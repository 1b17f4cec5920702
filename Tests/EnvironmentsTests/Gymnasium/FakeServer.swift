import StateTree

@testable import Environments

/// A Python program of its standard library alone, which does one thing after each request.
struct FakeServer {
  /// What it does once a request has come.
  enum Deed {
    case answer(StateValue)
    /// Sends these bytes, with their length before them.
    case bytes([UInt8])
    /// Sends these bytes and no length.
    case bare([UInt8])
    /// Answers with the request itself, in hexadecimal digits, as if it had failed.
    case repeatRequest
    /// A line of Python.
    case python(String)

    fileprivate var line: String {
      switch self {
      case .answer(let value): "send(bytes.fromhex('\(hexadecimal((try? value.encoded()) ?? []))'))"
      case .bytes(let bytes): "send(bytes.fromhex('\(hexadecimal(bytes))'))"
      case .bare(let bytes): "os.write(0, bytes.fromhex('\(hexadecimal(bytes))'))"
      case .repeatRequest:
        "text = request.hex().encode(); "
          + "send(b'\\x82\\xa4kind\\xa6failed\\xa5error\\xda' + struct.pack('>H', len(text)) + text)"
      case .python(let line): line
      }
    }
  }

  let deeds: [Deed]

  /// The answer to `make`: 3 observations, 2 actions.
  static let made = Deed.answer([
    "observation_space": Space.discrete(count: 3).state, "action_space": Space.discrete(count: 2).state,
    "python": "3.0", "gymnasium": "0.0",
  ])

  static func observation(_ number: Int64) -> StateValue { ["observation": .tensor(scalar(number))] }

  static func step(_ number: Int64, reward: Double = 1, isLast: Bool = false) -> StateValue {
    [
      "observation": .tensor(scalar(number)), "reward": .double(reward), "terminated": .bool(isLast),
      "truncated": false,
    ]
  }

  /// An environment that is served by these deeds, the answer to `make` before them.
  static func environment(
    after deeds: Deed..., answerTimeout: Duration = .seconds(60)
  ) throws -> GymnasiumEnvironment {
    try environment([made] + deeds, answerTimeout: answerTimeout)
  }

  static func environment(
    _ deeds: [Deed], arguments: StateMap = [:], answerTimeout: Duration = .seconds(60)
  ) throws -> GymnasiumEnvironment {
    try GymnasiumEnvironment(
      "Fake-v0", arguments: arguments, python: "python3", answerTimeout: answerTimeout,
      program: FakeServer(deeds: deeds).program)
  }

  var program: String {
    """
    import os, signal, struct

    def read(count):
        data = b""
        while len(data) < count:
            part = os.read(0, count - len(data))
            if not part:
                os._exit(0)
            data += part
        return data

    def send(data):
        os.write(0, struct.pack("<I", len(data)) + data)

    \(deeds.map { "request = read(struct.unpack('<I', read(4))[0]); \($0.line)" }.joined(separator: "\n"))
    """
  }

  /// Whether there is a `python3` on the path.
  static let isThere = (try? process("")) != nil

  /// A Python that runs a program.
  static func process(_ program: String) throws -> ChildProcess {
    try ChildProcess(["python3", "-c", program], maximumMessageBytes: PythonConversation.maximumMessageBytes)
  }

  /// The bytes of hexadecimal digits.
  static func bytes(_ digits: some StringProtocol) -> [UInt8] {
    let digits = digits.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
