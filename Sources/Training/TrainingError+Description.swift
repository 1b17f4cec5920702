internal import FileSystems
internal import SystemPackage

extension TrainingError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .callback, .callbackSettings, .unfitForCallback: callbackDescription
    case .unknownSetting, .invalidSetting, .fixedSetting, .unsuitableEnvironment, .wrongAlgorithm,
      .unsupported:
      settingDescription
    case .dryRun, .brokenRun, .experimentWentOn, .saveFailed, .runnerFailed: runDescription
    case .dumpExists, .unusableDump, .noDump, .notVerified, .fileSystem: fileDescription
    case .thrownElsewhere(let text): text
    case .brokenInvariant(let what): "this must not be: \(what); it is a mistake in rlbuf, or the state is damaged"
    }
  }

  private var callbackDescription: String {
    switch self {
    case .callback(let name, let event, let underlying):
      "the callback \(name) failed at \(event.rawValue): \(underlying)"
    case .callbackSettings(let name, let reason):
      "the settings of the callback \(name) cannot be read: \(reason); correct them or give the callbacks anew"
    case .unfitForCallback(let found, let expected):
      "the environment is a \(found), expected \(expected); train on that, or leave the callback away"
    default: ""
    }
  }

  private var settingDescription: String {
    switch self {
    case .unknownSetting(let name, let nearest?, _):
      "there is no setting \"\(name)\"; did you mean \"\(nearest)\"?"
    case .unknownSetting(let name, nil, let known):
      "there is no setting \"\(name)\"; the settings are \(known.joined(separator: ", "))"
    case .invalidSetting(let name, let found, let expected):
      "the setting \(name) is \(found), expected \(expected)"
    case .fixedSetting(let name, let component, let saved, let now):
      "the setting \(name) was \(saved) and is to be \(now), but the restored \(component) keeps its own; "
        + "leave the setting as it was or restore without \(component)"
    case .unsuitableEnvironment(let id, let reason):
      "the environment \(id) does not suit the algorithm: \(reason)"
    case .wrongAlgorithm(let expected, let found):
      "the configuration is that of the algorithm \(found), expected \(expected); restore it with its own algorithm"
    case .unsupported(let algorithm, let what, let remedy): "\(algorithm) \(what); \(remedy)"
    default: ""
    }
  }

  private var runDescription: String {
    switch self {
    case .dryRun:
      "the run was restored to be looked at only; restore it without the dry run to train or save it"
    case .experimentWentOn(let path, let iteration, let here):
      "another run went on in \(path) to iteration \(iteration), this one stands at \(here); restore it into a new directory"
    case .runnerFailed(let index, let isEvaluating, let reason):
      "\(isEvaluating ? "the evaluation runner" : "runner") \(index) failed: \(reason); "
        + "env_runner_failure and env_runner_error say what happens to such runners"
    case .brokenRun(let reason):
      "the run stopped half way through an iteration and cannot go on or be saved: \(reason); restore its last checkpoint"
    case .saveFailed(let kind, let path, let iteration, let underlying):
      "the \(kind.rawValue) \(path) of iteration \(iteration) was not saved: \(underlying); what was saved before it is as "
        + "it was, and the run can go on and save again"
    default: ""
    }
  }

  private var fileDescription: String {
    switch self {
    case .dumpExists(let path):
      "the dump \(path) exists already and is never overwritten; dump into another directory or move it away"
    case .unusableDump(let path, let reason, let before?):
      "the dump \(path) cannot be joined: \(reason); join the newest one before it with --buffer \(before)"
    case .unusableDump(let path, let reason, nil):
      "the dump \(path) cannot be joined: \(reason); join another one with --buffer, or begin with an empty replay buffer with --without replay_buffer"
    case .noDump(let directory, let iteration):
      "\(directory) holds no dump of iteration \(iteration) or before; join one from elsewhere with --buffer, or begin with "
        + "an empty replay buffer with --without replay_buffer"
    case .notVerified(let reason): "it was written and synced, and is damaged: \(reason); look after the disk"
    case .fileSystem(let error): error.description
    default: ""
    }
  }
}
