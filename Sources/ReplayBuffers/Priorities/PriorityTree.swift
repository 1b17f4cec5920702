/// Sum and minimum over the leaves of a window of steps, and the search by prefix sum.
///
/// The leaf of step s is slot s mod `size`, a power of two. Leaves lie in copy-on-write pages of 4,096. All else is a
/// function of the leaves: it is a binary tree of which every third level is stored, so that a group of eight is one
/// cache line (decision 0011), and equal leaves of trees of equal size find equal steps, whatever was changed before.
/// Pages without a leaf are one shared page.
/// - Source: Schaul et al. 2016, "Prioritized Experience Replay", appendix B.2.1; RLlib's `segment_tree.py`.
struct PriorityTree: Sendable {
  /// What a leaf may be: sums of them stay finite and above 0.
  static let leaves = Double.leastNormalMagnitude...1e290
  /// The most steps of a window, stored or not.
  static let largestSpan = 1 << 31
  static let pageShift = 12
  static let pageSize = 1 << pageShift

  private(set) var pages: [PriorityPage]
  /// The sums and minimums of the pages and what lies above them.
  private(set) var sums: Pyramid<SumRule>
  private(set) var minimums: Pyramid<MinimumRule>
  /// The steps that have a slot of their own; leaves of all others are 0.
  private(set) var window: Range<Int>

  /// A tree without leaves for steps from `first` on.
  /// - Precondition: `size` is a power of two and at least a page.
  init(startingAt first: Int = 0, size: Int = PriorityTree.pageSize) {
    precondition(Self.isSize(size), "a power of two of at least \(Self.pageSize), found \(size)")
    pages = [PriorityPage](repeating: .blank, count: size >> Self.pageShift)
    sums = Pyramid(count: pages.count)
    minimums = Pyramid(count: pages.count)
    window = first..<first
  }

  /// Whether a tree can have this many slots.
  static func isSize(_ size: Int) -> Bool {
    size >= pageSize && size <= 2 * largestSpan && size & (size - 1) == 0
  }

  /// The smallest tree for a window: no two pages of steps share a page of slots.
  static func size(for window: Range<Int>) -> Int {
    let pages = window.isEmpty ? 1 : ((window.upperBound - 1) >> pageShift) - (window.lowerBound >> pageShift) + 1
    return pageSize << (Int.bitWidth - (pages - 1).leadingZeroBitCount)
  }

  /// How many slots there are.
  var size: Int { pages.count << Self.pageShift }
  /// The sum of all leaves.
  var sum: Double { sums.top }
  /// The smallest leaf; infinite without one.
  var minimum: Double { minimums.top }

  /// The leaves at this moment.
  /// - Complexity: O(pages)
  var snapshot: PriorityLeaves { PriorityLeaves(pages: pages.map(\.leaves)) }

  /// The leaf of a step, 0 if it has none.
  subscript(step: Int) -> Double {
    guard window.contains(step) else { return 0 }
    return pages[(step >> Self.pageShift) & (pages.count - 1)].leaves[step & (Self.pageSize - 1)]
  }

  /// Lets the window end at `next`, with a larger tree if it needs one.
  mutating func extend(to next: Int) {
    guard next > window.upperBound else { return }
    let extended = window.lowerBound..<next
    let needed = Self.size(for: extended)
    if needed > size { grow(to: needed) }
    window = extended
  }

  /// Lets the window start at `first`.
  /// - Precondition: No step below has a leaf.
  mutating func advance(to first: Int) {
    window = first..<max(first, window.upperBound)
  }

  private mutating func grow(to size: Int) {
    var grown = PriorityTree(startingAt: window.lowerBound, size: size)
    if !window.isEmpty {
      for page in (window.lowerBound >> Self.pageShift)...((window.upperBound - 1) >> Self.pageShift) {
        grown.pages[page & (grown.pages.count - 1)] = pages[page & (pages.count - 1)]
      }
    }
    for (index, page) in grown.pages.enumerated() where page.sum > 0 { grown.refresh(index) }
    grown.window = window
    self = grown
  }

  /// Sets the leaf of a step; 0 takes it out.
  /// - Precondition: The window has the step.
  /// - Complexity: O(log size)
  mutating func set(_ step: Int, _ leaf: Double) {
    precondition(window.contains(step), "step \(step) outside \(window)")
    let page = (step >> Self.pageShift) & (pages.count - 1)
    pages[page].set(step & (Self.pageSize - 1), leaf)
    refresh(page)
  }

  private mutating func refresh(_ page: Int) {
    sums.set(page, pages[page].sum)
    minimums.set(page, pages[page].minimum)
  }

  /// The step whose leaf, with those in the slots before it, first exceeds `prefix`; never one without a leaf.
  ///
  /// Rounding can bring the search to an empty right half; it then stays left, where RLlib returns a free leaf.
  /// - Precondition: A leaf is above 0, and `prefix` is not negative.
  /// - Complexity: O(log size)
  /// - Source: RLlib's `SumSegmentTree.find_prefixsum_idx`.
  func step(atPrefix prefix: Double) -> Int {
    var rest = prefix >= sum ? max(0, sum - 1e-5) : prefix
    let page = sums.index(atPrefix: &rest)
    let slot = page << Self.pageShift + pages[page].slot(atPrefix: rest)
    return window.lowerBound + ((slot - window.lowerBound) & (size - 1))
  }
}

/// The leaves of a tree at one moment.
struct PriorityLeaves: Sendable {
  fileprivate let pages: [PageLeaves]

  /// The leaf of a step.
  /// - Precondition: The step was in the window.
  func leaf(_ step: Int) -> Double {
    pages[(step >> PriorityTree.pageShift) & (pages.count - 1)][step & (PriorityTree.pageSize - 1)]
  }
}
