import FileSystemsTestSupport
import Glibc
import SystemPackage
import Testing

@testable import FileSystems

@Suite struct POSIXFileSystemTests {
  @Test func `what is written is read back at any offset`() throws {
    try withTemporaryDirectory { directory in
      let file = try posix.create(directory.appending("a"))
      try posix.writeAll(bytes("transition").span, to: file)
      #expect(try posix.read(exactly: 10, at: 0, from: file) == bytes("transition"))
      #expect(try posix.read(exactly: 3, at: 5, from: file) == bytes("iti"))
      try posix.close(file)
      #expect(try posix.status(of: directory.appending("a")).permissions == .ownerReadWrite)
    }
  }

  @Test func `creating what exists is refused, also when a link has the name`() throws {
    try withTemporaryDirectory { directory in
      makeLink(directory.appending("a"), to: "nowhere")
      #expect(failure { () throws(FileSystemError) in try posix.create(directory.appending("a")) }?.code == .fileExists)
    }
  }

  @Test func `a FIFO is refused without waiting for its writer`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("pipe")
      makeFIFO(path)
      let read = failure { () throws(FileSystemError) in try posix.open(path) }
      #expect(read == FileSystemError(.open, path, .notRegular(.fifo)))
      let append = failure { () throws(FileSystemError) in try posix.openForAppending(path) }
      #expect(append == FileSystemError(.openForAppending, path, .notRegular(.fifo)))
    }
  }

  @Test func `a directory and a device are not files`() throws {
    try withTemporaryDirectory { directory in
      let read = failure { () throws(FileSystemError) in try posix.open(directory) }
      #expect(read?.reason == .notRegular(.directory))
      let append = failure { () throws(FileSystemError) in try posix.openForAppending(directory) }
      #expect(append?.reason == .notRegular(.directory))
      let device = failure { () throws(FileSystemError) in try posix.open("/dev/null") }
      #expect(device?.reason == .notRegular(.characterDevice))
    }
  }

  @Test func `a link is refused unless the user typed it`() throws {
    try withTemporaryDirectory { directory in
      let link = directory.appending("link")
      try posix.commit(bytes("x").span, to: directory.appending("a"))
      makeLink(link, to: "a")
      #expect(failure { () throws(FileSystemError) in try posix.open(link) }?.reason == .isLink)
      #expect(failure { () throws(FileSystemError) in try posix.openForAppending(link) }?.reason == .isLink)
      #expect(try posix.readAll(link, follow: .userPath, limit: 10) == bytes("x"))
      #expect(try posix.status(of: link).kind == .link)
    }
  }

  @Test func `whether a file is locked is told without taking the lock`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("lock")
      let writer = try posix.openForAppending(path)
      let reader = try posix.open(path)
      #expect(!(try posix.isLocked(reader)))
      try posix.lock(writer)
      #expect(try posix.isLocked(reader))
      #expect(!(try posix.isLocked(writer)), "its own lock is in nobody's way")
      try posix.unlock(writer)
      #expect(!(try posix.isLocked(reader)))
      try posix.lock(writer)
      try posix.close(writer)
      // The lock ends with the last who has the file open, and a process that another test is starting has it for a moment.
      for _ in 0..<5000 where try posix.isLocked(reader) { usleep(1000) }
      #expect(!(try posix.isLocked(reader)))
      try posix.close(reader)
    }
  }

  @Test func `a lock excludes a second open file description until it is given up, whoever else has the first one`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("lock")
      let first = try posix.openForAppending(path)
      let second = try posix.openForAppending(path)
      try posix.lock(first)
      #expect(failure { () throws(FileSystemError) in try posix.lock(second) }?.reason == .locked)
      // A closed reader must not take the lock away, as it would with fcntl's older locks.
      try posix.close(try posix.open(path))
      #expect(failure { () throws(FileSystemError) in try posix.lock(second) }?.reason == .locked)
      // What a process that was forked meanwhile has.
      let shared = try FileDescriptor(rawValue: CInt(first.number)).duplicate()
      try posix.unlock(first)
      try posix.close(first)
      try posix.lock(second)
      try posix.close(second)
      try shared.close()
    }
  }

  @Test func `appending goes on at the end`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("result.json")
      for line in ["one\n", "two\n"] {
        let file = try posix.openForAppending(path)
        try posix.writeAll(bytes(line).span, to: file)
        try posix.close(file)
      }
      #expect(try posix.readAll(path, limit: 100) == bytes("one\ntwo\n"))
    }
  }

  @Test func `a rename replaces, refuses or swaps as asked`() throws {
    try withTemporaryDirectory { directory in
      let (a, b) = (directory.appending("a"), directory.appending("b"))
      try posix.commit(bytes("a").span, to: a)
      try posix.commit(bytes("b").span, to: b)
      let refused = failure { () throws(FileSystemError) in try posix.rename(a, to: b, mode: .noReplace) }
      #expect(refused == FileSystemError(.rename, a, to: b, code: .fileExists))
      try posix.rename(a, to: b, mode: .exchange)
      #expect(try posix.readAll(a, limit: 1) == bytes("b"))
      try posix.rename(a, to: b, mode: .replace)
      #expect(try posix.readAll(b, limit: 1) == bytes("b"))
      try posix.rename(b, to: a, mode: .noReplace)
      #expect(try names(in: directory) == ["a"])
    }
  }

  @Test func `where a file system cannot refuse to replace, a hard link does it`() throws {
    try withTemporaryDirectory { directory in
      let (a, b) = (directory.appending("a"), directory.appending("b"))
      try posix.commit(bytes("a").span, to: a)
      try posix.linkThenUnlink(a, b)
      #expect(try names(in: directory) == ["b"])
      try posix.commit(bytes("a").span, to: a)
      #expect(throws: Errno.fileExists) { try posix.linkThenUnlink(a, b) }
      #expect(try names(in: directory) == ["a", "b"])
    }
  }

  @Test func `a second name is the same file`() throws {
    try withTemporaryDirectory { directory in
      let (a, b) = (directory.appending("a"), directory.appending("b"))
      try posix.commit(bytes("abc").span, to: a)
      try posix.link(a, as: b)
      let (first, second) = (try posix.status(of: a), try posix.status(of: b))
      #expect(first == second)
      #expect((first.linkCount, first.byteCount, first.kind) == (2, 3, .regular))
      #expect(first.modificationSeconds > 1_700_000_000)
      try posix.unlink(a)
      #expect(try posix.status(of: b).linkCount == 1)
    }
  }

  @Test func `a listing is sorted by bytes and tells the kinds`() throws {
    try withTemporaryDirectory { directory in
      try posix.createDirectory(directory.appending("checkpoint_000004"))
      makeFIFO(directory.appending("é"))
      makeLink(directory.appending("Z"), to: "a")
      try posix.commit(bytes("h").span, to: directory.appending(".hidden"))
      let entries = try posix.list(directory)
      #expect(entries.map(\.name.string) == [".hidden", "Z", "checkpoint_000004", "é"])
      #expect(entries.map(\.kind) == [.regular, .link, .directory, .fifo])
      try posix.removeDirectory(directory.appending("checkpoint_000004"))
      let gone = failure { () throws(FileSystemError) in try posix.list(directory.appending("checkpoint_000004")) }
      #expect(gone?.code == .noSuchFileOrDirectory)
    }
  }

  @Test func `a listing stops at its limit`() throws {
    try withTemporaryDirectory { directory in
      for name in ["a", "b", "c"] { makeLink(directory.appending(name), to: "x") }
      let all = try posix.list(directory, follow: .never, limit: 3)
      #expect(all.map(\.kind) == [.link, .link, .link])
      let error = failure { () throws(FileSystemError) in try posix.list(directory, follow: .never, limit: 2) }
      #expect(error == FileSystemError(.list, directory, .tooManyEntries(limit: 2)))
      #expect(DirectoryEntry.limit == 100_000)
    }
  }

  @Test func `reserving room leaves the size alone, truncating sets it`() throws {
    try withTemporaryDirectory { directory in
      let file = try posix.create(directory.appending("a"))
      try posix.allocate(1 << 20, for: file)
      #expect(try posix.status(of: file).byteCount == 0)
      try posix.truncate(file, to: 7)
      #expect(try posix.status(of: file).byteCount == 7)
      try posix.sync(file)
      try posix.close(file)
      #expect(try posix.freeBytes(at: directory) > 0)
    }
  }

  @Test func `the mask is read from the line of the process status`() {
    #expect(POSIXFileSystem.mask(inStatus: bytes("Name:\trlbuf\nUmask:\t0027\nState:\tR\n")) == 0o027)
    #expect(POSIXFileSystem.mask(inStatus: bytes("Name:\tUmask:\n")) == nil)
  }

  @Test func `a closed file is an error, not a crash`() throws {
    try withTemporaryDirectory { directory in
      let file = OpenFile(number: 1 << 20, path: directory)
      #expect(failure { () throws(FileSystemError) in try posix.close(file) }?.code == .badFileDescriptor)
      #expect(failure { () throws(FileSystemError) in try posix.sync(file) }?.code == .badFileDescriptor)
    }
  }
}
