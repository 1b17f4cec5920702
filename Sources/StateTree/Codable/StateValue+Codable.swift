extension StateValue {
  /// The state of a `Codable` value.
  ///
  /// Keyed containers become maps in coding order and unkeyed ones arrays; dictionaries with text or integer keys
  /// become maps sorted by key, because their own order changes from run to run (that of sets does too, and is kept as
  /// it comes). An absent optional property leaves no key; an absent element is nil. Integers keep their value, `Float`
  /// becomes the double of the same value, `Int128` and `UInt128` decimal texts. `[UInt8]` is an array of integers:
  /// bytes that are to stay bytes are a `Tensor` or a `StateValue`, both of which pass through as they are, as does a
  /// generator's state.
  /// - Throws: what the value's own `encode(to:)` throws.
  public init(encoding value: some Encodable) throws {
    self = try EncodedNode.state(of: value, at: [])
  }

  /// The `Codable` value that this state was encoded from.
  ///
  /// Nothing is converted: a double is not read as an integer, an integer not as a double, a tensor not as an array.
  /// A `Float` comes back by its bits, a NaN's payload included.
  /// - Throws: `DecodingError` with the coding path: `typeMismatch`, `keyNotFound`, `valueNotFound` for nil, and
  ///   `dataCorrupted` for a number that the type cannot hold exactly.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
    try StateDecoder(value: self, codingPath: []).decoded(type)
  }
}

/// State inside `Codable` types passes through `StateValue(encoding:)` and `decode(_:)` as it is.
///
/// Any other coder is refused: JSON and property lists know neither tensors nor bytes, nor a double apart from an
/// integer.
extension StateValue: Codable {
  /// Hands the value to `StateValue(encoding:)`.
  /// - Throws: `EncodingError.invalidValue` for any other encoder.
  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? StateEncoder else {
      throw EncodingError.invalidValue(self, .foreign(encoder.codingPath, "a state value"))
    }
    encoder.node.set(self)
  }

  /// Takes the value from `decode(_:)`.
  /// - Throws: `DecodingError.dataCorrupted` for any other decoder.
  public init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? StateDecoder else {
      throw DecodingError.dataCorrupted(.foreign(decoder.codingPath, "a state value"))
    }
    self = decoder.value
  }
}

/// A tensor inside `Codable` types passes through `StateValue(encoding:)` and `decode(_:)` as it is.
///
/// Any other coder is refused: as a list of numbers it would lose its type and the bits of NaNs.
extension Tensor: Codable {
  /// Hands the tensor to `StateValue(encoding:)`.
  /// - Throws: `EncodingError.invalidValue` for any other encoder.
  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? StateEncoder else {
      throw EncodingError.invalidValue(self, .foreign(encoder.codingPath, "a tensor"))
    }
    encoder.node.set(.tensor(self))
  }

  /// Takes the tensor from `decode(_:)`.
  /// - Throws: `DecodingError.typeMismatch` for what is not a tensor, `.dataCorrupted` for any other decoder.
  public init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? StateDecoder else {
      throw DecodingError.dataCorrupted(.foreign(decoder.codingPath, "a tensor"))
    }
    guard case .tensor(let tensor) = decoder.value else { throw decoder.mismatch(Tensor.self, "a tensor") }
    self = tensor
  }
}

extension EncodingError.Context {
  fileprivate static func foreign(_ path: [any CodingKey], _ what: String) -> Self {
    Self(codingPath: path, debugDescription: "\(what) can only be encoded by StateValue(encoding:)")
  }
}

extension DecodingError.Context {
  fileprivate static func foreign(_ path: [any CodingKey], _ what: String) -> Self {
    Self(codingPath: path, debugDescription: "\(what) can only be decoded by StateValue.decode(_:)")
  }
}
