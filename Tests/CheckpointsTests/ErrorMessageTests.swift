import BufferFiles
import Checkpoints
import FileSystems
import ReplayBuffers
import SystemPackage
import Testing

@Suite("Errors of checkpoints say what, where and what to do")
struct ErrorMessageTests {
  private static let path: FilePath = "runs/cartpole/checkpoint_000004"
  private static let run: FilePath = "runs/cartpole"

  @Test(
    arguments: [
      (
        .component(path, name: "learner", reason: "weights is missing"),
        """
        learner of runs/cartpole/checkpoint_000004 does not fit this run: weights is missing; restore with the \
        configuration it was saved with, or leave it out with --without learner
        """
      ),
      (
        .experimentExists(run, found: "params.json"),
        """
        runs/cartpole holds an experiment already (params.json); give another directory, or go on with \
        "rlbuf restore runs/cartpole"
        """
      ),
      (
        .notExperiment(run),
        """
        runs/cartpole is neither an experiment nor a checkpoint; give a directory that "rlbuf train" wrote, or look \
        for one with "rlbuf ls"
        """
      ),
      (
        .locked(run, holder: "process 7 on here"),
        """
        runs/cartpole is being written by process 7 on here; wait for it or stop it, or write elsewhere with --into
        """
      ),
      (
        .locked(run, holder: nil),
        "runs/cartpole is being written by another process; wait for it or stop it, or write elsewhere with --into"
      ),
      (
        .iterationExists(path, iteration: 4),
        """
        there is a checkpoint of iteration 4 already: runs/cartpole/checkpoint_000004; train on before saving again, \
        or move it away
        """
      ),
      (
        .notRewound(run, iteration: 2, newest: 4),
        """
        runs/cartpole has a checkpoint of iteration 4, so that iteration 2 cannot be saved behind it; rewind the \
        experiment first, or fork with --into
        """
      ),
      (
        .invalidComponentName("../x", reason: "the name starts with \".\""),
        """
        the component "../x" cannot be saved: the name starts with "."; use plain names with slashes between them, \
        each once
        """
      ),
      (
        .tooMany(path, what: "files", found: 100_001, limit: 100_000),
        """
        runs/cartpole/checkpoint_000004 would have 100001 files, the limit is 100000; save larger segments \
        (segmentBytes)
        """
      ),
      (
        .notJSON(path: "configuration/w", found: "tensor"),
        "configuration/w is tensor, which JSON cannot say; put it into a component of its own"
      ),
      (
        .incomplete(path, reason: "it has no checkpoint.json"),
        """
        runs/cartpole/checkpoint_000004 is not a complete checkpoint: it has no checkpoint.json; take another copy of \
        it, or another checkpoint
        """
      ),
      (
        .newestUnusable(path, reason: "it has no checkpoint.json", hasOlder: true),
        """
        the newest checkpoint runs/cartpole/checkpoint_000004 cannot be used: it has no checkpoint.json; take the one \
        before it with --allow-older
        """
      ),
      (
        .newestUnusable(path, reason: "it has no checkpoint.json", hasOlder: false),
        """
        the newest checkpoint runs/cartpole/checkpoint_000004 cannot be used: it has no checkpoint.json; there is none \
        before it: take another copy of it
        """
      ),
      (
        .noCheckpoint(run, skipped: []),
        """
        runs/cartpole has no checkpoint to go on from or to compare; wait for one if it is running, or train anew elsewhere \
        with --checkpoint-every
        """
      ),
      (
        .noCheckpoint(run, skipped: [.init(path, reason: "it has no checkpoint.json")]),
        "runs/cartpole has no checkpoint that can be used; checkpoint_000004: it has no checkpoint.json"
      ),
      (
        .newerVersion(path, found: 2, supported: 1),
        """
        runs/cartpole/checkpoint_000004 has version 2 and this rlbuf reads up to 1; install a newer rlbuf
        """
      ),
      (
        .invalidManifest(path, reason: "format is missing"),
        """
        runs/cartpole/checkpoint_000004 is not the manifest of a checkpoint: format is missing; take another copy of it
        """
      ),
      (
        .damagedFile(path, reason: "it is missing"),
        """
        runs/cartpole/checkpoint_000004 is damaged: it is missing; take another copy of it, or the checkpoint before it
        """
      ),
      (
        .missingSegment(path, name: "s", looked: ["a/s", "b/s"]),
        """
        runs/cartpole/checkpoint_000004 lacks the segment s, looked for at a/s and b/s; copy it there from where the \
        checkpoint came from
        """
      ),
      (
        .invalidSegments(path, reason: "rows is 3"),
        """
        runs/cartpole/checkpoint_000004 does not describe a buffer: rows is 3; run "rlbuf verify" for all damage
        """
      ),
      (
        .unknownComponent(path, name: "x", known: ["a", "b/c"]),
        "runs/cartpole/checkpoint_000004 has no component \"x\"; its components are a, b/c"
      ),
      (
        .omittedComponent(path, name: "replay_buffer", because: "it is dumped"),
        """
        replay_buffer was left out of runs/cartpole/checkpoint_000004: it is dumped; join it from a dump with --buffer
        """
      ),
      (
        .wrongComponentKind(path, name: "x", isBuffer: true),
        "x of runs/cartpole/checkpoint_000004 is a replay buffer; read it as one"
      ),
      (
        .wrongComponentKind(path, name: "x", isBuffer: false),
        "x of runs/cartpole/checkpoint_000004 is state, not a replay buffer"
      ),
      (.invalidJSON(line: 2, column: 3, reason: "not a number"), "not JSON at line 2, column 3: not a number"),
      (
        .invalidResults("progress.csv", reason: "its header has no column training_iteration"),
        "progress.csv cannot be cut: its header has no column training_iteration; move the file away"
      ),
      (
        .invalidRetention(reason: "the last is 0, expected 1 or more"),
        "this cannot decide what stays: the last is 0, expected 1 or more; say for instance --keep-last 3"
      ),
      (
        .unknownMetric(run, name: "reward", known: ["a/b", "c"]),
        "nothing of runs/cartpole has the result reward, so that none is the best; there are a/b, c"
      ),
      (
        .unknownMetric(run, name: "reward", known: []),
        "nothing of runs/cartpole has the result reward, so that none is the best; there are no results"
      ),
      (.buffer(.emptyBuffer), ReplayBufferError.emptyBuffer.description),
      (.file(.noRows("x")), "x holds state and no rows; read its state"),
      (
        .fileSystem(FileSystemError(.read, "a\u{1b}b", .isLink)),
        FileSystemError(.read, "a\u{1b}b", .isLink).description
      ),
    ] as [(CheckpointError, String)])
  func `every error has its words`(error: CheckpointError, text: String) {
    #expect(error.description == text)
    #expect(!text.contains("\u{1b}"))
  }

  @Test func `what was passed over is named with its reason`() {
    #expect(
      CheckpointSkip(Self.path, reason: "it is empty").description == "runs/cartpole/checkpoint_000004: it is empty")
    #expect(CheckpointVerification.Damage(file: "a", reason: "it is missing").description == "a: it is missing")
  }
}
