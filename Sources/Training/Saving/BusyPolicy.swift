/// What happens to a save that is due while an earlier one of its kind, to the same place, is not finished.
///
/// Dumps and checkpoints do not stand in each other's way: they are written one after the other, in the order in which
/// they were begun.
public enum BusyPolicy: String, Sendable, Hashable, Codable, CaseIterable {
  /// Training stands still until the earlier one is finished; every save takes place.
  case wait
  /// It is left out, and training goes on.
  case skip
  /// It waits without keeping training, and takes the place of one that waits already. At most one is being written and
  /// one waits, so that no more than two moments of the buffer are held in memory.
  ///
  /// A dump that a waiting checkpoint without a replay buffer stands on waits with it; it is not replaced before that
  /// checkpoint is.
  case replace

  /// How much a policy makes sure of, for two callbacks that ask for one checkpoint.
  private var strength: Int {
    switch self {
    case .skip: 0
    case .replace: 1
    case .wait: 2
    }
  }

  /// The one of two that leaves out less.
  func stronger(_ other: BusyPolicy) -> BusyPolicy { strength >= other.strength ? self : other }
}
