/// What eight neighbours make together.
protocol GroupRule: Sendable {
  /// What an empty place holds.
  static var neutral: Double { get }
  /// The group as one value.
  static func merged(_ group: SIMD8<Double>) -> Double
}

/// The sum, of neighbours first, so that it is the sum that a binary tree has at this node.
enum SumRule: GroupRule {
  static let neutral = 0.0

  @inline(__always) static func merged(_ group: SIMD8<Double>) -> Double {
    let pairs = group.evenHalf + group.oddHalf
    let quads = pairs.evenHalf + pairs.oddHalf
    return quads.x + quads.y
  }
}

/// The minimum.
enum MinimumRule: GroupRule {
  static let neutral = Double.infinity

  @inline(__always) static func merged(_ group: SIMD8<Double>) -> Double {
    let four = group.lowHalf.replacing(with: group.highHalf, where: group.highHalf .< group.lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .< four.lowHalf)
    return min(two.x, two.y)
  }
}

/// Values in groups of eight, above them the groups' merged values in groups of eight, and so on up to one group.
///
/// A group is a cache line. They lie top down: the groups under group g are 8 g + 1 to 8 g + 8.
struct Pyramid<Rule: GroupRule>: Sendable {
  private(set) var groups: [SIMD8<Double>]
  /// The first group of values.
  private let bottom: Int
  /// How many levels there are, 1 for at most eight values.
  let height: Int

  /// A pyramid over `count` empty places, at least 1.
  init(count: Int) {
    let needed = (count + 7) / 8
    var (bottom, width, height) = (0, 1, 1)
    while width < needed {
      bottom += width
      width *= 8
      height += 1
    }
    self.bottom = bottom
    self.height = height
    // Every level is whole, so that a search that leads to where nothing is stays inside.
    groups = [SIMD8<Double>](repeating: SIMD8(repeating: Rule.neutral), count: bottom + width)
  }

  /// All values as one.
  var top: Double { Rule.merged(groups[0]) }

  /// The value at an index.
  subscript(index: Int) -> Double { groups[bottom + index >> 3][index & 7] }

  /// Sets the value at an index.
  /// - Complexity: O(height)
  mutating func set(_ index: Int, _ value: Double) {
    var isChanged = put(index, value)
    for level in 1..<max(1, height) where isChanged { isChanged = lift(index, first: first(level), level) }
  }

  /// Sets the value at an index and nothing above it.
  /// - Returns: whether it is another one now, so that what lies above may change.
  @inline(__always) mutating func put(_ index: Int, _ value: Double) -> Bool {
    let isChanged = groups[bottom + index >> 3][index & 7] != value
    groups[bottom + index >> 3][index & 7] = value
    return isChanged
  }

  /// Merges the group over the value at an index that is `level` levels from the bottom, 1 for that of the value.
  /// - Parameter first: The first group of the level.
  /// - Returns: whether it makes another value now, so that what lies above may change.
  @inline(__always) mutating func lift(_ index: Int, first: Int, _ level: Int) -> Bool {
    let group = first + index >> (3 * level)
    let merged = Rule.merged(groups[group])
    let isChanged = groups[(group - 1) >> 3][(group - 1) & 7] != merged
    groups[(group - 1) >> 3][(group - 1) & 7] = merged
    return isChanged
  }

  /// The first group of a level, counted from the bottom, which is 1.
  func first(_ level: Int) -> Int { (1 << (3 * (height - level)) - 1) / 7 }

  /// Whether every value of a group is what the group under it makes.
  var isConsistent: Bool {
    (1..<max(1, groups.count)).allSatisfy { groups[($0 - 1) >> 3][($0 - 1) & 7] == Rule.merged(groups[$0]) }
  }
}

extension Pyramid<SumRule> {
  /// Moves one level down: from a group to the group, or in the last level the value, that the prefix lies in.
  /// - Returns: the number of the group below; in the last level that of the value, counted on from the last group.
  @inline(__always) func below(_ group: Int, atPrefix rest: inout Double) -> Int {
    8 * group + 1 + groups.lane(of: group, atPrefix: &rest)
  }

  /// The index of the value that, with those before it, first exceeds `rest`; never one that is 0, however sums round.
  /// - Precondition: A value is above 0.
  func nonzeroIndex(atPrefix rest: inout Double) -> Int {
    var place = 0
    for _ in 0..<height { place = 8 * place + 1 + groups[place].nonzeroLane(atPrefix: &rest) }
    return index(ofPlace: place)
  }

  /// The index of a value from what `below` gave in the last level.
  @inline(__always) func index(ofPlace place: Int) -> Int { place - 8 * bottom - 1 }
}
