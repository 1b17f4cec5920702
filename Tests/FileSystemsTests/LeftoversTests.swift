import FileSystemsTestSupport
import Foundation
import Glibc
import SystemPackage
import Testing

@testable import FileSystems

@Suite struct LeftoversTests {
  /// Above any process number Linux gives (proc(5), `pid_max` is at most 2^22).
  let deadProcess = Int32.max

  @Test func `only files of dead processes are removed`() throws {
    try withTemporaryDirectory { directory in
      let dead = ".a.msgpack.zst.\(deadProcess)-3.partial"
      let kept = [
        ".a.\(getpid())-0.partial", ".a.1-0.partial", "a.\(deadProcess)-0.partial", ".a.\(deadProcess)-0.partial.zst",
        ".a.\(deadProcess)-.partial", ".a.-\(deadProcess)-0.partial", ".a.0-0.partial", ".a.+\(deadProcess)-0.partial",
        ".a.\(deadProcess)-00.partial", ".\(deadProcess)-0.partial", "..\(deadProcess)-0.partial", ".partial", "a",
      ]
      for name in kept + [dead] { try posix.close(try posix.create(directory.appending(name))) }
      makeLink(directory.appending(".b.\(deadProcess)-0.partial"), to: "a")
      try posix.createDirectory(directory.appending(".c.\(deadProcess)-0.partial"))
      #expect(try posix.removeLeftovers(in: directory).map(\.string) == [dead])
      #expect(try names(in: directory).count == kept.count + 2)
      #expect(try posix.removeLeftovers(in: directory).isEmpty)
    }
  }

  @Test func `a process that ends by a signal removes its own temporary files, and none follows`() async throws {
    try await withTemporaryDirectory { directory in
      let others = [".a.\(deadProcess)-0.partial", ".a.1-0.partial", "a"]
      for name in others { try posix.close(try posix.create(directory.appending(name))) }
      await #expect(processExitsWith: .exitCode(7)) { [path = directory.string as String] in
        let directory = FilePath(path)
        // A thread that begins one file after another, and a file that stays unfinished.
        Thread.detachNewThread {
          while true { _ = try? CommittedFile(at: directory.appending("b"), on: posix) }
        }
        try posix.close(try posix.create(directory.appending(".c.\(getpid())-0.partial")))
        posix.removeOwnTemporaries(in: directory) {
          // The end may be slow to come.
          usleep(50_000)
          _exit(7)
        }
      }
      #expect(try names(in: directory).sorted() == others.sorted())
    }
  }

  @Test func `a leftover that vanishes meanwhile is no error, one that cannot be deleted is`() throws {
    try withTemporaryDirectory { directory in
      try posix.close(try posix.create(directory.appending(".a.\(deadProcess)-3.partial")))
      let fileSystem = FaultInjectingFileSystem(
        fault: Fault(.failure(.noSuchFileOrDirectory), at: .operation(.unlink, 1)))
      #expect(try fileSystem.removeLeftovers(in: directory).isEmpty)
      fileSystem.reset(fault: Fault(.failure(.notPermitted), at: .operation(.unlink, 1)))
      let error = failure { () throws(FileSystemError) in try fileSystem.removeLeftovers(in: directory) }
      #expect(error?.code == .notPermitted)
    }
  }

  @Test(arguments: ["a", "a.b.zst", ".hidden", "é", String(repeating: "é", count: 127)])
  func `a temporary name is recognized`(_ destination: String) throws {
    let component = try #require(TemporaryName(destination, process: 42, number: 7).component)
    #expect(component.string.utf8.count <= 255)
    let parsed = try #require(TemporaryName(component))
    #expect((parsed.process, parsed.number) == (42, 7))
  }
}
