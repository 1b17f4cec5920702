internal import BufferFiles
internal import FileSystems
internal import ReplayBuffers
internal import SystemPackage

extension CheckpointError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line; what could steer a terminal is escaped.
  public var description: String { printable(text) }

  private var text: String {
    switch self {
    case .fileSystem(let error): error.description
    case .file(let error): error.description
    case .buffer(let error): error.description
    case .component(let path, let name, let reason):
      "\(name) of \(path) does not fit this run: \(reason); restore with the configuration it was saved with, or leave it out with --without \(name)"
    case .experimentExists, .notExperiment, .locked, .iterationExists, .notRewound, .invalidComponentName, .tooMany,
      .notJSON:
      writingText
    case .incomplete, .newestUnusable, .noCheckpoint, .newerVersion, .invalidManifest, .damagedFile, .missingSegment,
      .invalidSegments:
      readingText
    case .unknownComponent, .omittedComponent, .wrongComponentKind, .invalidJSON, .invalidResults, .invalidRetention,
      .unknownMetric:
      askingText
    }
  }

  private var writingText: String {
    switch self {
    case .experimentExists(let path, let found):
      "\(path) holds an experiment already (\(found)); give another directory, or go on with \"rlbuf restore \(path)\""
    case .notExperiment(let path):
      "\(path) is neither an experiment nor a checkpoint; give a directory that \"rlbuf train\" wrote, or look for one with \"rlbuf ls\""
    case .locked(let path, let holder):
      "\(path) is being written by \(holder ?? "another process"); wait for it or stop it, or write elsewhere with --into"
    case .iterationExists(let path, let iteration):
      "there is a checkpoint of iteration \(iteration) already: \(path); train on before saving again, or move it away"
    case .notRewound(let path, let iteration, let newest):
      "\(path) has a checkpoint of iteration \(newest), so that iteration \(iteration) cannot be saved behind it; rewind the experiment first, or fork with --into"
    case .invalidComponentName(let name, let reason):
      "the component \"\(name)\" cannot be saved: \(reason); use plain names with slashes between them, each once"
    case .tooMany(let path, let what, let found, let limit):
      "\(path) would have \(found) \(what), the limit is \(limit); save larger segments (segmentBytes)"
    case .notJSON(let path, let found):
      "\(path) is \(found), which JSON cannot say; put it into a component of its own"
    default: ""
    }
  }

  private var readingText: String {
    switch self {
    case .incomplete(let path, let reason):
      "\(path) is not a complete checkpoint: \(reason); take another copy of it, or another checkpoint"
        + Self.orWithLoss(reason)
    case .newestUnusable(let path, let reason, let hasOlder):
      "the newest checkpoint \(path) cannot be used: \(reason); "
        + (hasOlder ? "take the one before it with --allow-older" : "there is none before it: take another copy of it")
        + Self.orWithLoss(reason)
    case .noCheckpoint(let path, let skipped):
      skipped.isEmpty
        ? "\(path) has no checkpoint to go on from or to compare; wait for one if it is running, or train anew elsewhere "
          + "with --checkpoint-every"
        : "\(path) has no checkpoint that can be used; "
          + skipped.map { "\($0.path.lastComponent?.string ?? ""): \($0.reason)" }.joined(separator: "; ")
    case .newerVersion(let path, let found, let supported):
      "\(path) has version \(found) and this rlbuf reads up to \(supported); install a newer rlbuf"
    case .invalidManifest(let path, let reason):
      "\(path) is not the manifest of a checkpoint: \(reason); take another copy of it"
    case .damagedFile(let path, let reason):
      "\(path) is damaged: \(reason); take another copy of it, or the checkpoint before it"
        + Self.orWithLoss(path.lastComponent?.string ?? "")
    case .missingSegment(let path, let name, let looked):
      "\(path) lacks the segment \(name), looked for at \(looked.map(\.description).joined(separator: " and ")); copy it there from where the checkpoint came from"
        + Self.orWithLoss(name)
    case .invalidSegments(let path, let reason):
      "\(path) does not describe a buffer: \(reason); run \"rlbuf verify\" for all damage"
    default: ""
    }
  }

  /// What else can be done if it is a segment that is named.
  private static func orWithLoss(_ text: String) -> String {
    SegmentName.isNamed(in: text) ? ", or restore without what is lost with --with-loss" : ""
  }

  private var askingText: String {
    switch self {
    case .unknownComponent(let path, let name, let known):
      "\(path) has no component \"\(name)\"; its components are \(known.joined(separator: ", "))"
    case .omittedComponent(let path, let name, let because):
      "\(name) was left out of \(path): \(because); join it from a dump with --buffer"
    case .wrongComponentKind(let path, let name, let isBuffer):
      isBuffer
        ? "\(name) of \(path) is a replay buffer; read it as one" : "\(name) of \(path) is state, not a replay buffer"
    case .invalidJSON(let line, let column, let reason):
      "not JSON at line \(line), column \(column): \(reason)"
    case .invalidRetention(let reason):
      "this cannot decide what stays: \(reason); say for instance --keep-last 3"
    case .unknownMetric(let path, let name, let known):
      "nothing of \(path) has the result \(name), so that none is the best; "
        + (known.isEmpty ? "there are no results" : "there are \(known.joined(separator: ", "))")
    case .invalidResults(let path, let reason):
      "\(path) cannot be cut: \(reason); move the file away"
    default: ""
    }
  }
}
