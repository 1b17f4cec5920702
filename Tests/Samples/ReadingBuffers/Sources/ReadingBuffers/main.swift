import BufferFiles
import ReplayBuffers

// Usage: ReadingBuffers BEFORE AFTER: two files that "rlbuf convert" made from dumps of one RLlib buffer.
let paths = CommandLine.arguments.dropFirst()
guard let first = paths.first, let last = paths.last, paths.count == 2 else {
  print("usage: ReadingBuffers BEFORE AFTER")
  throw CommandLineMistake()
}

let saved = try BufferFile.open(.init(last))  // header and summary only
print("steps \(saved.steps), \(saved.summary.episodes?.count ?? 0) episodes")

let rewards = try saved.column("rewards", as: Double.self, rows: saved.steps.suffix(256))  // one row group
print("the newest \(rewards.count) rewards sum to \(rewards.reduce(0, +))")

// RLlib saves neither capacity nor alpha nor the state of its random generator.
var buffer = try PrioritizedEpisodeReplayBuffer(
  contentsOf: saved, defaults: BufferDefaults(capacity: 2500, alpha: 0.6, seed: 7))
let sample = try buffer.sample(count: 32, nStep: .fixed(3), gamma: 0.99)
print("sampled \(sample.steps.count) of \(buffer.count) steps, observations \(sample.observations.shape)")

let before = try BufferFile.open(.init(first))
let diff = try BufferDiff(from: before, to: saved, tolerance: .init(absolute: 1e-6, relative: 1e-5))
let steps = diff.ring.steps
print(diff.isSame ? "same" : "different: +\(steps.added) -\(steps.evicted) =\(steps.kept)")

struct CommandLineMistake: Error {}
