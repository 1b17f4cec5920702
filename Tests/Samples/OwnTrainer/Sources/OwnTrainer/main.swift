import Checkpoints

// Usage: OwnTrainer EXPERIMENT ITERATIONS: begins an experiment, or goes on with the one that is there.
let arguments = CommandLine.arguments.dropFirst()
guard let path = arguments.first, let count = arguments.last.flatMap({ Int($0) }), arguments.count == 2 else {
  print("usage: OwnTrainer EXPERIMENT ITERATIONS")
  throw CommandLineMistake()
}

var run = try Run()
let experiment: ExperimentDirectory
do {
  let checkpoint = try Checkpoint.open(.init(path))
  experiment = try ExperimentDirectory.open(at: .init(path))
  let report = try run.restore(checkpoint)
  try experiment.rewind(to: checkpoint.manifest.iteration)
  print(report.isExact ? "goes on exactly after iteration \(report.iteration)" : report.description)
} catch CheckpointError.notExperiment {
  experiment = try ExperimentDirectory.create(at: .init(path))
}
for _ in 0..<count {
  try run.train()
  try experiment.save(run.contents)
}
print("iteration \(run.iteration), \(run.environmentSteps) steps: \(run.digest)")

struct CommandLineMistake: Error {}
