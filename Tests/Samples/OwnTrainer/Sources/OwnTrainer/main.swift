import Checkpoints

// Usage: OwnTrainer EXPERIMENT ITERATIONS: begins an experiment, or goes on with the one that is there.
let arguments = CommandLine.arguments.dropFirst()
guard let path = arguments.first, let count = arguments.last.flatMap({ Int($0) }), arguments.count == 2 else {
  print("usage: OwnTrainer EXPERIMENT ITERATIONS")
  throw CommandLineMistake()
}

/// The experiment in the hands of this process; a run that was saved there goes on.
func openExperiment(_ path: String, continuing run: inout Run) throws -> ExperimentDirectory {
  let checkpoint: Checkpoint
  do { checkpoint = try Checkpoint.open(.init(path)) } catch CheckpointError.notExperiment {
    return try ExperimentDirectory.create(at: .init(path))
  }
  let experiment = try ExperimentDirectory.open(at: .init(path))
  let report = try run.restore(checkpoint)
  try experiment.rewind(to: checkpoint.manifest.iteration)
  print(report.isExact ? "goes on exactly after iteration \(report.iteration)" : report.description)
  return experiment
}

var run = try Run()
let experiment = try openExperiment(path, continuing: &run)
for _ in 0..<count {
  try run.train()
  try experiment.save(run.contents)
}
print("iteration \(run.iteration), \(run.environmentSteps) steps: \(run.digest)")

struct CommandLineMistake: Error {}
