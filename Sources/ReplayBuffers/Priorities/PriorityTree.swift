/// Sum and minimum over the leaves of a window of steps, and the search by prefix sum.
///
/// The leaf of step s is slot s mod `size`, a power of two. Leaves lie in copy-on-write pages of 4,096. All else is a
/// function of the leaves: it is a binary tree of which every third level is stored, so that a group of eight is one
/// cache line (decision 0012), and equal leaves of trees of equal size find equal steps, whatever was changed before.
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
  mutating func set(_ step: Int, _ leaf: Double) { set(CollectionOfOne(step)) { _ in leaf } }

  /// Sets the leaves of steps, of a step given twice the last one; 0 takes a leaf out.
  ///
  /// Goes level by level over all steps: what a level reads was then written long ago, and no step waits for the one
  /// before it.
  /// - Precondition: The window has the steps.
  /// - Complexity: O(steps times log size)
  mutating func set(_ steps: some Collection<Int>, _ leaf: (Int) -> Double) {
    for step in steps { precondition(window.contains(step), "step \(step) outside \(window)") }
    // Whether each step's way up has changed the minimum so far; where it ends, it ends for all levels above.
    var isChanged = [Bool](repeating: false, count: steps.count)
    Self.set(&pages, steps, leaf, &isChanged)
    let mask = pages.count - 1
    for (index, step) in steps.enumerated() {
      let page = step >> Self.pageShift & mask
      _ = sums.put(page, pages[page].sum)
      if isChanged[index] { isChanged[index] = minimums.put(page, pages[page].minimum) }
    }
    for level in 1..<max(1, sums.height) {
      let first = sums.first(level)
      for (index, step) in steps.enumerated() {
        _ = sums.lift(step >> Self.pageShift & mask, first: first, level)
        if isChanged[index] { isChanged[index] = minimums.lift(step >> Self.pageShift & mask, first: first, level) }
      }
    }
  }

  private static func set(
    _ pages: inout [PriorityPage], _ steps: some Collection<Int>, _ leaf: (Int) -> Double, _ isChanged: inout [Bool]
  ) {
    let (mask, slots) = (pages.count - 1, pageSize - 1)
    var pages = pages.mutableSpan
    var isChanged = isChanged.mutableSpan
    for (index, step) in steps.enumerated() { pages[step >> pageShift & mask].put(step & slots, leaf(index)) }
    for (index, step) in steps.enumerated() { isChanged[index] = pages[step >> pageShift & mask].lift(step & slots) }
    for level in 1..<PriorityPage.height {
      let first = PriorityPage.first(level)
      for (index, step) in steps.enumerated() {
        pages[step >> pageShift & mask].lift(step & slots, first: first, level, minimumToo: &isChanged[index])
      }
    }
    for step in steps { pages[step >> pageShift & mask].release() }
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
    let page = sums.nonzeroIndex(atPrefix: &rest)
    return step(atSlot: page << Self.pageShift + pages[page].nonzeroSlot(atPrefix: &rest))
  }

  private func step(atSlot slot: Int) -> Int { window.lowerBound + ((slot - window.lowerBound) & (size - 1)) }

  /// The same for many prefixes, with the leaves of the steps. It goes level by level, so that no search waits for
  /// another's memory.
  /// - Precondition: A leaf is above 0, no prefix is negative, and there are as many steps and leaves as prefixes.
  /// - Complexity: O(prefixes times log size)
  func find(_ steps: inout [Int], _ leaves: inout [Double], atPrefixes prefixes: [Double]) {
    let (sum, last) = (sum, max(0, sum - 1e-5))
    var places = steps.mutableSpan
    // What is left of each prefix, and at last the leaf.
    var rests = leaves.mutableSpan
    for index in places.indices {
      rests[index] = prefixes[index] >= sum ? last : prefixes[index]
      places[index] = 0
    }
    for _ in 0..<sums.height {
      for index in places.indices { places[index] = sums.below(places[index], atPrefix: &rests[index]) }
    }
    // From here on a place is a page and, in its low bits, the place in it, of which there are 585.
    let bits = 10
    let pages = pages.span
    var lost: [Int] = []
    for index in places.indices {
      let page = sums.index(ofPlace: places[index])
      if page >= pages.count { lost.append(index) }
      places[index] = (page & (pages.count - 1)) << bits
    }
    for _ in 0..<PriorityPage.height {
      for index in places.indices {
        let page = places[index] >> bits
        places[index] = page << bits | pages[page].below(places[index] & (1 << bits - 1), atPrefix: &rests[index])
      }
    }
    for index in places.indices {
      let page = places[index] >> bits
      let slot = pages[page].slot(ofPlace: places[index] & (1 << bits - 1), leaf: &rests[index])
      places[index] = step(atSlot: page << Self.pageShift + slot)
      if rests[index] == 0 { lost.append(index) }
    }
    // Sums round: these ended where nothing is, and are searched for once more with that in mind.
    for index in lost {
      places[index] = step(atPrefix: prefixes[index])
      rests[index] = self[places[index]]
    }
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
