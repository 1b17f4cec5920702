extension PCG64: Checkpointable {
  /// numpy's `bit_generator.state`, with the two 128-bit numbers as decimal texts.
  public var state: StateValue {
    [
      "bit_generator": "PCG64",
      "state": ["state": .string(String(position.state)), "inc": .string(String(position.increment))],
      "has_uint32": .int(position.hasBufferedWord ? 1 : 0),
      "uinteger": .int(Int64(position.bufferedWord)),
    ]
  }

  /// Continues the stream that `state` was taken from.
  /// - Throws: `StateTreeError` naming what is missing, of another generator, or impossible.
  public mutating func restore(from state: StateValue) throws(StateTreeError) {
    self = try PCG64(state: StateReader(state, at: ["generator"]))
  }

  /// The stream that a saved state describes.
  /// - Throws: `StateTreeError` naming what is missing, of another generator, or impossible.
  public init(state reader: StateReader) throws(StateTreeError) {
    let name = try reader.string("bit_generator")
    guard name == "PCG64" else {
      throw .invalidValue(path: "\(reader.path / "bit_generator")", found: name, expected: "PCG64")
    }
    let words = try reader.reader("state")
    let buffered = try reader.int("uinteger")
    guard let bufferedWord = UInt32(exactly: buffered) else {
      throw .invalidValue(path: "\(reader.path / "uinteger")", found: "\(buffered)", expected: "32 bits")
    }
    let hasBuffered = try reader.int("has_uint32")
    guard hasBuffered == 0 || hasBuffered == 1 else {
      throw .invalidValue(path: "\(reader.path / "has_uint32")", found: "\(hasBuffered)", expected: "0 or 1")
    }
    try self.init(
      position: Position(
        state: try Self.word("state", words), increment: try Self.word("inc", words),
        hasBufferedWord: hasBuffered == 1, bufferedWord: bufferedWord))
  }

  private static func word(_ key: StateKey, _ reader: StateReader) throws(StateTreeError) -> UInt128 {
    let text = try reader.string(key)
    guard let word = UInt128(decimal: text) else {
      throw .invalidValue(path: "\(reader.path / key)", found: text, expected: "128 bits in decimal")
    }
    return word
  }

  /// Confirms that a generator can stand where this one stands.
  /// - Throws: `StateTreeError.evenIncrement`.
  public func checkInvariants() throws(StateTreeError) { try position.checkInvariants() }
}
