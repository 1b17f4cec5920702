/// A generator inside `Codable` types is coded as `state` has it, numpy's `bit_generator.state` with decimal texts; by
/// other coders too, such as JSON, where the texts keep all 128 bits.
extension PCG64: Codable {
  private enum Key: String, CodingKey {
    case name = "bit_generator"
    case words = "state"
    case hasBufferedWord = "has_uint32"
    case bufferedWord = "uinteger"
  }

  private enum WordKey: String, CodingKey {
    case state
    case increment = "inc"
  }

  /// Encodes the position of the stream.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode("PCG64", forKey: .name)
    var words = container.nestedContainer(keyedBy: WordKey.self, forKey: .words)
    try words.encode(String(position.state), forKey: .state)
    try words.encode(String(position.increment), forKey: .increment)
    try container.encode(position.hasBufferedWord ? 1 : 0, forKey: .hasBufferedWord)
    try container.encode(position.bufferedWord, forKey: .bufferedWord)
  }

  /// Continues the stream that was encoded.
  /// - Throws: `DecodingError` for what is missing, of another generator, or impossible.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let words = try container.nestedContainer(keyedBy: WordKey.self, forKey: .words)
    let state: StateValue = [
      "bit_generator": .string(try container.decode(String.self, forKey: .name)),
      "state": [
        "state": .string(try words.decode(String.self, forKey: .state)),
        "inc": .string(try words.decode(String.self, forKey: .increment)),
      ],
      "has_uint32": .int(try container.decode(Int64.self, forKey: .hasBufferedWord)),
      "uinteger": .int(try container.decode(Int64.self, forKey: .bufferedWord)),
    ]
    do {
      self = try PCG64(state: StateReader(state))
    } catch {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "\(error)"))
    }
  }
}
