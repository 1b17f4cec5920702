import ArgumentParser
import RLBuf

/// A setting given as `NAME=VALUE`.
struct SettingArgument {
  let name: String
  let value: String

  /// Reads `lr=5e-4`.
  /// - Throws: `ValidationError` that says what is expected.
  init(parsing text: String) throws {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
      throw ValidationError("give NAME=VALUE, such as lr=5e-4 or 'model_config/fcnet_hiddens=[64, 64]'")
    }
    (name, value) = (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }

  /// Changes a configuration.
  /// - Throws: `ValidationError` for a name that is none and a value that cannot be: mistakes of the command line.
  func apply<Config: AlgorithmConfig>(to config: Config) throws -> Config {
    do throws(TrainingError) { return try config.setting(name, value) } catch {
      throw ValidationError(TerminalText.escaped("--set \(name)=\(value): \(error)"))
    }
  }
}

/// A result with the value at which training ends: `env_runners/episode_return_mean=450`.
struct StopCondition: Equatable {
  /// The path of the result.
  let key: String
  /// The value that it has to reach.
  let bound: Double

  /// Reads `KEY=VALUE`.
  /// - Throws: `ValidationError` that says what is expected.
  init(parsing text: String) throws {
    guard let sign = text.lastIndex(of: "="), sign != text.startIndex,
      let bound = Double(text[text.index(after: sign)...]), bound.isFinite
    else {
      throw ValidationError(
        "give KEY=NUMBER with a key of result.json, such as env_runners/episode_return_mean=450 or "
          + "num_env_steps_sampled_lifetime=200000")
    }
    (key, self.bound) = (String(text[..<sign]), bound)
  }

  /// The value with which a result meets the condition; nil if it does not.
  func value(meeting result: TrainingResult) -> Double? {
    guard let value = result[key], value >= bound else { return nil }
    return value
  }

  /// Throws if no run will ever have such a result.
  ///
  /// Results of episodes are there once one has ended, those of learners once learning has begun; every other one is
  /// there from the first iteration on.
  func check(against result: TrainingResult) throws {
    guard result[key] == nil, !Self.late.contains(where: { key.hasPrefix($0) }) else { return }
    let found = result.value(at: key).map { _ in "is no number" } ?? "is not there"
    throw UnknownResult(key: key, found: found)
  }

  private static let late = [
    "env_runners/episode_", "env_runners/agent_episode_", "env_runners/module_episode_", "learners/", "evaluation/",
  ]
}

/// A result that no iteration gives.
private struct UnknownResult: Error, CustomStringConvertible {
  let key: String
  let found: String

  var description: String {
    "--stop \(key): the result \(found), so that the run would not end; the keys of result.json can be given, with / between "
      + "the levels, such as env_runners/episode_return_mean or num_env_steps_sampled_lifetime"
  }
}
