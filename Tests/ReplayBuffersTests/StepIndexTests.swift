import StateTree
import Testing

@testable import ReplayBuffers

@Suite("The index of steps")
struct StepIndexTests {
  @Test("it finds what a dictionary finds, however many episodes take turns", arguments: [1, 3, 40, 255, 256, 300])
  func twin(episodes: Int) {
    var random = PCG64(seed: UInt64(episodes))
    func integer(_ bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }
    var index = StepIndex(startingAt: 1000)
    var naive: [Int: (episode: Int, time: Int)] = [:]
    var times: [Int: Int] = [:]
    var first = 1000
    for operation in 0..<6000 {
      let place: Comment = "\(episodes) episodes, operation \(operation)"
      if integer(50) == 0 { index.extend(to: index.positions.upperBound + integer(20)) }
      // In turn, so that a block has as many episodes as there are; sometimes a run, sometimes a new one in a place.
      let episode = integer(10) == 0 ? integer(episodes) : operation % episodes
      for _ in 0..<(integer(30) == 0 ? 40 : 1) {
        let step = index.positions.upperBound
        index.append(episode: episode, time: times[episode, default: 0])
        naive[step] = (episode, times[episode, default: 0])
        times[episode, default: 0] += 1
      }
      if integer(20) == 0 {
        first = min(first + integer(300), index.positions.upperBound)
        index.drop(below: first)
      }
      for _ in 0..<4 {
        let step = first - 5 + integer(index.positions.upperBound - first + 10)
        let expected = index.positions.contains(step) ? naive[step] : nil
        #expect(index[step]?.episode == expected?.episode && index[step]?.time == expected?.time, place)
        #expect(index.episode(of: step) == expected?.episode, place)
      }
      #expect(index.positions.lowerBound == first, place)
    }
    for episode in 0..<episodes {
      let steps = naive.filter { $0.value.episode == episode && $0.key >= (first + 255) / 256 * 256 }.keys.sorted()
      guard let begin = steps.first else { continue }
      #expect(index.steps(of: episode, from: begin, count: steps.count) == steps)
    }
  }

  @Test("256 episodes in one block fill it, and the last of them is no hole")
  func fullBlock() {
    var index = StepIndex()
    index.extend(to: 256)
    for step in 0..<255 { index.enter(step, episode: step, time: 7) }
    #expect(index[255] == nil && index.episode(of: 254) == 254)
    index.enter(255, episode: 1 << 40, time: 9)
    #expect(index[255]?.episode == 1 << 40 && index[255]?.time == 9 && index[254]?.time == 7)
  }
}
