import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ForeignFormats
import Foundation
import MessagePack
import StateTree
import SystemPackage
import Testing
import Zstandard

@Suite("What a path holds is found out by its content")
struct DetectionTests {
  private static let pickle = "a Python pickle, which could run code and is never opened"
  private static let pointer = """
    version https://git-lfs.github.com/spec/v1
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
    size 12345

    """

  static let unusable: [(bytes: [UInt8], found: String)] = [
    ([], "an empty file"),
    (Array("hello, world\n".utf8), "a text file"),
    (Array("caf\u{e9} \u{1f408}\n".utf8), "a text file"),
    ([0xef, 0xbb, 0xbf] + Array("a,b\r\n1,2\r\n".utf8), "a text file"),
    (Array((String(repeating: "x", count: 4095) + "\u{e9}").utf8), "a text file"),
    (Array("{\"ray_version\": \"2.60.0\"}".utf8), "a text file"),
    (Array("<!DOCTYPE html>\n<html lang=en>Not found</html>".utf8), "a web page"),
    (Array("<HTML><body>".utf8), "a web page"),
    ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13], "a PNG picture"),
    ([0xff, 0xd8, 0xff, 0xe0, 0], "a JPEG picture"),
    ([0x50, 0x4b, 3, 4, 20, 0], "a zip archive (numpy's .npz, stable-baselines3's .zip)"),
    ([0x1f, 0x8b, 8, 0], "a gzip file (decompress it first)"),
    ([0x93] + Array("NUMPY".utf8) + [1, 0], "a numpy .npy file"),
    ([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], "an HDF5 file"),
    ([0x80, 2, 0x7d, 0x71], pickle), ([0x80, 3, 0x7d, 0x71], pickle),
    ([0x80, 4, 0x95, 5, 0, 0, 0, 0, 0, 0, 0], pickle), ([0x80, 5, 0x4e, 0x2e], pickle),
    ([0x7f, 0x45, 0x4c, 0x46, 2], "a program"),
    (Array("SQLite format 3\0".utf8), "an SQLite database"),
    (Array(pointer.utf8), "a Git LFS pointer, not the file itself (fetch it with \"git lfs pull\")"),
    ([7, 0, 1], "not state: as MessagePack its first value would be a lone 7"),
    ([0xc0], "not state: as MessagePack its first value would be a lone nil"),
    ([0x50, 0x2a, 0x4d, 0x18], "not state: as MessagePack its first value would be a lone 80"),
  ]

  @Test("what holds no state is named for what it is, also when it is compressed", arguments: unusable)
  func refusal(_ file: (bytes: [UInt8], found: String)) throws {
    let wrapped = try compressed(file.bytes)
    for bytes in [file.bytes, wrapped] {
      try withFile(bytes) { path in #expect(failure(opening: path) == .notRecognized(path, found: file.found)) }
    }
  }

  @Test("of a large file of another kind only the beginning is read")
  func readsLittle() throws {
    try withFile([0x50, 0x4b, 3, 4] + [UInt8](repeating: 0, count: 1 << 22)) { path in
      let fileSystem = FaultInjectingFileSystem()
      #expect(throws: ForeignFormatError.self) { _ = try SavedState.open(path, on: fileSystem) }
      #expect(fileSystem.bytesRead <= 4096 && fileSystem.openFiles.isEmpty)
    }
  }

  @Test("objects one behind the other are a document")
  func concatenated() throws {
    try withFile([0x81, 0xa1, 0x61, 1, 0x92, 1, 2, 0xc0]) { path in
      guard case .messagePack(let document) = try SavedState.open(path) else { throw NotThat(found: "no document") }
      #expect(document.objects.count == 3 && document.info.compression == nil)
    }
  }

  @Test("a dump with something behind it is a document")
  func dumpAndMore() throws {
    let bytes = try Fixtures.bytes("extra/lengths.msgpack")
    try withFile(bytes + [0xc0]) { path in
      guard case .messagePack(let document) = try SavedState.open(path) else { throw NotThat(found: "no document") }
      #expect(document.objects.count == 2)
    }
  }

  @Test("a frame to be skipped may come first, and several frames may follow")
  func skippableFirst() throws {
    let bytes = try Fixtures.bytes("extra/lengths.msgpack")
    let parts = try compressed(Array(bytes[..<1000])) + compressed(Array(bytes[1000...]))
    try withFile([0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3] + parts) { path in
      let dump = try openDump(path)
      #expect(dump.info.compression?.frameCount == 2 && dump.info.contentBytes == bytes.count)
      #expect(try bytesAfterConversion(dump) == bytes)
    }
  }

  @Test("a link of the user's own is followed, to a file and to a directory")
  func links() throws {
    try withTemporaryDirectory { directory in
      let (file, folder) = (directory.appending("file"), directory.appending("folder"))
      try FileManager.default.createSymbolicLink(
        atPath: file.string, withDestinationPath: Fixtures.path("extra/lengths.msgpack").string)
      try FileManager.default.createSymbolicLink(atPath: folder.string, withDestinationPath: Fixtures.checkpoint.string)
      #expect(try openDump(file).path == file)
      guard case .rllibCheckpoint = try SavedState.open(folder) else { throw NotThat(found: "no checkpoint") }
    }
  }

  @Test("what is no file is refused without waiting for it")
  func notFiles() throws {
    try withTemporaryDirectory { directory in
      let missing = directory.appending("missing")
      #expect(
        failure(opening: missing)?.description
          == "cannot open \(missing): no such file or directory; check the path")
      let fifo = directory.appending("fifo")
      makeFIFO(fifo)
      #expect(
        failure(opening: fifo)?.description
          == "cannot open \(fifo): it is a FIFO, not a regular file; copy its contents into a file first")
      #expect(failure(opening: "/dev/null")?.description.contains("it is a character device") == true)
      let dangling = directory.appending("dangling")
      try FileManager.default.createSymbolicLink(atPath: dangling.string, withDestinationPath: "nowhere")
      #expect(failure(opening: dangling)?.description.contains("no such file or directory") == true)
    }
  }

  @Test("a file without permission to read is refused", .disabled(if: getuid() == 0, "root may read every file"))
  func unreadable() throws {
    try withFile([0x80]) { path in
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path.string)
      #expect(failure(opening: path)?.description.contains("permission denied") == true)
    }
  }

  @Test("a file of ours from the future is refused as that")
  func future() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("ours")
      try BufferFileWriter.write(openDump(Fixtures.path("extra/lengths.msgpack")), to: path)
      let stored = try POSIXFileSystem().readAll(path, limit: 1 << 20)
      let extent = try FrameExtent(scanning: stored.span)
      var header = try decompressed(Array(stored[..<extent.compressedBytes]))
      let mark = [0xa7] + Array("version".utf8) + [1]
      let start = try #require(header.indices.first { header[$0...].starts(with: mark) })
      header[start + mark.count - 1] = 99
      try write(try compressed(header) + stored[extent.compressedBytes...], to: path)
      #expect(failure(opening: path) == .bufferFile(.newerVersion(path, found: 99, supported: 1)))
    }
  }

  @Test("a file of others that mentions rlbuf is not one of ours")
  func mentionsUs() throws {
    try withFile(compressed([0x81, 0xa5] + Array("rlbuf".utf8) + [1])) { path in
      guard case .messagePack = try SavedState.open(path) else { throw NotThat(found: "no document") }
    }
  }

  @Test("a gibibyte of zeros in a few kilobytes is refused at once")
  func bomb() throws {
    var compressor = try FrameStreamCompressor()
    var bytes: [UInt8] = []
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    for _ in 0..<1024 { try compressor.compress(zeros.span, appendingTo: &bytes) }
    try compressor.finish(appendingTo: &bytes)
    try withFile(bytes) { path in
      let started = ContinuousClock.now
      let error = try #require(failure(opening: path))
      #expect(ContinuousClock.now - started < .seconds(10))
      #expect(error.isLimit)
      guard case .compression(_, .ratioTooHigh(let produced, _, 1024)) = error else { throw error }
      #expect(produced < 65 << 20)
    }
  }
}
