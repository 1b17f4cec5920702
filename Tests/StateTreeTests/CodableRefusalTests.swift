import StateTree
import Testing

@Suite("State that is not the Codable type asked for")
struct CodableRefusalTests {
  struct Row: Codable { var id: UInt8 }
  struct Table: Codable { var rows: [Row] }

  /// A decoding error as kind, path and reason.
  private func failure(_ decode: () throws -> some Any) -> String {
    do { _ = try decode() } catch let error as DecodingError { return Self.describe(error) } catch { return "\(error)" }
    return "nothing was thrown"
  }

  private static func describe(_ error: DecodingError) -> String {
    func text(_ kind: String, _ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/")
      return "\(kind) at \(path): \(context.debugDescription)"
    }
    return switch error {
    case .typeMismatch(let type, let context): text("typeMismatch \(type)", context)
    case .valueNotFound(let type, let context): text("valueNotFound \(type)", context)
    case .keyNotFound(let key, let context): text("keyNotFound \(key.stringValue)", context)
    case .dataCorrupted(let context): text("dataCorrupted", context)
    @unknown default: "unknown"
    }
  }

  static let rows: [(StateValue, String)] = [
    ([:], "keyNotFound rows at : no key \"rows\"; there are none"),
    (["row": []], "keyNotFound rows at : no key \"rows\"; there are row"),
    (["rows": [["id": 1], [:]]], "keyNotFound id at rows/1: no key \"id\"; there are none"),
    (["rows": [["id": 256]]], "dataCorrupted at rows/0/id: 256 does not fit UInt8"),
    (["rows": [["id": -1]]], "dataCorrupted at rows/0/id: -1 does not fit UInt8"),
    (["rows": [["id": 1.0]]], "typeMismatch UInt8 at rows/0/id: found double, expected an integer"),
    (["rows": [["id": nil]]], "valueNotFound UInt8 at rows/0/id: found nil, expected an integer"),
    (["rows": [5]], "typeMismatch Dictionary<String, StateValue> at rows/0: found 5, expected a map"),
    (["rows": [:]], "typeMismatch Array<StateValue> at rows: found map, expected an array"),
    (
      ["rows": .tensor(Tensor(vector: [1 as UInt8]))],
      "typeMismatch Array<StateValue> at rows: found a tensor uint8 [1], expected an array"
    ),
  ]

  @Test("errors carry kind, coding path and what was found", arguments: rows.indices)
  func paths(_ index: Int) {
    let (state, expected) = Self.rows[index]
    #expect(failure { try state.decode(Table.self) } == expected)
  }

  @Test("nothing is converted")
  func scalars() {
    #expect(
      failure { try StateValue.int(1).decode(Double.self) } == "typeMismatch Double at : found 1, expected a double")
    #expect(failure { try StateValue.int(1).decode(Bool.self) } == "typeMismatch Bool at : found 1, expected a bool")
    #expect(
      failure { try StateValue.bytes([]).decode(String.self) }
        == "typeMismatch String at : found bytes, expected a string")
    #expect(
      failure { try StateValue.unsigned(.max).decode(Int.self) }
        == "dataCorrupted at : 18446744073709551615 does not fit Int")
    #expect(
      failure { try StateValue.double(0.1).decode(Float.self) } == "dataCorrupted at : 0.1 is not exactly a Float")
    #expect(
      failure { try StateValue.array([1]).decode([Tensor].self) }
        == "typeMismatch Tensor at 0: found 1, expected a tensor")
    #expect(
      failure { try StateValue.string("1_0").decode(UInt128.self) }
        == "dataCorrupted at : the text is not an integer of type UInt128 in decimal")
  }

  @Test("keys that a dictionary would merge are refused")
  func canonicalTwins() throws {
    var map: StateMap = [:]
    map[StateKey(composed)] = 1
    #expect(try StateValue.map(map).decode([String: Int].self) == [composed: 1])
    map[StateKey(decomposed)] = 2
    #expect(
      failure { try StateValue.map(map).decode([String: Int].self) }.hasSuffix(
        "stands there composed and decomposed, which Swift's String cannot tell apart"))
  }

  @Test("integer keys that are not integers are refused")
  func integerKeys() {
    #expect(failure { try (["a": 1] as StateValue).decode([Int: Int].self) }.hasPrefix("typeMismatch Int at a"))
  }

  @Test("an impossible generator is refused with the reason")
  func generator() {
    guard case .map(var map) = PCG64(seed: 1).state else { return }
    map["bit_generator"] = "MT19937"
    let state: StateValue = ["r": .map(map)]
    #expect(
      failure { try state.decode([String: PCG64].self) }
        == "dataCorrupted at r: bit_generator is MT19937, expected PCG64")
  }

  @Test("reading past the end of an array is refused and stays there")
  func pastTheEnd() {
    struct Two: Decodable {
      init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        _ = try container.decode(Int.self)
        _ = try? container.decode(Int.self)
        _ = try container.decode(Int.self)
      }
    }
    #expect(
      failure { try (["a": [1]] as StateValue).decode([String: Two].self) }
        == "valueNotFound Int at a/1: the array ends after 1 elements")
  }
}
