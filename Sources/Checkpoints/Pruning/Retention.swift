/// Which checkpoints, or which dumps, stay.
///
/// What any of `last`, `best` and `every` names stays. Of the others, those go that `age` or `bytes` do not let stay, the
/// oldest first; without either, all of them. So these two never take what the first three keep, and where both are
/// given, an other one stays only if both let it. Only what is verified counts.
///
/// Whatever is said here, the newest one that is verified stays, the best with `best`, the last one with a larger replay
/// buffer if that has shrunk to less than a tenth since, and everything that is not this run's.
/// - Source: `Checkpoints.md`, "Retention".
public struct Retention: Sendable, Hashable {
  /// Those with the best values of a result.
  public struct Best: Sendable, Hashable {
    /// Which values are good.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
      /// High ones, such as returns.
      case max
      /// Low ones, such as losses.
      case min
    }

    /// How many stay. Of equal values the newer is the better one.
    public var count: Int
    /// The keys of the result with slashes between them, nested or not: `env_runners/episode_return_mean`.
    public var metric: String
    /// Which values are good. Default: high ones.
    public var mode: Mode

    /// The best ones by a result; a value that is missing, NaN or infinite is never among them.
    public init(_ count: Int, metric: String, mode: Mode = .max) {
      (self.count, self.metric, self.mode) = (count, metric, mode)
    }
  }

  /// How many of the newest stay; nil if that is no reason to stay.
  public var last: Int?
  /// How many of the best stay; nil if that is no reason to stay.
  public var best: Best?
  /// Those stay whose iteration is a multiple of this; nil if that is no reason to stay.
  public var every: Int?
  /// How old the others may become, from when they were written; nil for any age.
  public var age: Duration?
  /// How many bytes on disk all may take before others go, what they share counted once; nil for any size.
  public var bytes: Int?

  /// What stays; with nothing said everything but what must stay would go, which `requireSound` refuses.
  public init(last: Int? = nil, best: Best? = nil, every: Int? = nil, age: Duration? = nil, bytes: Int? = nil) {
    (self.last, self.best, self.every, self.age, self.bytes) = (last, best, every, age, bytes)
  }

  /// Checks that it says something and that nothing of it is below 1.
  /// - Throws: `CheckpointError.invalidRetention`.
  public func requireSound() throws(CheckpointError) {
    let counts = [("the last", last), ("the best", best?.count), ("every", every), ("bytes", bytes)]
    for case (let name, let count?) in counts where count < 1 {
      throw .invalidRetention(reason: "\(name) is \(count), expected 1 or more")
    }
    if let age, age <= .zero { throw .invalidRetention(reason: "an age of \(age), expected more than 0") }
    if let best, best.metric.isEmpty { throw .invalidRetention(reason: "the metric has no name") }
    guard last ?? best?.count ?? every ?? bytes != nil || age != nil else {
      throw .invalidRetention(reason: "it says nothing of what stays")
    }
  }
}
