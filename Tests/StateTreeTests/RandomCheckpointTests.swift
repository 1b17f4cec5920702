import StateTree
import Testing

@Suite("PCG64 in a checkpoint")
struct RandomCheckpointTests {
  static func midStream() -> PCG64 {
    var random = PCG64(seed: 99)
    _ = random.random(count: 5)
    _ = random.nextUInt32()
    return random
  }

  @Test("the state is numpy's bit_generator.state with decimal texts")
  func layout() throws {
    let random = Self.midStream()
    guard case .map(let map) = random.state else {
      Issue.record("not a map")
      return
    }
    #expect(map.keys == ["bit_generator", "state", "has_uint32", "uinteger"])
    #expect(map["has_uint32"] == 1)
    #expect(map["uinteger"] == .integer(random.position.bufferedWord))
    #expect(random.state["state"]?["inc"] == .string(String(random.position.increment)))
  }

  @Test("a stream continues from bytes with its buffered half word")
  func roundTrip() throws {
    var straight = Self.midStream()
    var restored = PCG64(seed: 0)
    try restored.restore(from: StateValue(decoding: straight.state.encoded()))
    try restored.checkInvariants()
    #expect(restored == straight)
    #expect(restored.position.hasBufferedWord)
    #expect(restored.nextUInt32() == straight.nextUInt32())
    #expect(restored.random(count: 9) == straight.random(count: 9))
    #expect(restored.state == straight.state)
  }

  private static func altered(_ change: (inout StateMap, inout StateMap) -> Void) -> StateValue {
    guard case .map(var map) = midStream().state, case .map(var words)? = map["state"] else { return nil }
    change(&map, &words)
    if map["state"] != Optional<StateValue>.none { map["state"] = .map(words) }
    return .map(map)
  }

  static let refusals: [(StateValue, StateTreeError)] = [
    (nil, .wrongType(path: "generator", expected: "a map", found: "nil")),
    (
      altered { map, _ in map["bit_generator"] = "MT19937" },
      .invalidValue(path: "generator/bit_generator", found: "MT19937", expected: "PCG64")
    ),
    (altered { map, _ in map["state"] = nil }, .missingKey(path: "generator/state")),
    (altered { _, words in words["inc"] = nil }, .missingKey(path: "generator/state/inc")),
    (
      altered { _, words in words["state"] = 5 },
      .wrongType(path: "generator/state/state", expected: "a string", found: "integer")
    ),
    (altered { _, words in words["inc"] = "4" }, .evenIncrement(4)),
    (
      altered { map, _ in map["uinteger"] = 4_294_967_296 },
      .invalidValue(path: "generator/uinteger", found: "4294967296", expected: "32 bits")
    ),
    (
      altered { map, _ in map["uinteger"] = -1 },
      .invalidValue(path: "generator/uinteger", found: "-1", expected: "32 bits")
    ),
    (
      altered { map, _ in map["has_uint32"] = 2 },
      .invalidValue(path: "generator/has_uint32", found: "2", expected: "0 or 1")
    ),
  ]

  @Test("a state that is not one of PCG64 is refused and changes nothing", arguments: refusals.indices)
  func refused(_ index: Int) {
    let (state, error) = Self.refusals[index]
    var random = PCG64(seed: 1)
    #expect(throws: error) { try random.restore(from: state) }
    #expect(random == PCG64(seed: 1))
  }

  @Test(
    "numbers that are not 128 bits in decimal are refused",
    arguments: [
      "", "+5", "-5", "05", " 5", "5 ", "0x5", "5.0", "1e3", "abc", "\u{665}",
      "340282366920938463463374607431768211456",
    ])
  func badDecimals(_ text: String) {
    var random = PCG64(seed: 1)
    let error = StateTreeError.invalidValue(
      path: "generator/state/state", found: text, expected: "128 bits in decimal")
    #expect(throws: error) {
      try random.restore(from: Self.altered { _, words in words["state"] = .string(text) })
    }
  }

  @Test("the largest state is accepted")
  func largest() throws {
    let position = PCG64.Position(state: .max, increment: .max, hasBufferedWord: true, bufferedWord: .max)
    let random = try PCG64(position: position)
    var restored = PCG64(seed: 1)
    try restored.restore(from: random.state)
    #expect(restored.position == position)
  }
}
