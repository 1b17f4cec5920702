/// Finds the first lane that is free, in logarithmic time: a dump can hold a million episodes that never end.
struct FreeLanes {
  private let capacity: Int
  /// The last step of each lane in the second half, in the first half the minimum of both children; the root is at 1.
  private var busyUntil: [Int64]

  /// So many lanes, all free from the beginning.
  init(count: Int) {
    var capacity = 1
    while capacity < count { capacity *= 2 }
    self.capacity = capacity
    busyUntil = [Int64](repeating: -1, count: 2 * capacity)
  }

  /// The first lane that is free at a step.
  func first(freeAt step: Int64) -> Int {
    var node = 1
    while node < capacity { node = busyUntil[2 * node] < step ? 2 * node : 2 * node + 1 }
    return node - capacity
  }

  /// Says until when a lane is in use.
  mutating func setBusy(_ lane: Int, until step: Int64) {
    var node = capacity + lane
    busyUntil[node] = step
    while node > 1 {
      node /= 2
      busyUntil[node] = min(busyUntil[2 * node], busyUntil[2 * node + 1])
    }
  }
}
