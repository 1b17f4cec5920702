import Environments
import StateTree
import Testing

@Suite("Spaces")
struct SpaceTests {
  static let plane = Space.box(dataType: .float32, shape: [2], low: [-1, -.infinity], high: [1, 0])

  static let members: [(Space, Tensor, Bool)] = [
    (.discrete(count: 3), scalar(Int64(0)), true), (.discrete(count: 3), scalar(Int32(2)), true),
    (.discrete(count: 3), scalar(Int64(3)), false), (.discrete(count: 3), scalar(Int8(-1)), false),
    (.discrete(count: 3, start: -2), scalar(Int16(-2)), true),
    (.discrete(count: 3, start: -2), scalar(Int64(1)), false),
    (.discrete(count: 2, start: .min), scalar(Int64.max), false), (.discrete(count: .max), scalar(UInt64.max), false),
    (.discrete(count: 3), scalar(Double(1)), false), (.discrete(count: 3), Tensor(vector: [Int64(1)]), false),
    (plane, Tensor(vector: [Float(-1), 0]), true), (plane, Tensor(vector: [Float(1), -.infinity]), true),
    (plane, Tensor(vector: [Float(1).nextUp, 0]), false), (plane, Tensor(vector: [Float(0), .nan]), false),
    (plane, Tensor(vector: [Double(0), 0]), false), (plane, Tensor(vector: [Float(0)]), false),
    (.box(dataType: .uint8, shape: [1], low: [0], high: [9]), Tensor(vector: [UInt8(9)]), true),
    (.box(dataType: .uint8, shape: [1], low: [0], high: [9]), Tensor(vector: [UInt8(10)]), false),
    (.box(dataType: .float32, shape: [2], low: [0], high: [1]), Tensor(vector: [Float(0), 0]), false),
    (.box(dataType: .float32, shape: [0], low: [], high: []), Tensor(vector: [Float]()), true),
  ]

  @Test("contain what Gymnasium's contain", arguments: members)
  func contains(_ space: Space, _ tensor: Tensor, _ isMember: Bool) {
    #expect(space.contains(tensor) == isMember)
  }

  static let described: [(Space, String)] = [
    (.discrete(count: 2), "an integer from 0 to 1"), (.discrete(count: 3, start: -2), "an integer from -2 to 0"),
    (plane, "float32 [2] from [-1.0, -inf] to [1.0, 0.0]"),
    (.box(dataType: .uint8, shape: [2, 1], low: [0, 0], high: [255, 255]), "uint8 [2, 1] from 0.0 to 255.0"),
    (
      .box(dataType: .float64, shape: [9], low: Array(repeating: 0, count: 9), high: (1...9).map { Double($0) }),
      "float64 [9] with bounds of its own for each element"
    ),
    (.box(dataType: .float32, shape: [0], low: [], high: []), "float32 [0] from [] to []"),
  ]

  @Test("are described in a line, come back from their state and through Codable", arguments: described)
  func coding(_ space: Space, _ text: String) throws {
    #expect(space.description == text)
    try space.checkInvariants()
    #expect(try Space(state: StateValue(decoding: space.state.encoded())) == space)
    #expect(try StateValue(encoding: ["space": space])["space"] == space.state)
    #expect(try StateValue(encoding: [space]).decode([Space].self) == [space])
  }

  @Test("say type and shape of an element")
  func facts() {
    #expect(Space.discrete(count: 2).dataType == .int64)
    #expect(Space.discrete(count: 2).shape == [])
    #expect(Self.plane.dataType == .float32)
    #expect(Self.plane.shape == [2])
  }

  static let impossible: [(Space, String)] = [
    (.discrete(count: 0), "0 integers from 0, expected at least 1 and none above 9223372036854775807"),
    (
      .discrete(count: 2, start: .max),
      "2 integers from 9223372036854775807, expected at least 1 and none above 9223372036854775807"
    ),
    (
      .box(dataType: .float32, shape: [.max, 2], low: [], high: []),
      "the shape [9223372036854775807, 2] is not possible: at most 32 axes, none negative, a product that fits 63 bits"
    ),
    (
      .box(dataType: .complex64, shape: [1], low: [0], high: [1]),
      "complex64 has no order, expected numbers or truth values"
    ),
    (
      .box(dataType: .float32, shape: [2], low: [0], high: [1, 2]),
      "1 low and 2 high bounds, expected 2 of each for [2]"
    ),
    (
      .box(dataType: .float32, shape: [2], low: [0, 3], high: [1, 2]),
      "the bounds of element 1 are 3.0 and 2.0, expected low to high"
    ),
    (
      .box(dataType: .float32, shape: [1], low: [.nan], high: [2]),
      "the bounds of element 0 are nan and 2.0, expected low to high"
    ),
  ]

  @Test("without elements are refused with the reason, from states too", arguments: impossible)
  func invalid(_ space: Space, _ reason: String) throws {
    #expect(throws: EnvironmentError.invalidSpace(reason)) { try space.checkInvariants() }
    #expect(throws: EnvironmentError.invalidSpace(reason)) { try Space(state: space.state) }
    #expect(throws: DecodingError.self) { try space.state.decode(Space.self) }
  }

  static let damaged: [(StateValue, StateTreeError)] = [
    (3, .wrongType(path: "space", expected: "a map", found: "integer")),
    (["kind": "tuple"], .invalidValue(path: "space/kind", found: "tuple", expected: "discrete or box")),
    (["kind": "discrete", "count": 2], .missingKey(path: "space/start")),
    (
      ["kind": "box", "type": "<q9", "shape": [], "low": 0, "high": 0],
      .invalidValue(path: "space/type", found: "<q9", expected: "a numpy type")
    ),
  ]

  @Test("of another form are refused with the path", arguments: damaged)
  func form(_ state: StateValue, _ error: StateTreeError) {
    #expect(throws: EnvironmentError.state(error)) { try Space(state: state) }
  }
}
