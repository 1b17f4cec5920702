import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite struct SizeAndSpeedTests {
  /// The figures are measured in release mode; here the size, which is the same in both.
  @Test("one million CartPole transitions make a file of at most 46 / 2.7 MB that opens by reading less than 64 KiB")
  func cartPole() throws {
    let count = 1_000_000
    let clock = ContinuousClock()
    let contents = try MemoryContents.cartPole(count)
    try withTemporaryDirectory { directory in
      let path = directory.appending("cartpole.msgpack.zst")
      let writing = try clock.measure { try BufferFileWriter.write(contents, to: path) }
      let counting = FaultInjectingFileSystem()
      let file = try BufferFile.open(path, on: counting)
      #expect(counting.bytesRead < 64 << 10)
      #expect(file.byteCount <= Int(46e6 / 2.7))
      #expect(file.summary.rowCount == count)
      var report: VerificationReport?
      let verifying = try clock.measure { report = try BufferFile.verify(path) }
      #expect(report?.damages == [])
      print("\(count) transitions: \(file.byteCount) bytes, written in \(writing), verified in \(verifying)")
    }
  }
}
