import ArgumentParser
import RLBuf

/// How often something is done, as the command line says it: a number with its unit, or never.
enum Schedule: Equatable {
  case never
  case every(Every)

  /// What can be given, for messages and help.
  static let possibilities =
    "a number of iterations such as 10, or a number with its unit such as 5000steps, 2000transitions, 90s, 10min or 2h"

  private enum Unit { case iterations, steps, transitions, seconds(Double) }

  private static let units: [String: Unit] = [
    "": .iterations, "it": .iterations, "iteration": .iterations, "iterations": .iterations,
    "step": .steps, "steps": .steps, "transition": .transitions, "transitions": .transitions,
    "s": .seconds(1), "sec": .seconds(1), "min": .seconds(60), "h": .seconds(3600), "d": .seconds(86_400),
  ]

  /// Reads `10`, `5000steps`, `10min` or `never`.
  /// - Throws: `ValidationError` that says what is possible.
  init(parsing text: String) throws {
    if text == "never" { self = .never } else { self = .every(try Every(parsing: text, or: ", or never")) }
  }

  fileprivate static func every(_ number: Substring, _ unit: Substring) -> Every? {
    switch units[unit.lowercased()] {
    case .iterations: Int(number).map(Every.iterations)
    case .steps: Int(number).map(Every.environmentSteps)
    case .transitions: Int(number).map(Every.newTransitions)
    case .seconds(let factor): Double(number).map { .time(.seconds($0 * factor)) }
    case nil: nil
    }
  }
}

extension Every {
  /// The longest period in years would do; numbers beyond it are slips of the finger and would not fit a duration.
  private static let limit = 1_000_000_000_000.0

  /// Reads `10`, `5000steps` or `10min`.
  /// - Throws: `ValidationError` that says what is possible.
  init(parsing text: String, or addition: String = "") throws {
    guard let parts = text.wholeMatch(of: /\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*/), let number = Double(parts.1),
      number > 0, number < Self.limit, let every = Schedule.every(parts.1, parts.2)
    else { throw ValidationError("it is no period above 0; give \(Schedule.possibilities)\(addition)") }
    self = every
  }
}

/// Whether checkpoints hold the replay buffer: `include`, `omit` or `every:10`.
struct BufferPolicyArgument {
  let policy: ReplayBufferPolicy

  /// Reads `include`, `omit`, or `every:` and a period.
  /// - Throws: `ValidationError` that says what is possible.
  init(parsing text: String) throws {
    switch text {
    case "include": policy = .include
    case "omit": policy = .omit
    default:
      guard text.hasPrefix("every:") else {
        throw ValidationError("give include, omit, or every: with a period, such as every:10 or every:2h")
      }
      policy = .every(try Every(parsing: String(text.dropFirst("every:".count))))
    }
  }
}

/// Which dumps stay: `all`, or the number of the newest.
struct RetentionArgument {
  let retention: DumpRetention

  /// Reads `all` or a number.
  /// - Throws: `ValidationError` that says what is possible.
  init(parsing text: String) throws {
    if text == "all" {
      retention = .all
    } else if let count = Int(text), count > 0 {
      retention = .last(count)
    } else {
      throw ValidationError("give all, or how many of the newest dumps stay, 1 or more")
    }
  }
}

extension BusyPolicy {
  /// Reads `wait`, `skip` or `replace`.
  /// - Throws: `ValidationError` that says what is possible.
  init(parsing text: String) throws {
    guard let policy = BusyPolicy(rawValue: text) else { throw ValidationError("give wait, skip or replace") }
    self = policy
  }
}
