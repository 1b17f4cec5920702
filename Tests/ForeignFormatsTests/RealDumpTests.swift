import ForeignFormats
import MessagePack
import ReplayBuffers
import StateTree
import Testing

@Suite("Dumps that RLlib wrote")
struct RealDumpTests {
  @Test("the fixtures are there")
  func fixturesAreThere() {
    #expect(Fixtures.odd.count >= 13)
    #expect(Fixtures.dumps.contains("dqn_cartpole_default_iteration_4.msgpack.zst"))
  }

  @Test("rows, step numbers, episodes and counters agree", arguments: Fixtures.dumps)
  func invariants(_ name: String) throws {
    try expectInvariants(try openDump(Fixtures.path(name)))
  }

  @Test("our file of a dump holds what the dump holds", arguments: Fixtures.dumps)
  func conversion(_ name: String) throws {
    let dump = try openDump(Fixtures.path(name))
    try withConversion(dump) { try expectSame(dump, $0) }
  }

  @Test("our file of a dump gives the very bytes of the dump back", arguments: Fixtures.dumps)
  func restoration(_ name: String) throws {
    let dump = try openDump(Fixtures.path(name))
    #expect(try bytesAfterConversion(dump) == Fixtures.bytes(name))
    #expect(try MessagePackWriter.bytes(of: RLlibDump.value(of: dump)) == Fixtures.bytes(name))
  }

  @Test("the restored dump is the value that reading its bytes gives", arguments: Fixtures.dumps)
  func restoredValue(_ name: String) throws {
    let value = try RLlibDump.value(of: openDump(Fixtures.path(name)))
    #expect(try value == MessagePackReader.value(of: MessagePackWriter.bytes(of: value)))
  }

  @Test("what turned over between two dumps of one training has step numbers that tell so")
  func stepsOfOneRing() throws {
    let name = "dqn_cartpole_prioritized_2500_iteration_"
    let (first, second) = (
      try openDump(Fixtures.path(name + "2.msgpack")), try openDump(Fixtures.path(name + "4.msgpack"))
    )
    let (old, new) = (rewardsByStep(first), rewardsByStep(second))
    let kept = old.keys.filter { new[$0] != nil }
    #expect(!kept.isEmpty && kept.count < old.count && kept.allSatisfy { old[$0] == new[$0] })
    #expect((old.keys.max() ?? 0) < (new.keys.max() ?? 0))
  }

  private func rewardsByStep(_ dump: RLlibDump) -> [Int64: Tensor] {
    let rows = dump.rows(0..<dump.rowCount)
    guard let column = dump.schema.index(of: "obs") else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: rows.steps.enumerated().filter { $1 >= 0 }.map {
        ($1, rows.columns[column].rows($0..<$0 + 1))
      })
  }

  @Test("a dump can be read as the plain MessagePack that it is")
  func plain() throws {
    let path = Fixtures.path("extra/lengths.msgpack")
    guard case .messagePack(let document) = try SavedState.open(path, as: .plainMessagePack) else {
      throw NotThat(found: "no document")
    }
    #expect(try document.objects == [MessagePackReader.value(of: Fixtures.bytes("extra/lengths.msgpack"))])
  }
}
