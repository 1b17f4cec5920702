/// How often something happens: a number with its unit, so that no bare integer has to be guessed at.
public enum Every: Sendable, Hashable {
  /// At every iteration that is a multiple of this: `.iterations(2)` means 2, 4, 6.
  case iterations(Int)
  /// Each time so many more environment steps were sampled.
  case environmentSteps(Int)
  /// Each time so many more steps went into the replay buffer.
  case newTransitions(Int)
  /// Each time so much more time went by while training; looked at when an iteration is over.
  case time(Duration)
}

extension Every: Codable {
  private enum CodingKeys: String, CodingKey { case iterations, environmentSteps, newTransitions, seconds }

  /// A map of one key, the unit: `{"iterations": 2}`, `{"seconds": 600.0}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .iterations(let count): try container.encode(count, forKey: .iterations)
    case .environmentSteps(let count): try container.encode(count, forKey: .environmentSteps)
    case .newTransitions(let count): try container.encode(count, forKey: .newTransitions)
    case .time(let duration): try container.encode(duration.seconds, forKey: .seconds)
    }
  }

  /// Takes the map back.
  /// - Throws: `DecodingError.dataCorrupted` for another unit or a period that is not above 0.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if container.contains(.iterations) {
      self = .iterations(try container.decode(Int.self, forKey: .iterations))
    } else if container.contains(.environmentSteps) {
      self = .environmentSteps(try container.decode(Int.self, forKey: .environmentSteps))
    } else if container.contains(.newTransitions) {
      self = .newTransitions(try container.decode(Int.self, forKey: .newTransitions))
    } else {
      let seconds = try container.decode(Double.self, forKey: .seconds)
      guard seconds > 0, seconds < 1e12 else { throw Self.corrupted(decoder, "\(seconds) seconds") }
      self = .time(.seconds(seconds))
    }
    guard isPositive else { throw Self.corrupted(decoder, "\(self)") }
  }

  private static func corrupted(_ decoder: any Decoder, _ found: String) -> DecodingError {
    .dataCorrupted(
      .init(codingPath: decoder.codingPath, debugDescription: "a period above 0 is expected, found \(found)"))
  }

  /// Whether the period is above 0, as it must be.
  var isPositive: Bool {
    switch self {
    case .iterations(let count), .environmentSteps(let count), .newTransitions(let count): count > 0
    case .time(let duration): duration > .zero
    }
  }
}

extension Every: CustomStringConvertible {
  /// The period in words, such as `every 2 iterations`.
  public var description: String {
    switch self {
    case .iterations(let count): "every \(count) iterations"
    case .environmentSteps(let count): "every \(count) environment steps"
    case .newTransitions(let count): "every \(count) new transitions"
    case .time(let duration): "every \(duration.seconds) seconds"
    }
  }
}

extension Duration {
  /// The duration in seconds, rounded to what a double holds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
