/// Whose step a step number is: the episode and the time in it, for every number of a window, in about two bytes a step.
///
/// Numbers lie in blocks of 256. In a block each number takes a byte, the place of its episode in the block's short list,
/// where the time of the episode's first step in the block stands; how many of its steps lie between is counted
/// (decision 0013).
struct StepIndex: Sendable {
  /// An episode that has steps in a block, and the time of the first of them, in 12 bytes.
  private struct Entry: Sendable {
    private let low, high: UInt32
    private let start: UInt32

    /// - Precondition: `time` is below 2^32; loaders allow 2^31 numbers.
    init(episode: Int, time: Int) {
      low = UInt32(truncatingIfNeeded: episode)
      high = UInt32(truncatingIfNeeded: episode >> 32)
      start = UInt32(time)
    }

    var episode: Int { Int(truncatingIfNeeded: UInt64(high) << 32 | UInt64(low)) }
    var time: Int { Int(start) }
  }

  private static let shift = 8
  /// Stands for no step, unless a block has so many episodes that every number has one.
  private static let nobody = UInt8.max

  /// For every number the place of its episode in its block's list.
  private var owners: PagedWindow<UInt8>
  /// The lists of the blocks.
  private var lists: PagedWindow<[Entry]>
  /// The numbers that are there, stored or not.
  var positions: Range<Int> { owners.positions }

  /// An empty window whose next number is `start`.
  init(startingAt start: Int = 0) {
    owners = PagedWindow(startingAt: start, filler: Self.nobody)
    lists = PagedWindow(startingAt: start >> Self.shift, filler: [], pageShift: 6)
  }

  /// The episode of a number and the time since the beginning of its stored part, nil for a number without a step.
  /// - Complexity: O(1), counting up to 255 bytes.
  subscript(step: Int) -> (episode: Int, time: Int)? {
    guard let owner = owner(of: step) else { return nil }
    let entry = lists[step >> Self.shift][Int(owner)]
    return (entry.episode, entry.time + owners.count(of: owner, in: (step >> Self.shift) << Self.shift..<step))
  }

  /// The episode of a number, nil for a number without a step.
  func episode(of step: Int) -> Int? { owner(of: step).map { lists[step >> Self.shift][Int($0)].episode } }

  private func owner(of step: Int) -> UInt8? {
    guard positions.contains(step) else { return nil }
    let owner = owners[step]
    return owner != Self.nobody || lists[step >> Self.shift].count > Int(Self.nobody) ? owner : nil
  }

  /// The numbers of the `count` steps of an episode, of which `first` is the first.
  /// - Complexity: O(numbers between its first and its last step)
  func steps(of episode: Int, from first: Int, count: Int) -> [Int] {
    var steps: [Int] = []
    steps.reserveCapacity(count)
    var block = first >> Self.shift
    while steps.count < count, block << Self.shift < positions.upperBound {
      if let owner = lists[block].lastIndex(where: { $0.episode == episode }) {
        let numbers = (block << Self.shift..<(block + 1) << Self.shift).clamped(to: positions)
        for number in numbers where self.owner(of: number).map(Int.init) == owner { steps.append(number) }
      }
      block += 1
    }
    return steps
  }

  /// Lets the window end at `end`, with no step at any new number.
  mutating func extend(to end: Int) {
    owners.extend(to: end)
    lists.extend(to: (end - 1) >> Self.shift + 1)
  }

  /// Enters the next step of an episode.
  /// - Precondition: The window has the number and no step there; the steps of an episode come in their order.
  mutating func enter(_ step: Int, episode: Int, time: Int) {
    precondition(positions.contains(step) && owner(of: step) == nil, "a number of the window without a step")
    let block = step >> Self.shift
    if let owner = lists[block].lastIndex(where: { $0.episode == episode }) {
      owners[step] = UInt8(owner)
      return
    }
    if lists[block].isEmpty, block > lists.positions.lowerBound + 1 {
      // As many episodes take turns as before; in a block in which they end there are more for once.
      lists[block].reserveCapacity(min(lists[block - 1].count, lists[block - 2].count))
    }
    owners[step] = UInt8(lists[block].count)
    lists[block].append(Entry(episode: episode, time: time))
  }

  /// Adds the next step of an episode at the end.
  mutating func append(episode: Int, time: Int) {
    let step = positions.upperBound
    extend(to: step + 1)
    enter(step, episode: episode, time: time)
  }

  /// Forgets the numbers below `start`.
  mutating func drop(below start: Int) {
    guard start > positions.lowerBound else { return }
    owners.drop(below: start)
    lists.drop(below: min(start >> Self.shift, lists.positions.upperBound))
  }
}
