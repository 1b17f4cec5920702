import StateTree
import Testing

/// The letter é as one scalar, and as e with an accent: equal to Swift, different bytes.
let composed = "\u{e9}"
let decomposed = "e\u{301}"

@Suite("State keys and maps")
struct StateMapTests {
  @Test("a key is its bytes")
  func keyIdentity() {
    #expect(composed == decomposed)
    #expect(StateKey(composed) != StateKey(decomposed))
    #expect(Set([StateKey(composed), StateKey(decomposed), StateKey(composed)]).count == 2)
    #expect(StateKey(decomposed) < StateKey(composed))
    #expect(!(StateKey("a") < "a") && StateKey("") < "a" && StateKey("a") < "ab")
    #expect(StateKey("weights").description == "weights")
  }

  @Test("a map keeps the order in which keys were set")
  func order() {
    var map: StateMap = ["b": 1, "a": 2]
    map["c"] = 3
    map["b"] = 4
    #expect(map.keys == ["b", "a", "c"])
    #expect(map.map(\.value) == [4, 2, 3])
    #expect(map[1].key == "a" && map[1].value == 2)
    #expect(map.count == 3)
  }

  @Test("keys that only look equal are two")
  func canonicalTwins() {
    var map = StateMap()
    map[StateKey(composed)] = 1
    map[StateKey(decomposed)] = 2
    #expect(map.count == 2)
    #expect(map[StateKey(composed)] == 1 && map[StateKey(decomposed)] == 2)
  }

  @Test("setting nil removes a key, setting the value nil keeps it")
  func removal() {
    var map: StateMap = ["a": 1, "b": 2, "c": 3]
    map["b"] = nil
    #expect(map.keys == ["a", "c"])
    map["a"] = .some(.nil)
    #expect(map.keys == ["a", "c"])
    #expect(map["a"] == .some(.nil) && map["b"] == Optional<StateValue>.none)
    map["b"] = 5
    #expect(map.keys == ["a", "c", "b"])
  }

  @Test("maps are equal regardless of order, and only then")
  func equality() {
    let map: StateMap = ["a": 1, "b": [2, nil]]
    let turned: StateMap = ["b": [2, nil], "a": 1]
    #expect(map == turned)
    #expect(map.hashValue == turned.hashValue)
    #expect(map != ["a": 1])
    #expect(map != ["a": 1, "c": [2, nil]])
    #expect(map != ["a": 1, "b": [nil, 2]])
    #expect(StateMap([("x", nil)]) != StateMap())
    #expect(StateMap(minimumCapacity: 8) == StateMap())
  }
}

@Suite("State values")
struct StateValueTests {
  static let distinct: [StateValue] = [
    nil, false, true, 0, 1, .int(.min), .int(.max), .unsigned(.max), .unsigned(1 << 63), 0.0, -0.0, 1.0,
    .double(.infinity),
    .double(Double(bitPattern: 0x7ff8_0000_0000_0000)), .double(Double(bitPattern: 0x7ff8_0000_0000_0001)),
    .double(Double(bitPattern: 0x7ff0_0000_0000_0001)), "", "a", .string(composed), .string(decomposed), .bytes([]),
    .bytes([97]), [], [nil], [[]], [:], ["a": 1], ["a": 1.0], .tensor(Tensor(vector: [1.0])),
    .tensor(Tensor(vector: [1 as Int64])),
  ]

  @Test("a value equals itself and nothing else")
  func distinctness() {
    for (index, a) in Self.distinct.enumerated() {
      for (other, b) in Self.distinct.enumerated() {
        #expect((a == b) == (index == other), "\(a) and \(b)")
      }
    }
    #expect(Set(Self.distinct).count == Self.distinct.count)
  }

  @Test("an unsigned that fits the signed type equals it")
  func unsigned() {
    #expect(StateValue.unsigned(7) == 7 && StateValue.int(7) == .unsigned(7))
    #expect(StateValue.unsigned(7).hashValue == StateValue.int(7).hashValue)
    #expect(StateValue.unsigned(.max) != -1)
  }

  @Test("integers of any type have one representation")
  func integers() {
    let values: [StateValue] = [
      .integer(-1 as Int8), .integer(UInt64(5)), .integer(UInt64.max), .integer(Int128(1) << 63),
    ]
    #expect(values == [-1, 5, .unsigned(.max), .unsigned(1 << 63)])
    guard case .int(5) = values[1] else {
      Issue.record("5 is not int")
      return
    }
  }

  @Test("a map is looked up by key, other values have none")
  func lookup() {
    let value: StateValue = ["a": ["b": 2]]
    #expect(value["a"]?["b"] == 2)
    #expect(value["b"] == Optional<StateValue>.none)
    #expect(StateValue.int(1)["a"] == Optional<StateValue>.none)
  }

  @Test("every value has a type name")
  func typeNames() {
    let values: [StateValue] = [
      nil, true, 1, .unsigned(.max), 1.5, "a", .bytes([]), [], [:], .tensor(Tensor(vector: [1.0])),
    ]
    #expect(
      values.map(\.typeName) == [
        "nil", "bool", "integer", "integer", "double", "string", "bytes", "array", "map", "tensor",
      ])
  }
}
