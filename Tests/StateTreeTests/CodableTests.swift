import Foundation
import StateTree
import Testing

@Suite("Codable types as state")
struct CodableTests {
  private func roundTrip<T: Codable & Equatable>(_ value: T, _ state: StateValue) throws {
    let encoded = try StateValue(encoding: value)
    #expect(encoded == state)
    #expect(try encoded.decode(T.self) == value)
  }

  @Test("a whole type comes back, through bytes too")
  func wholeType() throws {
    let learner = Learner()
    let state = try StateValue(encoding: learner)
    #expect(try state.decode() == learner)
    #expect(try StateValue(decoding: state.encoded()).decode(Learner.self) == learner)
  }

  @Test("its state is plain, in coding order, and passes tensors, state and generators through")
  func layout() throws {
    let learner = Learner()
    let state = try StateValue(encoding: learner)
    guard case .map(let map) = state else {
      Issue.record("not a map")
      return
    }
    #expect(
      map.keys == [
        "steps", "seed", "rate", "loss", "name", "last", "mode", "schedules", "metrics", "slots", "weights", "extra",
        "random", "bytes", "holes",
      ])
    #expect(map["weights"] == .tensor(learner.weights))
    #expect(map["extra"] == learner.extra)
    #expect(map["random"] == learner.random.state)
    #expect(map["bytes"] == [1, 2])
    #expect(map["holes"] == [1, nil, 3])
    #expect(map["seed"] == .unsigned(.max))
    #expect(map["mode"] == "evaluate")
    #expect(map["schedules"] == [["constant": ["_0": 0.5]], ["linear": ["from": 1.0, "to": 0.0]], ["off": [:]]])
  }

  @Test("scalars stand for themselves")
  func scalars() throws {
    try roundTrip(true, true)
    try roundTrip("a", "a")
    try roundTrip(Int8.min, -128)
    try roundTrip(UInt8.max, 255)
    try roundTrip(Int16.min, -32768)
    try roundTrip(UInt16.max, 65535)
    try roundTrip(Int32.min, -2_147_483_648)
    try roundTrip(UInt32.max, 4_294_967_295)
    try roundTrip(Int64.min, .int(.min))
    try roundTrip(UInt64.max, .unsigned(.max))
    try roundTrip(UInt(7), 7)
    try roundTrip(1.5, 1.5)
    try roundTrip(Float16(0.5), 0.5)
    try roundTrip(Int128.min, "-170141183460469231731687303715884105728")
    try roundTrip(UInt128.max, "340282366920938463463374607431768211455")
    try roundTrip(Int?.none, nil)
    try roundTrip(Int?.some(4), 4)
    try roundTrip(PCG64(seed: 1), PCG64(seed: 1).state)
  }

  @Test("every kind of float comes back by its bits")
  func floats() throws {
    let floats: [UInt32] = [
      0x8000_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0xffc0_dead, 0x7f80_0001, 1, 0x3dcc_cccd, 0x7f7f_ffff,
    ]
    let values = floats.map(Float.init(bitPattern:))
    #expect(try StateValue(encoding: values).decode([Float].self).map(\.bitPattern) == floats)
    #expect(try StateValue(encoding: Float(0.1)) == .double(Double(Float(0.1))))
    let doubles: [UInt64] = [0x7ff0_0000_0000_0001, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ffff]
    #expect(
      try StateValue(encoding: doubles.map(Double.init(bitPattern:))).decode([Double].self).map(\.bitPattern) == doubles
    )
    #expect(try StateValue.double(Double(bitPattern: 0x7ff0_0000_0000_0001)).decode(Float.self).isNaN)
  }

  @Test("dictionaries become maps sorted by key")
  func dictionaries() throws {
    let texts = Dictionary(uniqueKeysWithValues: (0..<50).map { ("k\($0)", $0) })
    guard case .map(let map) = try StateValue(encoding: texts) else {
      Issue.record("not a map")
      return
    }
    #expect(map.keys == texts.keys.map { StateKey($0) }.sorted())
    #expect(try StateValue.map(map).decode() == texts)
    try roundTrip([10: [1: true], -2: [:]], ["10": ["1": true], "-2": [:]])
    try roundTrip(["t": Tensor(vector: [1.0])], ["t": .tensor(Tensor(vector: [1.0]))])
  }

  @Test("superclasses lie under super, nested containers where they were opened")
  func nesting() throws {
    let derived = Derived()
    derived.base = 8
    derived.own = 9
    let state = try StateValue(encoding: derived)
    #expect(state == ["own": 9, "super": ["base": 8]])
    #expect(try state.decode(Derived.self).base == 8)
    try roundTrip(
      Nesting(),
      ["list": [1, nil, ["b": 2, "a": nil], [3], 2], "map": ["a": "a", "b": "b"], "parent": [1, 2, 3]])
  }

  @Test("a type that encodes nothing is an empty map")
  func empty() throws {
    struct Nothing: Codable, Equatable {}
    struct Silent: Encodable { func encode(to encoder: any Encoder) {} }
    try roundTrip(Nothing(), [:])
    #expect(try StateValue(encoding: Silent()) == [:])
    try roundTrip([Int](), [])
  }

  @Test("a list of a hundred thousand is coded in linear time")
  func longList() throws {
    let numbers = (0..<100_000).map(Double.init)
    #expect(try StateValue(encoding: numbers).decode([Double].self) == numbers)
  }

  @Test("other coders are refused for state and tensors, and keep a generator whole")
  func otherCoders() throws {
    let tensor = Tensor(vector: [1.0])
    let encoding = #expect(throws: EncodingError.self) { try JSONEncoder().encode(["w": tensor]) }
    guard case .invalidValue(_, let context)? = encoding else {
      Issue.record("\(String(describing: encoding))")
      return
    }
    #expect(context.debugDescription == "a tensor can only be encoded by StateValue(encoding:)")
    #expect(context.codingPath.map(\.stringValue) == ["w"])
    #expect(throws: EncodingError.self) { try JSONEncoder().encode([StateValue.int(1)]) }
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([StateValue].self, from: Data("[1]".utf8)) }
    let decoding = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Tensor].self, from: Data("[1]".utf8))
    }
    guard case .dataCorrupted(let found)? = decoding else {
      Issue.record("\(String(describing: decoding))")
      return
    }
    #expect(found.debugDescription == "a tensor can only be decoded by StateValue.decode(_:)")
    let random = RandomCheckpointTests.midStream()
    #expect(try JSONDecoder().decode(PCG64.self, from: JSONEncoder().encode(random)) == random)
  }
}
