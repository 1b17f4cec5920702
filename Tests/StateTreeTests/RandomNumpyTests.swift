import StateTree
import Testing

@Suite("PCG64 draws what numpy draws")
struct RandomNumpyTests {
  @Test("the fixture holds every kind of case")
  func fixtureIsComplete() {
    let kinds = Set(RandomFixture.shared.generators.flatMap(\.cases).map(\.kind))
    #expect(kinds == ["next", "random", "uniform", "integers", "interleaving", "shuffle", "advance", "jumped"])
    #expect(RandomFixture.shared.seedSequences.count > 10)
  }

  @Test("seed sequences mix and spread seeds as numpy's", arguments: RandomFixture.shared.seedSequences)
  func seedSequence(_ record: SeedRecord) {
    let sequence = record.entropy.sequence(spawnKey: record.spawnKey.compactMap { UInt64($0) })
    #expect(sequence.pool == record.pool)
    #expect(sequence.generateState(count: record.words32.count) == record.words32)
    #expect(sequence.generateState64(count: record.words64.count).map { String($0) } == record.words64)
  }

  @Test("raw words are numpy's", arguments: RandomFixture.cases("next"))
  func next(_ example: RandomCase) throws {
    try example.replay()
  }

  @Test("numbers of the unit interval are numpy's", arguments: RandomFixture.cases("random"), Asking.allCases)
  func random(_ example: RandomCase, _ asking: Asking) throws {
    try example.replay(asking)
  }

  @Test("numbers of any interval are numpy's", arguments: RandomFixture.cases("uniform"), Asking.allCases)
  func uniform(_ example: RandomCase, _ asking: Asking) throws {
    try example.replay(asking)
  }

  @Test("integers of any bounds are numpy's", arguments: RandomFixture.cases("integers"), Asking.allCases)
  func integers(_ example: RandomCase, _ asking: Asking) throws {
    try example.replay(asking)
  }

  @Test(
    "calls of different width share the buffered half word as in numpy",
    arguments: RandomFixture.cases("interleaving"), Asking.allCases)
  func interleaving(_ example: RandomCase, _ asking: Asking) throws {
    try example.replay(asking)
  }

  @Test("shuffled orders are numpy's", arguments: RandomFixture.cases("shuffle"))
  func shuffle(_ example: RandomCase) throws {
    try example.replay()
  }

  @Test("advancing leads where numpy's advance leads", arguments: RandomFixture.cases("advance"))
  func advance(_ example: RandomCase) throws {
    try example.replay()
  }

  @Test("jumping leads where numpy's jumped leads", arguments: RandomFixture.cases("jumped"))
  func jumped(_ example: RandomCase) throws {
    try example.replay()
  }
}
