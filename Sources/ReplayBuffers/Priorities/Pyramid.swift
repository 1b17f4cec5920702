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

  static func merged(_ group: SIMD8<Double>) -> Double {
    let pairs = group.evenHalf + group.oddHalf
    let quads = pairs.evenHalf + pairs.oddHalf
    return quads.x + quads.y
  }
}

/// The minimum.
enum MinimumRule: GroupRule {
  static let neutral = Double.infinity

  static func merged(_ group: SIMD8<Double>) -> Double { group.min() }
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
    groups = [SIMD8<Double>](repeating: SIMD8(repeating: Rule.neutral), count: bottom + needed)
  }

  /// All values as one.
  var top: Double { Rule.merged(groups[0]) }

  /// The value at an index.
  subscript(index: Int) -> Double { groups[bottom + index >> 3][index & 7] }

  /// Sets the value at an index.
  /// - Complexity: O(height)
  mutating func set(_ index: Int, _ value: Double) {
    var group = bottom + index >> 3
    groups[group][index & 7] = value
    while group > 0 {
      let merged = Rule.merged(groups[group])
      let lane = (group - 1) & 7
      group = (group - 1) >> 3
      groups[group][lane] = merged
    }
  }

  /// Whether every value of a group is what the group under it makes.
  var isConsistent: Bool {
    (1..<max(1, groups.count)).allSatisfy { groups[($0 - 1) >> 3][($0 - 1) & 7] == Rule.merged(groups[$0]) }
  }
}

extension Pyramid<SumRule> {
  /// The index of the value that, with those before it, first exceeds `rest`, which becomes what is left of it there.
  /// - Precondition: A value is above 0.
  func index(atPrefix rest: inout Double) -> Int {
    var group = 0
    for _ in 1..<height { group = 8 * group + 1 + groups[group].lane(atPrefix: &rest) }
    return (group - bottom) * 8 + groups[group].lane(atPrefix: &rest)
  }
}

extension SIMD8<Double> {
  /// The lane that, with those before it, first exceeds `rest`, found by halving as in a binary tree: never one that is 0,
  /// however sums round. `rest` becomes what is left of it there.
  func lane(atPrefix rest: inout Double) -> Int {
    let pairs = evenHalf + oddHalf
    let quads = pairs.evenHalf + pairs.oddHalf
    let goesRight = quads.x <= rest && quads.y > 0
    if goesRight { rest -= quads.x }
    let pair = goesRight ? pairs.highHalf : pairs.lowHalf
    let quad = goesRight ? highHalf : lowHalf
    let goesOn = pair.x <= rest && pair.y > 0
    if goesOn { rest -= pair.x }
    let last = goesOn ? quad.highHalf : quad.lowHalf
    let isSecond = last.x <= rest && last.y > 0
    if isSecond { rest -= last.x }
    return (goesRight ? 4 : 0) + (goesOn ? 2 : 0) + (isSecond ? 1 : 0)
  }
}
