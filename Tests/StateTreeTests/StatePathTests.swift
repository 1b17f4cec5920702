import StateTree
import Testing

@Suite("State paths and readers")
struct StatePathTests {
  static let state: StateValue = [
    "n": -3, "big": .unsigned(.max), "small": .unsigned(9), "x": 1.5, "flag": true, "name": "q", "list": [1, 2],
    "map": ["n": 1], "none": nil, "t": .tensor(Tensor(vector: [1 as Float, 2])),
    "m": .tensor(Tensor(knownShape: [1, 1], [1 as Float])),
  ]

  @Test("a path is its keys with slashes")
  func description() {
    let path: StatePath = ["buffer", "columns"]
    #expect((path / "obs" / 3).description == "buffer/columns/obs/3")
    #expect(StatePath().description == "state")
    #expect(path / "a" == ["buffer", "columns", "a"])
    #expect((StatePath() / composedKey) != (StatePath() / decomposedKey))
  }

  private let composedKey = StateKey(composed)
  private let decomposedKey = StateKey(decomposed)

  @Test("a reader gives each type")
  func reading() throws {
    let reader = try StateReader(Self.state, at: ["root"])
    #expect(try reader.int("n") == -3)
    #expect(try reader.int("small") == 9)
    #expect(try reader.count("small") == 9)
    #expect(try reader.double("x") == 1.5)
    #expect(try reader.bool("flag"))
    #expect(try reader.string("name") == "q")
    #expect(try reader.array("list") == [1, 2])
    #expect(try reader.value("none") == .nil)
    #expect(try reader.tensor("t").shape == [2])
    #expect(try reader.vector("t") == [1, 2] as [Float])
    let inner = try reader.reader("map")
    #expect(try inner.int("n") == 1)
    #expect(inner.path == ["root", "map"])
  }

  private func refuses(_ error: StateTreeError, _ read: (StateReader) throws(StateTreeError) -> Void) throws {
    let reader = try StateReader(Self.state, at: ["root"])
    #expect(throws: error) { try read(reader) }
  }

  @Test("what is missing is named with its path")
  func missing() throws {
    try refuses(.missingKey(path: "root/z")) { reader throws(StateTreeError) in _ = try reader.value("z") }
    try refuses(.missingKey(path: "root/z")) { reader throws(StateTreeError) in _ = try reader.double("z") }
    try refuses(.missingKey(path: "root/map/z")) { reader throws(StateTreeError) in
      _ = try reader.reader("map").reader("z")
    }
  }

  private func mismatch(_ key: String, _ expected: String, _ found: String) -> StateTreeError {
    .wrongType(path: "root/\(key)", expected: expected, found: found)
  }

  @Test("what is of another type is named with its path")
  func wrongTypes() throws {
    try refuses(mismatch("x", "an integer", "double")) { r throws(StateTreeError) in _ = try r.int("x") }
    try refuses(mismatch("n", "a double", "integer")) { r throws(StateTreeError) in _ = try r.double("n") }
    try refuses(mismatch("n", "a bool", "integer")) { r throws(StateTreeError) in _ = try r.bool("n") }
    try refuses(mismatch("none", "a string", "nil")) { r throws(StateTreeError) in _ = try r.string("none") }
    try refuses(mismatch("map", "an array", "map")) { r throws(StateTreeError) in _ = try r.array("map") }
    try refuses(mismatch("list", "a tensor", "array")) { r throws(StateTreeError) in _ = try r.tensor("list") }
    try refuses(mismatch("name", "a map", "string")) { r throws(StateTreeError) in _ = try r.reader("name") }
    try refuses(mismatch("t", "a tensor of float64", "float32 [2]")) { r throws(StateTreeError) in
      _ = try r.vector("t", as: Double.self)
    }
    #expect(throws: StateTreeError.wrongType(path: "state", expected: "a map", found: "nil")) { try StateReader(nil) }
  }

  @Test("what is of the right type and impossible is named with its path")
  func invalidValues() throws {
    try refuses(.invalidValue(path: "root/n", found: "-3", expected: "0 or more")) { r throws(StateTreeError) in
      _ = try r.count("n")
    }
    try refuses(.invalidValue(path: "root/big", found: "18446744073709551615", expected: "63 bits and a sign")) {
      r throws(StateTreeError) in _ = try r.int("big")
    }
    try refuses(.invalidValue(path: "root/m", found: "float32 [1, 1]", expected: "one axis")) {
      r throws(StateTreeError) in _ = try r.vector("m", as: Float.self)
    }
  }
}
