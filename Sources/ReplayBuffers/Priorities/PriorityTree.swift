/// Sum and minimum over the leaves of a window of steps, and the search by prefix sum.
///
/// The leaf of step s is slot s mod `size`, a power of two. Leaves lie in copy-on-write pages of 4,096. The inner nodes
/// are a function of the leaves, each the sum (or minimum) of its two children, so equal leaves of trees of equal size
/// find equal steps, whatever was changed before. Pages without a leaf are one shared page.
/// - Source: Schaul et al. 2016, "Prioritized Experience Replay", appendix B.2.1; RLlib's `segment_tree.py`.
struct PriorityTree: Sendable {
  /// What a leaf may be: sums of them stay finite and above 0.
  static let leaves = Double.leastNormalMagnitude...1e290
  /// The most steps of a window, stored or not.
  static let largestSpan = 1 << 31
  static let pageShift = 12
  static let pageSize = 1 << pageShift

  private(set) var pages: [PriorityPage]
  /// The inner nodes above the pages: node i has the children 2i and 2i + 1, page k is node `pages.count + k`.
  private(set) var sums: [Double]
  private(set) var minimums: [Double]
  /// The steps that have a slot of their own; leaves of all others are 0.
  private(set) var window: Range<Int>

  /// A tree without leaves for steps from `first` on.
  /// - Precondition: `size` is a power of two and at least a page.
  init(startingAt first: Int = 0, size: Int = PriorityTree.pageSize) {
    precondition(Self.isSize(size), "a power of two of at least \(Self.pageSize), found \(size)")
    pages = [PriorityPage](repeating: .blank, count: size >> Self.pageShift)
    sums = [Double](repeating: 0, count: 2 * pages.count)
    minimums = [Double](repeating: .infinity, count: 2 * pages.count)
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
  var sum: Double { sums[1] }
  /// The smallest leaf; infinite without one.
  var minimum: Double { minimums[1] }

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
    for page in grown.pages.indices { grown.copyPageSums(page) }
    for node in stride(from: grown.pages.count - 1, to: 0, by: -1) { grown.refresh(node) }
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
    copyPageSums(page)
    var node = (page + pages.count) >> 1
    while node > 0 {
      refresh(node)
      node >>= 1
    }
  }

  private mutating func copyPageSums(_ page: Int) {
    sums[pages.count + page] = pages[page].sum
    minimums[pages.count + page] = pages[page].minimum
  }

  private mutating func refresh(_ node: Int) {
    sums[node] = sums[2 * node] + sums[2 * node + 1]
    minimums[node] = min(minimums[2 * node], minimums[2 * node + 1])
  }

  /// The step whose leaf, with those in the slots before it, first exceeds `prefix`; never one without a leaf.
  ///
  /// Rounding can bring the search to an empty right half; it then stays left, where RLlib returns a free leaf.
  /// - Precondition: A leaf is above 0, and `prefix` is not negative.
  /// - Complexity: O(log size)
  /// - Source: RLlib's `SumSegmentTree.find_prefixsum_idx`.
  func step(atPrefix prefix: Double) -> Int {
    var rest = prefix >= sum ? max(0, sum - 1e-5) : prefix
    var node = 1
    while node < pages.count {
      node *= 2
      if sums[node] <= rest, sums[node + 1] > 0 {
        rest -= sums[node]
        node += 1
      }
    }
    let page = node - pages.count
    let slot = page << Self.pageShift + pages[page].slot(atPrefix: rest)
    return window.lowerBound + ((slot - window.lowerBound) & (size - 1))
  }
}

/// The leaves of a tree at one moment.
struct PriorityLeaves: Sendable {
  fileprivate let pages: [[Double]]

  /// The leaf of a step.
  /// - Precondition: The step was in the window.
  func leaf(_ step: Int) -> Double {
    pages[(step >> PriorityTree.pageShift) & (pages.count - 1)][step & (PriorityTree.pageSize - 1)]
  }
}
