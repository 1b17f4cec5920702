public import StateTree

/// One setting of a configuration: its name, and how it is read and written as plain data.
public struct ConfigSetting<Config>: Sendable {
  /// The name in `params.json` and on the command line; `/` leads into a map, as in `replay_buffer_config/capacity`.
  public let name: String
  /// The setting as plain data.
  public let read: @Sendable (Config) -> StateValue
  /// Sets it from plain data.
  /// - Throws: `TrainingError.invalidSetting` with what was expected.
  public let write: @Sendable (inout Config, StateValue) throws(TrainingError) -> Void

  /// A setting that lies at a key path.
  public init<Value: ConfigValue>(
    _ name: String, _ path: any WritableKeyPath<Config, Value> & Sendable, expected: String = Value.expectation
  ) {
    self.name = name
    read = { $0[keyPath: path].configState }
    write = { (config, state) throws(TrainingError) in
      guard let value = Value(configState: state) else {
        throw .invalidSetting(name: name, found: JSONText.line(state), expected: expected)
      }
      config[keyPath: path] = value
    }
  }

  /// A setting that lies at a key path and may be nil, which is written as `nilIs`.
  public init<Value: ConfigValue>(
    _ name: String, _ path: any WritableKeyPath<Config, Value?> & Sendable, nilIs word: StateValue = .nil
  ) {
    self.name = name
    read = { $0[keyPath: path]?.configState ?? word }
    write = { (config, state) throws(TrainingError) in
      if state == word || state == .nil {
        config[keyPath: path] = nil
      } else if let value = Value(configState: state) {
        config[keyPath: path] = value
      } else {
        let orWord = word == .nil ? "null" : JSONText.line(word)
        throw .invalidSetting(
          name: name, found: JSONText.line(state), expected: "\(Value.expectation), or \(orWord)")
      }
    }
  }
}

/// A Swift value that can be a setting.
public protocol ConfigValue: Sendable {
  /// The value as plain data.
  var configState: StateValue { get }
  /// The value from plain data, nil if it is none.
  init?(configState: StateValue)
  /// What messages say is expected.
  static var expectation: String { get }
}

extension Int: ConfigValue {
  /// An integer.
  public var configState: StateValue { .integer(self) }
  /// From an integer, or a double without a fraction such as `1e5`.
  public init?(configState: StateValue) {
    switch configState {
    case .int(let value): self.init(exactly: value)
    case .double(let value): self.init(exactly: value)
    default: return nil
    }
  }
  /// Words for it.
  public static var expectation: String { "an integer" }
}

extension UInt64: ConfigValue {
  /// An integer.
  public var configState: StateValue { .integer(self) }
  /// From an integer that is not negative.
  public init?(configState: StateValue) {
    switch configState {
    case .int(let value): self.init(exactly: value)
    case .unsigned(let value): self = value
    default: return nil
    }
  }
  /// Words for it.
  public static var expectation: String { "an integer from 0 to 2^64 - 1" }
}

extension Double: ConfigValue {
  /// A double.
  public var configState: StateValue { .double(self) }
  /// From any finite number.
  public init?(configState: StateValue) {
    switch configState {
    case .int(let value): self.init(value)
    case .double(let value) where value.isFinite: self = value
    default: return nil
    }
  }
  /// Words for it.
  public static var expectation: String { "a number" }
}

extension Bool: ConfigValue {
  /// A truth value.
  public var configState: StateValue { .bool(self) }
  /// From a truth value.
  public init?(configState: StateValue) {
    guard case .bool(let value) = configState else { return nil }
    self = value
  }
  /// Words for it.
  public static var expectation: String { "true or false" }
}

extension String: ConfigValue {
  /// A text.
  public var configState: StateValue { .string(self) }
  /// From a text.
  public init?(configState: StateValue) {
    guard case .string(let value) = configState else { return nil }
    self = value
  }
  /// Words for it.
  public static var expectation: String { "a text" }
}

extension Array: ConfigValue where Element: ConfigValue {
  /// A list.
  public var configState: StateValue { .array(map(\.configState)) }
  /// From a list all of whose elements are values.
  public init?(configState: StateValue) {
    guard case .array(let elements) = configState else { return nil }
    let values = elements.compactMap(Element.init(configState:))
    guard values.count == elements.count else { return nil }
    self = values
  }
  /// Words for it.
  public static var expectation: String { "a list, each of it \(Element.expectation)" }
}

/// An enumeration of texts as a setting.
extension ConfigValue where Self: RawRepresentable & CaseIterable, RawValue == String {
  /// The text.
  public var configState: StateValue { .string(rawValue) }
  /// From one of the texts.
  public init?(configState: StateValue) {
    guard case .string(let text) = configState else { return nil }
    self.init(rawValue: text)
  }
  /// The texts.
  public static var expectation: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
