public import StateTree

extension Space {
  /// The space as a map: `kind` is `discrete`, with `count` and `start`, or `box`, with `type` (numpy's name),
  /// `shape`, `low` and `high` (float64 tensors of one axis, a bound an element).
  /// - Precondition: `checkInvariants()` passes.
  public var state: StateValue {
    switch self {
    case .discrete(let count, let start):
      ["kind": "discrete", "count": .int(Int64(count)), "start": .int(Int64(start))]
    case .box(let dataType, let shape, let low, let high):
      [
        "kind": "box", "type": .string(dataType.name), "shape": .array(shape.map { .int(Int64($0)) }),
        "low": .tensor(Tensor(vector: low)), "high": .tensor(Tensor(vector: high)),
      ]
    }
  }

  /// The space that a map describes.
  /// - Throws: `EnvironmentError.state` for another form, `.invalidSpace` for a space without elements.
  public init(state value: StateValue, at path: StatePath = ["space"]) throws(EnvironmentError) {
    do throws(StateTreeError) {
      self = try Self.decoded(try StateReader(value, at: path))
    } catch {
      throw .state(error)
    }
    try checkInvariants()
  }

  private static func decoded(_ reader: StateReader) throws(StateTreeError) -> Space {
    switch try reader.string("kind") {
    case "discrete":
      return .discrete(count: try reader.int("count"), start: try reader.int("start"))
    case "box":
      let name = try reader.string("type")
      guard let dataType = DataType(name: name) else {
        throw .invalidValue(path: "\(reader.path / "type")", found: name, expected: "a numpy type")
      }
      return .box(
        dataType: dataType, shape: try reader.counts("shape"), low: try reader.vector("low"),
        high: try reader.vector("high"))
    case let kind:
      throw .invalidValue(path: "\(reader.path / "kind")", found: kind, expected: "discrete or box")
    }
  }
}

/// A space inside `Codable` types passes through `StateValue(encoding:)` and `decode(_:)` as its `state`.
///
/// Any other coder is refused: JSON knows no infinite bounds.
extension Space: Codable {
  /// Encodes the space as `state`.
  /// - Throws: `EncodingError.invalidValue` for any encoder but that of `StateValue`.
  public func encode(to encoder: any Encoder) throws { try state.encode(to: encoder) }

  /// Takes the space from its `state`.
  /// - Throws: `DecodingError.dataCorrupted` for any decoder but that of `StateValue`, and for what is no space.
  public init(from decoder: any Decoder) throws {
    let value = try StateValue(from: decoder)
    do throws(EnvironmentError) {
      try self.init(state: value)
    } catch {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "\(error)"))
    }
  }
}
