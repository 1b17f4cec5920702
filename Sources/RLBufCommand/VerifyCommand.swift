import ArgumentParser
import RLBuf
import SystemPackage

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads files whole and checks every frame, digest, record and statistic.",
    discussion: """
      Every damage is named with its place, and which rows are whole all the same. Of an experiment every checkpoint and \
      every dump is read. Files of others have at best zstd's \
      checksums; without them nothing can be said. rlbuf recover keeps what is whole in a damaged file.

      Exit codes: 0 sound, 1 damaged, 2 could not run, 4 unverifiable (a file of others without checksums, or of a kind \
      that is not looked into). Of several \
      files the worst one counts.
      """)

  @Argument(help: "The files, checkpoints and experiments to check.", completion: .file())
  var paths: [String]

  @Flag(name: .shortAndLong, help: "Print nothing; the exit code tells.")
  var quiet = false

  @OptionGroup var opening: OpeningOptions

  /// What is known of a file, the worst last.
  enum Verdict: Int, Comparable {
    case sound, unverifiable, unknown, damaged

    static func < (a: Verdict, b: Verdict) -> Bool { a.rawValue < b.rawValue }

    var exit: ExitCode {
      switch self {
      case .sound: .success
      case .unverifiable: ExitStatus.unverifiable.code
      case .unknown: ExitCode(2)
      case .damaged: ExitCode(1)
      }
    }
  }

  func run() throws {
    var worst = Verdict.sound
    for path in paths { worst = max(worst, try verdict(path)) }
    throw worst.exit
  }

  /// What is known of one file; of one that cannot be checked the others shall not go unchecked.
  private func verdict(_ path: String) throws -> Verdict {
    do {
      var verdict = Verdict.unknown
      try Failure.reporting(code: 2) { verdict = try verify(FilePath(path)) }
      return verdict
    } catch let exit as ExitCode where paths.count > 1 && [2, ExitStatus.limit.rawValue].contains(exit.rawValue) {
      return .unknown
    }
  }

  private func verify(_ path: FilePath) throws -> Verdict {
    if try SavedState.isBufferFile(path) { return try verifyOurs(path) }
    let state: SavedState
    do throws(ForeignFormatError) {
      state = try SavedState.open(path, as: .plainMessagePack, limits: opening.limits)
    } catch {
      if case .notRecognized(let path, let found) = error, error.isForeignData {
        try say("unverifiable: \(path): it is \(found), which rlbuf does not look into; check it with what wrote it")
        return .unverifiable
      }
      guard error.isDamage else { throw error }
      // Of a checkpoint that is not complete all that is missing is named, if its manifest can be read.
      if case .checkpoint(.incomplete) = error, let verdict = try? verifyCheckpoint(path), verdict == .damaged {
        return .damaged
      }
      try say("damaged: \(error)")
      return .damaged
    }
    return try describe(state)
  }

  func verifyOurs(_ path: FilePath) throws -> Verdict {
    let total = (try? POSIXFileSystem().status(of: path).byteCount) ?? 0
    var progress = ProgressLine("verifying", of: Int(total))
    let report = try BufferFile.verify(path, progress: { progress.update($0) })
    progress.end()
    guard !report.isSound else {
      try say("sound: \(path): \(NumberText.count(report.frameCount)) frames, \(NumberText.bytes(report.byteCount)), "
        + "\(NumberText.count(report.wholeRowCount)) rows; every digest agrees")
      return .sound
    }
    try describe(report)
    return .damaged
  }

  private func describe(_ report: VerificationReport) throws {
    let count = report.damages.count + report.unlistedDamageCount
    try say("damaged: \(report.path): \(NumberText.count(count)) \(count == 1 ? "place" : "places")")
    for damage in report.damages.prefix(100) { try say("  \(damage.kind.rawValue): \(damage)") }
    if count > 100 { try say("  ... \(NumberText.count(count - 100)) more") }
    try say("  whole all the same: " + (report.wholeRows.isEmpty ? "no row" : rows(report)))
    try say("  state: " + state(report))
    guard !report.wholeRows.isEmpty || report.frameCount > 1 else { return }
    let output = "\(report.path.string).recovered.msgpack.zst"
    try say("  to keep what is whole: rlbuf recover \(ShellText.quoted(report.path.string)) -o \(ShellText.quoted(output))")
  }

  private func rows(_ report: VerificationReport) -> String {
    let evidence = report.evidence == .digests ? "by their digests" : "by zstd's checksums alone"
    let steps = report.wholeSteps.isEmpty ? "" : ", steps \(Self.ranges(report.wholeSteps))"
    return "\(NumberText.count(report.wholeRowCount, "row")) (\(Self.ranges(report.wholeRows)))\(steps), \(evidence)"
  }

  private static func ranges(_ ranges: [Range<Int>]) -> String {
    let named = ranges.prefix(20).map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ", ")
    return ranges.count > 20 ? "\(named), ..." : named
  }

  private func state(_ report: VerificationReport) -> String {
    guard let damaged = report.damagedState else { return "whatever was found whole; without the index nothing says what there was" }
    guard !damaged.isEmpty else { return "whole" }
    let paths = damaged.prefix(20).map { $0.keys.isEmpty ? "entries at its top" : "\($0)" }.joined(separator: ", ")
    return "damaged: \(paths)\(damaged.count > 20 ? ", ..." : "")"
  }

  /// What can be said of a file of others that was read without complaint.
  private func describe(_ state: SavedState) throws -> Verdict {
    switch state {
    case .messagePack(let document):
      guard let compression = document.info.compression, compression.isChecksummed else {
        try say("unverifiable: \(document.path): MessagePack without checksums; it reads from end to end, and a changed "
          + "number would not show (\"rlbuf convert\" writes digests)")
        return .unverifiable
      }
      try say("sound: \(document.path): the checksums of \(NumberText.count(compression.frameCount, "zstd frame")) agree")
      return .sound
    case .rllibCheckpoint(let checkpoint):
      let broken = checkpoint.components.compactMap { component in
        if case .unreadable(let reason) = component.content { "\(component.name): \(reason)" } else { nil }
      }
      for line in broken { try say("damaged: \(checkpoint.path)/\(line)") }
      if broken.isEmpty { try say("unverifiable: \(checkpoint.path): a checkpoint of RLlib has no checksums") }
      return broken.isEmpty ? .unverifiable : .damaged
    case .checkpoint(let checkpoint): return try verifyCheckpoint(checkpoint.path)
    case .experiment(let experiment): return try verify(experiment)
    case .bufferFile, .rllibDump: return .sound  // opened as plain MessagePack: neither comes up
    }
  }

  func say(_ line: String) throws {
    if !quiet { try Console.write(TerminalText.escaped(line) + "\n") }
  }
}

extension ForeignFormatError {
  /// Whether the file was of the right kind and is not sound, rather than not to be opened at all.
  fileprivate var isDamage: Bool {
    switch self {
    case .compression, .messagePack: !isLimit
    case .checkpoint(let error): error.isDamage
    default: false
    }
  }
}
