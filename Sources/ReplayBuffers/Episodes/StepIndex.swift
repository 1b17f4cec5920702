/// Whose step a step number is: the episode and the time in it, for every number of a window, in about two bytes a step.
///
/// Numbers lie in blocks of 256. In a block each number takes a byte, the place of its episode in the block's short list,
/// where the time of the episode's first step in the block stands; how many of its steps lie between is counted.
struct StepIndex: Sendable {
  private static let shift = 8
  private static let blockSize = 1 << shift

  private var blocks: PagedWindow<Block>
  /// The numbers that are there, stored or not.
  private(set) var positions: Range<Int>

  /// An empty window whose next number is `start`.
  init(startingAt start: Int = 0) {
    blocks = PagedWindow(startingAt: start >> Self.shift, filler: Block(), pageShift: 6)
    positions = start..<start
  }

  /// The episode of a number and the time since the beginning of its stored part, nil for a number without a step.
  /// - Complexity: O(1), counting up to 255 bytes.
  subscript(step: Int) -> (episode: Int, time: Int)? {
    guard positions.contains(step) else { return nil }
    return blocks[step >> Self.shift].entry(at: step & (Self.blockSize - 1))
  }

  /// The episode of a number, nil for a number without a step.
  func episode(of step: Int) -> Int? {
    guard positions.contains(step) else { return nil }
    return blocks[step >> Self.shift].episode(at: step & (Self.blockSize - 1))
  }

  /// The numbers of the `count` steps of an episode, of which `first` is the first.
  /// - Complexity: O(numbers between its first and its last step)
  func steps(of episode: Int, from first: Int, count: Int) -> [Int] {
    var steps: [Int] = []
    steps.reserveCapacity(count)
    var block = first >> Self.shift
    while steps.count < count, block << Self.shift < positions.upperBound {
      blocks[block].forEachOffset(of: episode) { steps.append(block << Self.shift + $0) }
      block += 1
    }
    return steps
  }

  /// Lets the window end at `end`, with no step at any new number.
  mutating func extend(to end: Int) {
    guard end > positions.upperBound else { return }
    blocks.extend(to: (end - 1) >> Self.shift + 1)
    positions = positions.lowerBound..<end
  }

  /// Enters the next step of an episode.
  /// - Precondition: The window has the number and no step there; the steps of an episode come in their order.
  mutating func enter(_ step: Int, episode: Int, time: Int) {
    precondition(positions.contains(step), "step \(step) outside \(positions)")
    let block = step >> Self.shift
    // As many episodes take turns as in the block before, and perhaps one more begins.
    let expected = block > blocks.positions.lowerBound ? blocks[block - 1].episodeCount + 1 : 1
    blocks[block].enter(step & (Self.blockSize - 1), episode: episode, time: time, expected: expected)
  }

  /// Adds the next step of an episode at the end.
  mutating func append(episode: Int, time: Int) {
    let step = positions.upperBound
    extend(to: step + 1)
    enter(step, episode: episode, time: time)
  }

  /// Forgets the numbers below `start`.
  mutating func drop(below start: Int) {
    precondition(start <= positions.upperBound, "numbers that are there")
    guard start > positions.lowerBound else { return }
    positions = start..<positions.upperBound
    blocks.drop(below: min(start >> Self.shift, blocks.positions.upperBound))
  }

  /// The steps of 256 numbers.
  private struct Block: Sendable {
    /// Stands for no step, unless there are so many episodes that every number has one.
    static let nobody = UInt8.max

    private var entries: [(episode: Int, time: Int)] = []
    /// For every number the place of its episode in `entries`; empty as long as there is no step.
    private var owners: [UInt8] = []

    private func owner(at offset: Int) -> Int? {
      guard !owners.isEmpty, owners[offset] != Self.nobody || entries.count > Int(Self.nobody) else { return nil }
      return Int(owners[offset])
    }

    var episodeCount: Int { entries.count }

    func episode(at offset: Int) -> Int? { owner(at: offset).map { entries[$0].episode } }

    func entry(at offset: Int) -> (episode: Int, time: Int)? {
      guard let owner = owner(at: offset) else { return nil }
      let owners = owners.span
      let wanted = UInt8(owner)
      // A byte holds the count, since at most 255 numbers lie before; the loop is one of vectors.
      var before: UInt8 = 0
      for index in 0..<offset { before &+= owners[index] == wanted ? 1 : 0 }
      return (entries[owner].episode, entries[owner].time + Int(before))
    }

    func forEachOffset(of episode: Int, _ body: (Int) -> Void) {
      guard let owner = entries.lastIndex(where: { $0.episode == episode }) else { return }
      for offset in owners.indices where self.owner(at: offset) == owner { body(offset) }
    }

    /// - Parameter expected: How many episodes there will be room for in a block without any.
    mutating func enter(_ offset: Int, episode: Int, time: Int, expected: Int) {
      if owners.isEmpty {
        owners = [UInt8](repeating: Self.nobody, count: StepIndex.blockSize)
        entries.reserveCapacity(expected)
      }
      precondition(owner(at: offset) == nil, "a number without a step")
      if let owner = entries.lastIndex(where: { $0.episode == episode }) {
        owners[offset] = UInt8(owner)
      } else {
        owners[offset] = UInt8(entries.count)
        entries.append((episode, time))
      }
    }
  }
}
