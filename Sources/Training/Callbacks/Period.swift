public import StateTree

/// Keeps account of when something that happens `Every` so often is due; saved, so that a restored run keeps the beat.
public struct Period: Sendable {
  /// How far a run is, in all the units of `Every`.
  public struct Progress: Sendable {
    /// Iterations finished.
    public var iteration: Int
    /// Environment steps ever sampled.
    public var environmentSteps: Int
    /// Steps ever added to the replay buffer.
    public var insertionCount: Int
    /// The time on a clock that only goes forward.
    public var now: Duration

    /// Progress from its parts.
    public init(iteration: Int, environmentSteps: Int, insertionCount: Int, now: Duration) {
      self.iteration = iteration
      self.environmentSteps = environmentSteps
      self.insertionCount = insertionCount
      self.now = now
    }
  }

  /// How often.
  public let every: Every
  /// The count at which it was due last.
  private var last = 0
  /// The time since it was due last, over all processes that the run had.
  private var waited = Duration.zero
  private var lastSeen: Duration?

  /// Not due yet. A period that is not above 0 is refused when the algorithm is built.
  public init(_ every: Every) { self.every = every }

  /// Begins to count time; without it the first call of `isDue` does.
  public mutating func start(now: Duration) { lastSeen = now }

  /// Whether it is due now; if so, the next period begins.
  ///
  /// Environment steps are counted from multiples of the period, so that a late iteration does not move later ones.
  public mutating func isDue(_ progress: Progress) -> Bool {
    guard every.isPositive else { return false }
    switch every {
    case .iterations(let count):
      return progress.iteration > 0 && progress.iteration % count == 0
    case .environmentSteps(let count):
      guard progress.environmentSteps - last >= count else { return false }
      last += (progress.environmentSteps - last) / count * count
      return true
    case .newTransitions(let count):
      guard progress.insertionCount - last >= count else { return false }
      last = progress.insertionCount
      return true
    case .time(let duration):
      waited += progress.now - (lastSeen ?? progress.now)
      lastSeen = progress.now
      guard waited >= duration else { return false }
      waited = .zero
      return true
    }
  }
}

extension Period: Checkpointable {
  /// The last count and the time waited; the period itself is configuration.
  public var state: StateValue {
    let parts = waited.components
    return [
      "last": .integer(last), "waited_seconds": .integer(parts.seconds),
      "waited_attoseconds": .integer(parts.attoseconds),
    ]
  }

  /// Goes on where the state was taken; time between two processes does not count.
  /// - Throws: `StateTreeError`.
  public mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    let last = try reader.counter("last")
    let waited = Duration(
      secondsComponent: Int64(try reader.counter("waited_seconds")),
      attosecondsComponent: Int64(try reader.count("waited_attoseconds")))
    (self.last, self.waited) = (last, waited)
  }

  /// Checks that neither count nor time is negative.
  /// - Throws: `TrainingError.brokenInvariant`.
  public func checkInvariants() throws {
    guard last >= 0, waited >= .zero else {
      throw TrainingError.brokenInvariant("\(every) was due at \(last) after \(waited)")
    }
  }
}
