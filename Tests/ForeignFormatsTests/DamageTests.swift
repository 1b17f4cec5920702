import FileSystemsTestSupport
import ForeignFormats
import MessagePack
import SystemPackage
import Testing

@Suite("Dumps that were damaged")
struct DamageTests {
  @Test("a dump that ends early is refused at every byte", arguments: ["lookback", "prioritized_small"])
  func truncation(_ name: String) throws {
    let bytes = try Fixtures.bytes("extra/\(name).msgpack")
    try withTemporaryDirectory { directory in
      let path = directory.appending("dump")
      for count in bytes.indices {
        try write(Array(bytes[..<count]), to: path)
        guard let error = failure(opening: path) else {
          Issue.record("\(count) of \(bytes.count) bytes were accepted")
          continue
        }
        #expect(HostileDumpTests.isOneClearLine(error))
      }
    }
  }

  @Test(
    "bytes flipped at random give a clear error or a dump that is kept byte for byte", arguments: [26, 27] as [UInt64])
  func flips(seed: UInt64) throws {
    let name = seed == 26 ? "prioritized_small" : "names"
    let good = try Fixtures.bytes("extra/\(name).msgpack")
    var random = SplitMix(state: seed)
    try withTemporaryDirectory { directory in
      for turn in 0..<2_500 {
        var bytes = good
        for _ in 0...Int.random(in: 0...2, using: &random) {
          bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        try HostileDumpTests.expectErrorOrFidelity(bytes, at: directory.appending("dump"), "seed \(seed), turn \(turn)")
      }
    }
  }

  @Test("a compressed dump that ends early is refused at every byte")
  func compressedTruncation() throws {
    let bytes = try compressed(Fixtures.bytes("extra/prioritized_small.msgpack"))
    try withTemporaryDirectory { directory in
      let path = directory.appending("dump.zst")
      for count in bytes.indices {
        try write(Array(bytes[..<count]), to: path)
        guard let error = failure(opening: path) else {
          Issue.record("\(count) of \(bytes.count) bytes were accepted")
          continue
        }
        if count >= 4 { guard case .compression = error else { throw error } }
        #expect(HostileDumpTests.isOneClearLine(error))
      }
      try write(bytes, to: path)
      guard case .rllibDump(let dump) = try SavedState.open(path) else { throw NotThat(found: "no dump") }
      #expect(dump.info.compression?.frameCount == 1 && dump.info.compression?.isChecksummed == true)
      #expect(dump.info.fileBytes == bytes.count)
    }
  }
}
