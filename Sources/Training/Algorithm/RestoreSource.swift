internal import Checkpoints
internal import FileSystems
internal import SystemPackage

/// Where a run is restored from and where it goes on.
struct RestoreSource {
  let checkpoint: Checkpoint
  /// The experiment that goes on, locked; nil for a dry run and for a checkpoint without one around it.
  let output: ExperimentDirectory?
  /// The directory that paths of callbacks follow to.
  let home: FilePath?
  /// The directory in which the checkpoint lies.
  let recordedExperiment: FilePath?

  init(_ path: FilePath, _ options: RestoreOptions, on fileSystem: any FileSystem) throws {
    // What is damaged shall be found before anything is built from it, and before the lock nothing is certain.
    let isFinal = options.destination != .inPlace
    let found = try Checkpoint.open(
      path, fallback: options.fallback, verifying: isFinal ? options.effectiveSelection : nil,
      damagedSegments: options.allowedLoss, on: fileSystem)
    let experiment = found.enclosingDirectory
    let layout = ExperimentLayout(experiment)
    // A fork that was killed has a lock before it has parameters.
    let isInExperiment = [layout.parameters, layout.lock].contains { (try? fileSystem.status(of: $0)) != nil }
    recordedExperiment = isInExperiment ? experiment : nil
    switch options.destination {
    case .dryRun:
      (checkpoint, output) = (found, nil)
      home = recordedExperiment
    case .fork(let new):
      checkpoint = found
      output = try ExperimentDirectory.fork(found, into: new, on: fileSystem)
      home = new
    case .inPlace:
      output = isInExperiment ? try ExperimentDirectory.open(at: experiment, on: fileSystem) : nil
      // Before the lock was held another process could have written or moved checkpoints.
      checkpoint = try Checkpoint.open(
        path, fallback: options.fallback, verifying: options.effectiveSelection,
        damagedSegments: options.allowedLoss, on: fileSystem)
      home = recordedExperiment
    }
  }
}

extension RestoreOptions {
  /// The selection; a dump that is joined takes the place of the checkpoint's buffer.
  var effectiveSelection: ComponentSelection {
    var selection = selection
    if joinedDump != nil { selection.without.append("replay_buffer") }
    return selection
  }

  /// What becomes of damaged segments: a fork would hand the damage on.
  fileprivate var allowedLoss: Checkpoint.DamagedSegments {
    if case .fork = destination { .refuse } else { damagedSegments }
  }
}
