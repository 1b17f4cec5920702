import FileSystems
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import BufferFiles

/// Files with one thing wrong each, and what is said of them.
@Suite struct DamagedTests {
  /// What reading everything fails with, or that it does not, and what verifying finds.
  private func verdict(_ bytes: [UInt8]) throws -> [String] {
    let reading = failure { try readAll(try open(bytes)) }?.description ?? "can be read"
    do { return [reading] + (try verify(bytes).damages.map(\.description)) } catch { return [reading, "\(error)"] }
  }

  @Test(arguments: DamagedSamples.names)
  func `what is wrong is named`(name: String) throws {
    let bytes = try GoldenFiles.bytes("damaged/\(name).msgpack.zst") { try DamagedSamples.file(name) }
    let found = try verdict(bytes).joined(separator: "\n") + "\n"
    let path = GoldenFiles.folder.appending("damaged/\(name).txt")
    // Other than bytes, messages may become better.
    if GoldenFiles.makesMissing { try POSIXFileSystem().commit(Array(found.utf8).span, to: path) }
    #expect(try found == String(decoding: POSIXFileSystem().readAll(path, limit: 1 << 16), as: UTF8.self))
  }
}
