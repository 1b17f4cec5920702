import Environments
import StateTree
import Testing

@Suite("Environments by id")
struct EnvironmentCatalogueTests {
  @Test("the environments of the module are known and new each time")
  func standard() throws {
    #expect(EnvironmentCatalogue.standard.ids == ["Acrobot-v1", "CartPole-v1", "FourRooms-v0", "Pendulum-v1"])
    var one = try EnvironmentCatalogue.standard.makeEnvironment("CartPole-v1")
    _ = try one.reset(seed: 1)
    #expect(try #require(EnvironmentCatalogue.standard.makeEnvironment("CartPole-v1") as? CartPole) == CartPole())
  }

  @Test("anyone adds their own to a copy")
  func custom() throws {
    var catalogue = EnvironmentCatalogue.standard
    try catalogue.add("Corridor-v0") { Corridor(length: 3) }
    #expect(catalogue.ids.contains("Corridor-v0"))
    #expect(!EnvironmentCatalogue.standard.ids.contains("Corridor-v0"))
    var corridor = try catalogue.makeEnvironment("Corridor-v0")
    _ = try corridor.reset()
    #expect(try !corridor.step(action(1)).isTerminated)
    #expect(try corridor.step(action(1)).isTerminated)
  }

  @Test("an id is given once")
  func duplicate() {
    var catalogue = EnvironmentCatalogue.standard
    #expect(throws: EnvironmentError.duplicateEnvironment("CartPole-v1")) {
      try catalogue.add("CartPole-v1") { CartPole() }
    }
  }

  static let misspelled: [(String, String?)] = [
    ("CartPole", "CartPole-v1"), ("cartpole-v1", "CartPole-v1"), ("CartPole-v0", "CartPole-v1"),
    ("cart_pole_v1", "CartPole-v1"), ("Coridor-v0", "Corridor-v0"), ("Acrobot-v1", nil), ("", nil),
  ]

  @Test("an unknown id is answered with the known ones and the nearest", arguments: misspelled)
  func unknown(_ id: String, _ nearest: String?) throws {
    var catalogue = EnvironmentCatalogue()
    try catalogue.add("CartPole-v1") { CartPole() }
    try catalogue.add("Corridor-v0") { Corridor(length: 3) }
    let error = EnvironmentError.unknownEnvironment(id, known: ["CartPole-v1", "Corridor-v0"], nearest: nearest)
    #expect(throws: error) { try catalogue.makeEnvironment(id) }
  }

  @Test("a prefix makes a family, of which the longest that fits is taken")
  func families() throws {
    var catalogue = EnvironmentCatalogue()
    try catalogue.addFamily(prefix: "corridor:") { length in
      guard let length = Int64(length) else { throw EnvironmentError.invalidSpace(length) }
      return Corridor(length: length)
    }
    try catalogue.addFamily(prefix: "corridor:long:") { _ in Corridor(length: 99) }
    try catalogue.add("corridor:7") { Corridor(length: 70) }
    #expect(try (catalogue.makeEnvironment("corridor:4") as? Corridor)?.length == 4)
    #expect(try (catalogue.makeEnvironment("corridor:long:4") as? Corridor)?.length == 99)
    #expect(try (catalogue.makeEnvironment("corridor:7") as? Corridor)?.length == 70)
    #expect(throws: EnvironmentError.invalidSpace("wide")) { try catalogue.makeEnvironment("corridor:wide") }
    #expect(throws: EnvironmentError.duplicateEnvironment("corridor:")) {
      try catalogue.addFamily(prefix: "corridor:") { _ in CartPole() }
    }
    let unknown = EnvironmentError.unknownEnvironment(
      "hall", known: ["corridor:7", "corridor:ID", "corridor:long:ID"], nearest: nil)
    #expect(throws: unknown) { try catalogue.makeEnvironment("hall") }
  }

  @Test("an empty catalogue knows none")
  func empty() {
    let error = EnvironmentError.unknownEnvironment("CartPole-v1", known: [], nearest: nil)
    #expect(throws: error) { try EnvironmentCatalogue().makeEnvironment("CartPole-v1") }
  }

  @Test("what a factory throws comes through")
  func failing() throws {
    var catalogue = EnvironmentCatalogue()
    try catalogue.add("Broken-v0") { throw EnvironmentError.invalidSpace("no room") }
    #expect(throws: EnvironmentError.invalidSpace("no room")) { try catalogue.makeEnvironment("Broken-v0") }
  }
}

/// A walk to the right end of a corridor: the smallest environment somebody else could write.
private struct Corridor: Environment {
  let length: Int64
  var place: Int64 = 0

  init(length: Int64) { self.length = length }

  var observationSpace: Space { .discrete(count: Int(length)) }
  var actionSpace: Space { .discrete(count: 2) }

  mutating func reset(seed: UInt64?) throws -> Tensor {
    place = 0
    return scalar(place)
  }

  mutating func step(_ action: Tensor) throws -> EnvironmentStep {
    place = max(0, place + (action == scalar(Int64(1)) ? 1 : -1))
    return EnvironmentStep(
      observation: scalar(place), reward: 0, isTerminated: place == length - 1, isTruncated: false)
  }

  var state: StateValue { ["place": .int(place)] }
  mutating func restore(from state: StateValue) throws { place = Int64(try StateReader(state).count("place")) }
  func checkInvariants() throws {}
}
