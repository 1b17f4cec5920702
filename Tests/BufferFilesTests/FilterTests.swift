import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

@Suite struct FilterTests {
  @Test("the bytes of elements go apart and come back", arguments: [2, 4, 8, 16, 24])
  func roundTrip(itemBytes: Int) {
    var random = PCG64(seed: 1)
    for count in [0, 1, 2, 33, 1_000] {
      let bytes = (0..<count * itemBytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let filtered = ByteFilter.shuffle.applied(to: bytes, itemBytes: itemBytes)
      for place in 0..<itemBytes where count > 0 {
        let plane = (0..<count).map { bytes[$0 * itemBytes + place] }
        #expect(Array(filtered[place * count..<(place + 1) * count]) == plane)
      }
      #expect(ByteFilter.shuffle.removed(from: filtered[...], itemBytes: itemBytes) == bytes)
    }
  }

  @Test("a filtered file of floats is smaller, says so in its header, and holds the same rows")
  func file() throws {
    let contents = try MemoryContents.cartPole(100_000)
    try withTemporaryDirectory { directory in
      let (plain, shuffled) = (directory.appending("a.msgpack.zst"), directory.appending("b.msgpack.zst"))
      try BufferFileWriter.write(contents, to: plain)
      try BufferFileWriter.write(contents, to: shuffled, options: WritingOptions(filter: .shuffle))
      let (a, b) = (try BufferFile.open(plain), try BufferFile.open(shuffled))
      #expect(a.header.filter == nil && b.header.filter == .shuffle)
      #expect(Double(b.byteCount) < 0.93 * Double(a.byteCount))
      #expect(try b.contents().rows(0..<100_000) == contents.batch)
      #expect(try BufferFile.verify(shuffled).damages == [])
      #expect(try BufferDiff(from: a, to: b).isSame)
    }
  }

  @Test("a filtered column is no array to a reader that does not know the filter: its keys are texts and none is nd")
  func foreignReaders() throws {
    let batch = CartPole.transitions(10)
    let schema = try CartPole.schema()
    let record = try StateValue(
      decoding: RowRecord.encode(batch, schema: schema, layout: .transitions, filter: .shuffle))
    for column in schema.columns {
      let value = try #require(record["columns"]?[StateKey(column.name)])
      if column.dataType.itemBytes == 1 {
        guard case .tensor = value else { Issue.record("\(column.name) is filtered"); continue }
      } else {
        guard case .map(let map) = value else { Issue.record("\(column.name) is a tensor"); continue }
        #expect(map.keys.map(\.string) == ["filter", "type", "shape", "data"])
      }
    }
    #expect(try RowRecord.decode(record, schema: schema, layout: .transitions) == batch)
  }

  static let wrong: [(StateMap, String)] = [
    (["filter": "delta"], "filter is delta, expected shuffle, the only filter of version 1"),
    (["type": "|u1"], "type is |u1, expected a type whose elements have several bytes"),
    (["type": "<f3"], "type is <f3, expected a type whose elements have several bytes"),
    (["shape": [3]], "data is something else, expected 12 bytes for float32 [3]"),
    (["data": .bytes([1, 2, 3])], "data is something else, expected 8 bytes for float32 [2]"),
    (["data": "text"], "data is something else, expected 8 bytes for float32 [2]"),
  ]

  @Test("a map that is no filtered tensor is refused with what is wrong", arguments: wrong)
  func malformed(change: StateMap, message: String) throws {
    let tensor = Tensor(vector: [1, 2] as [Float])
    let sound: StateMap = [
      "filter": "shuffle", "type": "<f4", "shape": [2],
      "data": .bytes(ByteFilter.shuffle.applied(to: tensor.bytes, itemBytes: 4)),
    ]
    #expect(try ByteFilter.tensor(of: StateReader(.map(sound))) == tensor)
    let map = sound.merging(change)
    let error = #expect(throws: StateTreeError.self) { _ = try ByteFilter.tensor(of: StateReader(.map(map))) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
