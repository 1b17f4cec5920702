/// Reads parts of a state map with errors that name the path.
public struct StateReader: Sendable {
  /// The map that is read.
  public let map: StateMap
  /// Where the map lies.
  public let path: StatePath

  /// A reader of `value`, which must be a map.
  /// - Throws: `StateTreeError.wrongType`.
  public init(_ value: StateValue, at path: StatePath = []) throws(StateTreeError) {
    guard case .map(let map) = value else {
      throw .wrongType(path: path.description, expected: "a map", found: value.typeName)
    }
    self.map = map
    self.path = path
  }

  /// The value at a key.
  /// - Throws: `StateTreeError.missingKey`.
  public func value(_ key: StateKey) throws(StateTreeError) -> StateValue {
    guard let value = map[key] else { throw .missingKey(path: (path / key).description) }
    return value
  }

  /// The map at a key.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`.
  public func reader(_ key: StateKey) throws(StateTreeError) -> StateReader {
    try StateReader(try value(key), at: path / key)
  }

  /// The integer at a key.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`, `.invalidValue` above `Int.max`.
  public func int(_ key: StateKey) throws(StateTreeError) -> Int {
    switch try value(key) {
    case .int(let value): return Int(value)
    case .unsigned(let value):
      guard let value = Int(exactly: value) else {
        throw .invalidValue(path: (path / key).description, found: "\(value)", expected: "63 bits and a sign")
      }
      return value
    default: throw try wrongType(key, "an integer")
    }
  }

  /// The integer at a key, which must not be negative.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`, `.invalidValue`.
  public func count(_ key: StateKey) throws(StateTreeError) -> Int {
    let value = try int(key)
    guard value >= 0 else {
      throw .invalidValue(path: (path / key).description, found: "\(value)", expected: "0 or more")
    }
    return value
  }

  /// The count at a key that goes on growing: at most 2^53, so that no run can count from there to an overflow.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`, `.invalidValue`.
  public func counter(_ key: StateKey) throws(StateTreeError) -> Int {
    let value = try count(key)
    guard value <= 1 << 53 else {
      throw .invalidValue(path: (path / key).description, found: "\(value)", expected: "at most 2^53")
    }
    return value
  }

  /// The number at a key.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`.
  public func double(_ key: StateKey) throws(StateTreeError) -> Double {
    guard case .double(let value) = try value(key) else { throw try wrongType(key, "a double") }
    return value
  }

  /// The truth value at a key.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`.
  public func bool(_ key: StateKey) throws(StateTreeError) -> Bool {
    guard case .bool(let value) = try value(key) else { throw try wrongType(key, "a bool") }
    return value
  }

  /// The text at a key.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`.
  public func string(_ key: StateKey) throws(StateTreeError) -> String {
    guard case .string(let value) = try value(key) else { throw try wrongType(key, "a string") }
    return value
  }

  /// The list at a key.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`.
  public func array(_ key: StateKey) throws(StateTreeError) -> [StateValue] {
    guard case .array(let value) = try value(key) else { throw try wrongType(key, "an array") }
    return value
  }

  /// The list of integers at a key, none of them negative: a shape.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`.
  public func counts(_ key: StateKey) throws(StateTreeError) -> [Int] {
    var counts: [Int] = []
    for element in try array(key) {
      guard case .int(let value) = element, value >= 0 else { throw try wrongType(key, "a list of lengths") }
      counts.append(Int(value))
    }
    return counts
  }

  /// The tensor at a key.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType`.
  public func tensor(_ key: StateKey) throws(StateTreeError) -> Tensor {
    guard case .tensor(let value) = try value(key) else { throw try wrongType(key, "a tensor") }
    return value
  }

  /// The numbers of the one-axis tensor at a key.
  /// - Throws: `StateTreeError.missingKey`, `.wrongType` (also for another element type), `.invalidValue` for a tensor
  ///   of another rank.
  public func vector<Scalar: TensorScalar>(
    _ key: StateKey, as type: Scalar.Type = Scalar.self
  ) throws(StateTreeError) -> [Scalar] {
    let tensor = try tensor(key)
    guard tensor.shape.count == 1 else {
      throw .invalidValue(path: (path / key).description, found: tensor.summary, expected: "one axis")
    }
    guard tensor.dataType == Scalar.dataType else {
      let expected = "a tensor of \(Scalar.dataType)"
      throw .wrongType(path: (path / key).description, expected: expected, found: tensor.summary)
    }
    return try tensor.scalars()
  }

  private func wrongType(_ key: StateKey, _ expected: String) throws(StateTreeError) -> StateTreeError {
    .wrongType(path: (path / key).description, expected: expected, found: try value(key).typeName)
  }
}
