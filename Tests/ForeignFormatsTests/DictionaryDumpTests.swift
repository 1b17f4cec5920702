import ForeignFormats
import ReplayBuffers
import StateTree
import Testing

@Suite("Dumps with dictionaries of observations")
struct DictionaryDumpTests {
  @Test func `become a buffer that samples each part with its successor`() throws {
    let dump = try openDump(Fixtures.path("uniform_nested_observations.msgpack"))
    var buffer = try EpisodeReplayBuffer(contents: dump, defaults: BufferDefaults(capacity: 1000, seed: 1))
    let rows = dump.rows(0..<dump.rowCount)
    let columns = zip(dump.schema.columns, rows.columns).filter(\.0.holdsObservations)
    #expect(columns.count == 5)
    let sample = try buffer.sample(count: 200)
    let sequences = try buffer.sampleSequences(count: 20, length: 5)
    for (column, tensor) in columns {
      let parts = try #require(sample.observationParts[StateKey(column.name)])
      let successors = try #require(sample.nextObservationParts[StateKey(column.name)])
      for (index, step) in sample.steps.enumerated() {
        let row = try #require(rows.steps.firstIndex(of: Int64(step)))
        #expect(parts.rows(index..<index + 1).bytes == tensor.rows(row..<row + 1).bytes)
        #expect(successors.rows(index..<index + 1).bytes == tensor.rows(row + 1..<row + 2).bytes)
      }
      #expect(sequences.observationParts[StateKey(column.name)]?.shape == [20, 6] + column.shape)
    }
  }
}
