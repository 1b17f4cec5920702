import FileSystems
import FileSystemsTestSupport
import SystemPackage
import Testing

@Suite struct ReadingTests {
  @Test(arguments: [0, 1, 4095, 4096, 4097, 1 << 20, 3_000_000, 17 << 20, 64 << 20 + 5])
  func `a whole file is read, whatever its size`(_ count: Int) throws {
    try withTemporaryDirectory { directory in
      let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try posix.commit(content.span, to: directory.appending("a"))
      let fileSystem = FaultInjectingFileSystem()
      let found = try fileSystem.readAll(directory.appending("a"), limit: count)
      #expect(found == content)
      // Up to 64 MiB, which are asked for at once.
      #expect(count > 64 << 20 || found.capacity <= count + 8192, "its memory is allocated once, as large as the file")
      #expect(fileSystem.bytesRead == Int64(count))
      #expect(fileSystem.openFiles.isEmpty)
    }
  }

  @Test func `a file over the limit is refused by its size, before anything is read`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("a")
      try posix.commit([UInt8](repeating: 0, count: 11).span, to: path)
      let fileSystem = FaultInjectingFileSystem()
      let error = failure { () throws(FileSystemError) in try fileSystem.readAll(path, limit: 10) }
      #expect(error == FileSystemError(.read, path, .tooLarge(found: 11, limit: 10)))
      #expect(fileSystem.bytesRead == 0)
      #expect(fileSystem.openFiles.isEmpty)
    }
  }

  @Test func `a file that claims no size is held to the limit by what arrives`() {
    let error = failure { () throws(FileSystemError) in try posix.readAll("/proc/self/status", limit: 10) }
    guard case .tooLarge(let found, limit: 10) = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found > 10)
  }

  @Test(arguments: [Fault.Effect.failure(.interrupted), .short(1)], [Fault.Duration.once, .fromThenOn])
  func `interruptions once and short reads always are invisible`(_ effect: Fault.Effect, _ duration: Fault.Duration)
    throws
  {
    try withTemporaryDirectory { directory in
      try posix.commit(bytes("observation").span, to: directory.appending("a"))
      let fault = Fault(effect, at: .operation(.read, 1), effect == .short(1) ? duration : .once)
      let fileSystem = FaultInjectingFileSystem(fault: fault)
      #expect(try fileSystem.readAll(directory.appending("a"), limit: 100) == bytes("observation"))
      fileSystem.reset(fault: fault)
      let range = try fileSystem.withOpenFile(directory.appending("a")) { (file) throws(FileSystemError) in
        try fileSystem.read(exactly: 4, at: 3, from: file)
      }
      #expect(range == bytes("erva"))
    }
  }

  @Test func `interruptions without end become an error`() throws {
    try withTemporaryDirectory { directory in
      try posix.commit([1].span, to: directory.appending("a"))
      let fileSystem = FaultInjectingFileSystem(
        fault: Fault(.failure(.interrupted), at: .operation(.read, 1), .fromThenOn))
      let error = failure { () throws(FileSystemError) in
        try fileSystem.readAll(directory.appending("a"), limit: 9)
      }
      #expect(error?.code == .interrupted)
      #expect(fileSystem.operations.count { $0 == .read } == 1000)
      #expect(fileSystem.openFiles.isEmpty)
    }
  }

  @Test func `a file that ends early names the offset and both counts`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("a")
      try posix.commit(bytes("12345").span, to: path)
      let file = try posix.open(path)
      let error = failure { () throws(FileSystemError) in try posix.read(exactly: 9, at: 2, from: file) }
      #expect(error == FileSystemError(.read, path, at: 2, .ended(expected: 9, found: 3)))
      let huge = failure { () throws(FileSystemError) in try posix.read(exactly: .max, at: 0, from: file) }
      #expect(huge == FileSystemError(.read, path, at: 0, .ended(expected: .max, found: 5)))
      try posix.close(file)
    }
  }

  @Test func `a span is filled, or the file ended`() throws {
    try withTemporaryDirectory { directory in
      try posix.commit(bytes("reward").span, to: directory.appending("a"))
      let fileSystem = FaultInjectingFileSystem(fault: Fault(.short(2), at: .call(1), .fromThenOn))
      let file = try fileSystem.open(directory.appending("a"))
      let filled = try [UInt8](capacity: 5) { (output: inout OutputSpan<UInt8>) throws(FileSystemError) in
        try fileSystem.read(filling: &output, at: 1, from: file)
      }
      #expect(filled == bytes("eward"))
      let error = failure { () throws(FileSystemError) in
        try [UInt8](capacity: 6) { (output: inout OutputSpan<UInt8>) throws(FileSystemError) in
          try fileSystem.read(filling: &output, at: 1, from: file)
        }
      }
      #expect(error?.reason == .ended(expected: 6, found: 5))
      try fileSystem.close(file)
    }
  }

  @Test func `every call of a read that fails is a typed error and leaks nothing`() throws {
    try withTemporaryDirectory { directory in
      try posix.commit(bytes("gamma").span, to: directory.appending("a"))
      let fileSystem = FaultInjectingFileSystem()
      _ = try fileSystem.readAll(directory.appending("a"), limit: 100)
      let calls = fileSystem.operations
      #expect(calls == [.open, .status, .read, .read, .close])
      for (index, operation) in calls.enumerated() {
        fileSystem.reset(fault: Fault(.failure(.ioError), at: .call(index + 1)))
        let error = failure { () throws(FileSystemError) in
          try fileSystem.readAll(directory.appending("a"), limit: 100)
        }
        #expect(error?.operation == operation)
        #expect(error?.code == .ioError)
        #expect(fileSystem.openFiles.isEmpty)
      }
    }
  }
}
