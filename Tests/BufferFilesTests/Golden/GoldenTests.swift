import FileSystems
import FileSystemsTestSupport
import Glibc
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

/// Files of `Fixtures`. `RLBUF_REWRITE_GOLDEN=1` makes those that are missing; one that is there is never written again.
enum GoldenFiles {
  static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("Fixtures")

  static let makesMissing = unsafe getenv("RLBUF_REWRITE_GOLDEN") != nil

  static func bytes(_ name: String, orMake make: () throws -> [UInt8]) throws -> [UInt8] {
    let path = folder.pushing(FilePath(name))
    let isThere = (try? POSIXFileSystem().status(of: path)) != nil
    if !isThere, makesMissing {
      let made = try make()
      try POSIXFileSystem().commit(made.span, to: path)
    }
    return try POSIXFileSystem().readAll(path, limit: 1 << 20)
  }
}

@Suite struct GoldenTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    try GoldenFiles.bytes("rlbuf-1/\(name).msgpack.zst") { try GoldenSamples.file(name) }
  }

  @Test(arguments: GoldenSamples.names)
  func `a file of version 1 holds what its truth says`(name: String) throws {
    let bytes = try bytes(name)
    #expect(bytes.count < 8192)
    #expect(try verify(bytes).damages == [])
    let truth = try Truth(of: open(bytes)).text
    let expected = try GoldenFiles.bytes("rlbuf-1/\(name).json") { Array(truth.utf8) }
    #expect(Array(truth.utf8) == expected)
  }

  /// Whatever becomes of the writer, what it writes today is read like what it wrote then.
  @Test(arguments: GoldenSamples.names)
  func `the file that is written today is read as the one of version 1`(name: String) throws {
    let (then, now) = (try open(bytes(name)), try GoldenSamples.file(name))
    #expect(try verify(now).damages == [])
    #expect(try Truth(of: open(now)).text == Truth(of: then).text)
    guard case .replayBuffer = then.header.content else { return }
    let copied = try written {
      try BufferFileWriter.write(
        then.contents(), to: $0, provenance: then.header.provenance, metadata: then.header.metadata)
    }
    #expect(try Truth(of: open(copied)).text == Truth(of: then).text)
  }

  @Test func `buffers of version 1 go on from their files`() throws {
    func restored<Buffer: SavableBuffer>(_ type: Buffer.Type, _ name: String) throws -> StateValue {
      let buffer = try Buffer(contentsOf: open(bytes(name)))
      try buffer.checkInvariants()
      return try open(written { try BufferFileWriter.write(buffer.snapshot(), to: $0) }).state()
    }
    for (type, name) in [
      (ReplayBuffer.self, "transitions"), (PrioritizedReplayBuffer.self, "prioritized"), (FIFOReplayBuffer.self, "queue"),
      (ReservoirReplayBuffer.self, "reservoir"), (MixInReplayBuffer<ReplayBuffer>.self, "mix"),
      (EpisodeReplayBuffer.self, "episodes"), (PrioritizedEpisodeReplayBuffer.self, "prioritized-episodes"),
      (EpisodeReplayBuffer.self, "dictionaries"), (ReplayBuffer.self, "empty"),
      (ReplayBuffer.self, "ordered"),
    ] as [(any SavableBuffer.Type, String)] {
      #expect(try restored(type, name) == open(bytes(name)).state(), "\(name)")
    }
  }

  @Test(arguments: ["transitions", "ordered"])
  func `files of version 1 give their columns back in order when their header is lost`(name: String) throws {
    let whole = try open(bytes(name))
    var damaged = try bytes(name)
    for index in 0..<(try whole.entries()[0].compressedBytes) { damaged[index] = 0 }
    let contents = try #require(try recovery(damaged).contents)
    #expect(try contents.schema == whole.contents().schema)
    #expect(try contents.rows(0..<8) == whole.contents().rows(0..<8))
  }
}
