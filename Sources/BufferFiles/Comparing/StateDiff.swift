internal import MessagePack
internal import StateTree

/// What differs between two trees of state, ours or foreign, in the order of the first one.
public struct StateDiff: Sendable, Equatable {
  /// One place at which the trees differ.
  public struct Change: Sendable, Equatable {
    /// Where, with slashes between the keys.
    public var path: String
    /// What happened there.
    public var kind: Kind

    /// A change at a place.
    public init(path: String, kind: Kind) {
      self.path = path
      self.kind = kind
    }
  }

  /// What happened at a place.
  public enum Kind: Sendable, Equatable {
    /// Only the new tree has it: what it is.
    case added(String)
    /// Only the old tree has it: what it was.
    case removed(String)
    /// Another value or type, before and after; for numbers the distance.
    case changed(old: String, new: String, distance: Double?)
    /// Other numbers in a tensor of the same type and shape.
    case tensor(summary: String, TensorDifference)
  }

  /// The places, in the order of the first tree, what was added last.
  public private(set) var changes: [Change] = []
  /// How many values were compared.
  public private(set) var comparedCount = 0

  private let tolerance: Tolerance
  private let ignoring: @Sendable (String) -> Bool

  /// Compares two trees.
  /// - Parameter ignoring: says of a path whether to leave it out.
  public init(
    from old: StateNode, to new: StateNode, tolerance: Tolerance = Tolerance(),
    ignoring: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    self.tolerance = tolerance
    self.ignoring = ignoring
    compare(old, new, at: "")
  }

  /// Whether the trees, their differences apart, are the same.
  public static func == (a: StateDiff, b: StateDiff) -> Bool {
    a.changes == b.changes && a.comparedCount == b.comparedCount
  }

  private mutating func compare(_ old: StateNode, _ new: StateNode, at path: String) {
    guard !ignoring(path) else { return }
    switch (old, new) {
    case (.map(let a), .map(let b)): compare(a, b, at: path)
    case (.list(let a), .list(let b)) where a.count == b.count:
      for index in a.indices { compare(a[index], b[index], at: path.isEmpty ? "\(index)" : "\(path)/\(index)") }
    case (.tensor(let a), .tensor(let b)) where a.dataType == b.dataType && a.shape == b.shape:
      comparedCount += 1
      guard let difference = TensorDifference(from: a, to: b, tolerance: tolerance) else { return }
      add(path, .tensor(summary: a.summary, difference))
    case (.leaf(let a), .leaf(let b)): compare(a, b, at: path)
    default:
      comparedCount += 1
      add(path, .changed(old: old.summary, new: new.summary, distance: nil))
    }
  }

  private mutating func compare(
    _ old: [(key: String, value: StateNode)], _ new: [(key: String, value: StateNode)], at path: String
  ) {
    var values: [StateKey: StateNode] = [:]
    for entry in new { values[StateKey(entry.key)] = entry.value }
    var known = Set<StateKey>()
    for (key, value) in old {
      let place = path.isEmpty ? key : "\(path)/\(key)"
      known.insert(StateKey(key))
      if let other = values[StateKey(key)] {
        compare(value, other, at: place)
      } else if !ignoring(place) {
        add(place, .removed(value.summary))
      }
    }
    for (key, value) in new where !known.contains(StateKey(key)) {
      let place = path.isEmpty ? key : "\(path)/\(key)"
      if !ignoring(place) { add(place, .added(value.summary)) }
    }
  }

  private mutating func compare(_ old: MessagePackValue, _ new: MessagePackValue, at path: String) {
    comparedCount += 1
    var distance: Double?
    if let a = old.wholeNumber, let b = new.wholeNumber {
      distance = tolerance.violation(a, b)
      if distance == nil { return }
    } else if let a = old.number, let b = new.number {
      let isSame = tolerance.isExact ? old == new : tolerance.violation(a, b) == nil
      if isSame, !(a.isNaN && tolerance.nan == .different) { return }
      distance = a == b ? 0 : abs(a - b)
    } else if old == new {
      return
    }
    let texts = MessagePackValue.descriptions(old, new)
    add(path, .changed(old: texts.old, new: texts.new, distance: distance))
  }

  private mutating func add(_ path: String, _ kind: Kind) {
    changes.append(Change(path: path.isEmpty ? "state" : path, kind: kind))
  }
}
