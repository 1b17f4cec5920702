import ArgumentParser
import Glibc
import RLBuf
import SystemPackage

/// Trains until the end that was asked for, tells what every iteration gave, and saves the last one.
struct TrainingLoop {
  /// How many iterations; nil for no limit.
  let iterations: Int?
  let stops: [StopCondition]
  /// Whether the last iteration is saved, and the replay buffer with it; nil if it is not.
  let lastCheckpoint: BufferInclusion?
  /// Which checkpoints stay then; nil for all.
  let keep: Retention?
  let experiment: FilePath
  let bar: IterationBar

  /// Tells how the run begins, trains, and ends the command with code 5 if a signal asked for the end.
  /// - Throws: what training throws, with what is safe on disk.
  func run(_ algorithm: some Algorithm, _ beginning: RunBeginning, as printer: some RunPrinter) throws {
    var printer = printer
    let (experiment, bar) = (experiment, bar)
    let signals = StopSignals { number in
      bar.clear()
      Console.note(
        "\(StopSignals.name(number)): the iteration under way is finished and saved; once more ends the command at once"
      )
    }
    let interruption = Interruption { signals.receive($0) }
    // A reader of the lines that goes away shall not end the run.
    signal(SIGPIPE, SIG_IGN)
    defer { interruption.end() }
    switch beginning {
    case .new(let start): printer.started(start)
    case .restored(let facts): printer.restored(facts)
    }
    let end: RunEnd
    do {
      end = try train(algorithm, signals, &printer)
      try algorithm.stop()
    } catch {
      bar.clear()
      // What is safe is told when all that was begun is finished; further failures are told behind the first.
      if let next = algorithm.settle(&printer) { Console.note("warning: " + TerminalText.escaped("\(next)")) }
      do { try algorithm.stop() } catch let next { Console.note("warning: " + TerminalText.escaped("\(next)")) }
      throw RunFailure(error, in: experiment)
    }
    printer.ended(end)
    if end.isBySignal { throw ExitStatus.stopped.code }
  }

  private func train(
    _ algorithm: some Algorithm, _ signals: StopSignals, _ printer: inout some RunPrinter
  ) throws -> RunEnd {
    // A restored run may be where it was to stop; a job that is started again and again ends here.
    if let result = algorithm.lastResult, let reached = stops.firstReached(by: result) {
      return RunEnd(reached, last: IterationFacts(result), iterations: 0, of: iterations, seconds: 0, in: experiment)
    }
    let start = ContinuousClock.now
    let first = algorithm.iteration
    var ending: Ending?
    var facts: IterationFacts
    repeat {
      let result = try algorithm.train()
      let count = algorithm.iteration - first
      if count == 1 { for stop in stops { try stop.check(against: result) } }
      ending = self.ending(after: result, count, signals)
      facts = IterationFacts(result)
      bar.clear()
      for save in algorithm.lastSaves { printer.saved(SaveFacts(save)) }
      printer.iteration(facts)
    } while ending == nil
    try algorithm.end(saving: lastCheckpoint, to: experiment, keep: keep, &printer)
    return RunEnd(
      ending ?? .iterations, last: facts, iterations: algorithm.iteration - first, of: iterations,
      seconds: (ContinuousClock.now - start) / .seconds(1), in: experiment)
  }

  private func ending(after result: TrainingResult, _ count: Int, _ signals: StopSignals) -> Ending? {
    if let reached = stops.firstReached(by: result) { return reached }
    if let iterations, count >= iterations { return .iterations }
    return signals.received.map(Ending.signal)
  }
}

extension [StopCondition] {
  /// The first condition that a result meets; nil if it meets none.
  fileprivate func firstReached(by result: TrainingResult) -> Ending? {
    for stop in self {
      if let value = stop.value(meeting: result) { return .reached(stop, value: value) }
    }
    return nil
  }
}

extension Algorithm {
  /// Waits for all saves and tells of them; the first failure is the answer, of others there is a warning.
  fileprivate func settle(_ printer: inout some RunPrinter) -> (any Error)? {
    let told = lastSaves.count
    var failure: (any Error)?
    while true {
      do {
        try finishWriting()
        break
      } catch {
        if failure == nil { failure = error } else { services.warn("\(error)") }
      }
    }
    for save in lastSaves.dropFirst(told) { printer.saved(SaveFacts(save)) }
    return failure
  }

  /// Waits for all saves and saves the last iteration, unless a callback has, also when an earlier save has failed.
  fileprivate func end(
    saving inclusion: BufferInclusion?, to experiment: FilePath, keep: Retention?, _ printer: inout some RunPrinter
  ) throws {
    var failures = [settle(&printer)].compactMap { $0 }
    let isSaved = lastSaves.contains { $0.kind == .checkpoint && $0.iteration == iteration }
    if let inclusion, !isSaved {
      do { try saveInBackground(to: experiment, replayBuffer: inclusion, keep: keep) } catch { failures.append(error) }
      if let failure = settle(&printer) { failures.append(failure) }
    }
    for failure in failures.dropLast() { services.warn("\(failure)") }
    if let failure = failures.last { throw failure }
  }
}

extension RunEnd {
  /// Whether somebody asked for the end.
  var isBySignal: Bool { reason == "signal" }
}

/// What stopped a run, and what is safe all the same.
private struct RunFailure: Error, CustomStringConvertible {
  let description: String

  init(_ cause: any Error, in experiment: FilePath) {
    let listing = try? ExperimentListing.of(experiment)
    let place = ShellText.quoted(experiment.string)
    let dumps = listing?.dumps.last { $0.unreadableBecause == nil }
    let dumpText = dumps.map { ", and the dump \($0.path)" } ?? ""
    if let newest = listing?.checkpoints.last(where: { $0.incompleteBecause == nil }) {
      description =
        "\(cause); safe on disk is \(newest.path)\(dumpText); go on from it with "
        + "\"rlbuf restore \(place)\" and --iterations or --stop"
    } else {
      description =
        "\(cause); no checkpoint was saved yet\(dumpText.isEmpty ? "" : dumpText + " is safe"), "
        + "the results so far are in \(experiment)"
    }
  }
}
