public import FileSystems
public import SystemPackage

/// Why a run cannot be configured, trained, saved or restored.
public enum TrainingError: Error, Sendable {
  /// A callback threw: its name, the event, and what it threw.
  case callback(name: String, event: CallbackEvent, underlying: any Error)
  /// The settings of a callback in `params.json` are not those of its type.
  case callbackSettings(name: String, reason: String)
  /// A setting that does not exist.
  case unknownSetting(String, nearest: String?, known: [String])
  /// A setting with a value that it cannot have.
  case invalidSetting(name: String, found: String, expected: String)
  /// A setting that was changed although the restored component keeps its own.
  case fixedSetting(name: String, component: String, saved: String, now: String)
  /// An environment that the algorithm cannot be trained on.
  case unsuitableEnvironment(String, reason: String)
  /// An environment that a callback can make nothing of: its type, and what is expected.
  case unfitForCallback(found: String, expected: String)
  /// The configuration of another algorithm.
  case wrongAlgorithm(expected: String, found: String)
  /// Something that an algorithm does not do: what, and how it could.
  case unsupported(algorithm: String, what: String, remedy: String)
  /// A run that was only looked at was to go on or to be saved.
  case dryRun
  /// A dump or checkpoint that was written while training went on came to nothing: where it was to be, of which
  /// iteration, and why. The run is as it was, and the next save begins anew.
  case saveFailed(FinishedSave.Kind, FilePath, iteration: Int, underlying: any Error)
  /// A checkpoint was written and synced, and what was read of it is something else: what it is.
  case notVerified(reason: String)
  /// A dump of this name is there already.
  case dumpExists(FilePath)
  /// A dump that was to be joined is damaged or of another buffer: what is wrong, and the newest one before it.
  case unusableDump(FilePath, reason: String, before: FilePath?)
  /// There is no dump that is not after the checkpoint.
  case noDump(FilePath, iteration: Int)
  /// Another run went on in the experiment after this one had let go of it.
  case experimentWentOn(FilePath, iteration: Int, here: Int)
  /// An earlier failure left the run half way through an iteration.
  case brokenRun(String)
  /// A call on a file failed.
  case fileSystem(FileSystemError)
  /// A runner of several died, hung or sent nonsense, or threw an error in another process: its index, whether it is of an
  /// evaluation, and why.
  case runnerFailed(Int, isEvaluating: Bool, reason: String)
  /// What something in another process threw, in its own words.
  case thrownElsewhere(String)
  /// What must always hold and does not: a mistake in this library, or damaged state.
  case brokenInvariant(String)
}
