import FileSystems
import FileSystemsTestSupport
import SystemPackage
import Testing

@Suite struct CommittedFileTests {
  /// Two appends and a commit.
  func save(
    _ text: String = "new", to path: FilePath, existing: CommittedFile.Existing = .replace, expecting: Int64? = nil,
    on fileSystem: any FileSystem = posix
  ) throws(FileSystemError) {
    var file = try CommittedFile(at: path, existing: existing, expectedByteCount: expecting, on: fileSystem)
    let content = bytes(text)
    try file.append(content.span.extracting(0..<1))
    try file.append(content.span.extracting(1..<content.count))
    try file.commit()
  }

  @Test func `a commit makes its calls in the order that survives a power cut`() throws {
    try withTemporaryDirectory { directory in
      let fileSystem = FaultInjectingFileSystem()
      try save(to: directory.appending("a"), on: fileSystem)
      #expect(
        fileSystem.operations == [
          .status, .create, .write, .write, .setPermissions, .sync, .close, .rename, .syncDirectory,
        ])
      #expect(fileSystem.calls.last?.path == directory)
      #expect(try posix.readAll(directory.appending("a"), limit: 10) == bytes("new"))
      #expect(try names(in: directory) == ["a"])
    }
  }

  static let calls: [FileSystemError.Operation] = [
    .status, .create, .allocate, .write, .write, .truncate, .setPermissions, .sync, .close, .rename, .syncDirectory,
  ]

  static let codes: [Errno] = [.noSpace, .ioError, .diskQuotaExceeded, .readOnlyFileSystem, .tooManyOpenFiles]

  @Test(arguments: codes, [Fault.Duration.once, .fromThenOn])
  func `each call that fails leaves the destination and no litter`(_ code: Errno, _ duration: Fault.Duration) throws {
    for (index, operation) in Self.calls.enumerated() {
      try withTemporaryDirectory { directory in
        let path = directory.appending("a")
        try save("old", to: path)
        let fileSystem = FaultInjectingFileSystem(fault: Fault(.failure(code), at: .call(index + 1), duration))
        let error = failure { () throws(FileSystemError) in try save(to: path, expecting: 100, on: fileSystem) }
        #expect((error?.operation, error?.code) == (operation, code))
        #expect(fileSystem.openFiles.isEmpty)
        #expect(fileSystem.operations.count { $0 == .sync } <= 1)
        // After the rename the file is in place and whole; only its survival of a power cut is unknown.
        #expect(try posix.readAll(path, limit: 10) == bytes(operation == .syncDirectory ? "new" : "old"))
        if duration == .once { #expect(try names(in: directory) == ["a"]) }
        // With the fault gone the same process saves again; what could not be deleted stays for `removeLeftovers`.
        fileSystem.reset()
        try save("newest", to: path, on: fileSystem)
        #expect(try posix.readAll(path, limit: 10) == bytes("newest"))
      }
    }
  }

  @Test(arguments: 1...calls.count) func `an interrupted call is invisible`(_ number: Int) throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("a")
      let fileSystem = FaultInjectingFileSystem(fault: Fault(.failure(.interrupted), at: .call(number)))
      try save(to: path, expecting: 100, on: fileSystem)
      #expect(try posix.readAll(path, limit: 10) == bytes("new"))
      #expect(try names(in: directory) == ["a"])
      #expect(fileSystem.openFiles.isEmpty)
      // Each call was made, and the interrupted one again; a close is never repeated.
      #expect(fileSystem.operations.count == Self.calls.count + (Self.calls[number - 1] == .close ? 0 : 1))
      #expect(fileSystem.operations.count { $0 == .close } == 1)
    }
  }

  @Test func `short writes are invisible`() throws {
    try withTemporaryDirectory { directory in
      let fileSystem = FaultInjectingFileSystem(fault: Fault(.short(2), at: .call(1), .fromThenOn))
      let content = (0..<255).map { UInt8($0) }
      try fileSystem.commit(content.span, to: directory.appending("a"))
      #expect(try posix.readAll(directory.appending("a"), limit: 255) == content)
      #expect(fileSystem.operations.count { $0 == .write } == 128)
    }
  }

  @Test func `a write that takes nothing is an error with its place`() throws {
    try withTemporaryDirectory { directory in
      let fileSystem = FaultInjectingFileSystem(fault: Fault(.short(0), at: .operation(.write, 2)))
      let error = failure { () throws(FileSystemError) in try save(to: directory.appending("a"), on: fileSystem) }
      #expect(error?.reason == .wroteNothing)
      #expect(error?.offset == 1)
      let left = try names(in: directory)
      #expect(left == [])
    }
  }

  @Test func `a full disk tells the byte, the bytes needed and the bytes free`() throws {
    try withTemporaryDirectory { directory in
      let fileSystem = FaultInjectingFileSystem(fault: Fault(.failure(.noSpace), at: .operation(.write, 2)))
      let error = failure { () throws(FileSystemError) in try save(to: directory.appending("a"), on: fileSystem) }
      #expect((error?.offset, error?.bytesNeeded) == (1, 2))
      let free = try #require(error?.bytesFree)
      #expect(free > 0)
    }
  }

  @Test func `after a failed append nothing is committed`() throws {
    try withTemporaryDirectory { directory in
      let fileSystem = FaultInjectingFileSystem(fault: Fault(.failure(.noSpace), at: .operation(.write, 1)))
      var file = try CommittedFile(at: directory.appending("a"), on: fileSystem)
      var errors: [Errno?] = []
      do throws(FileSystemError) { try file.append([1].span) } catch { errors.append(error.code) }
      #expect(try names(in: directory) == [])
      do throws(FileSystemError) { try file.append([1].span) } catch { errors.append(error.code) }
      do throws(FileSystemError) { try file.commit() } catch { errors.append(error.code) }
      #expect(errors == [.noSpace, .noSpace, .noSpace])
      #expect(try names(in: directory) == [])
      #expect(fileSystem.operations.count { $0 == .unlink } == 1)
    }
  }

  @Test func `a discarded file and a forgotten one leave nothing`() throws {
    try withTemporaryDirectory { directory in
      let fileSystem = FaultInjectingFileSystem()
      do {
        var discarded = try CommittedFile(at: directory.appending("a"), on: fileSystem)
        try discarded.append([1].span)
        discarded.discard()
        let forgotten = try CommittedFile(at: directory.appending("b"), on: fileSystem)
        #expect(forgotten.byteCount == 0)
      }
      #expect(try names(in: directory) == [])
      #expect(fileSystem.openFiles.isEmpty)
    }
  }

  @Test func `an existing file is refused when asked, at the start and at the commit`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("a")
      try save("old", to: path)
      let early = failure { () throws(FileSystemError) in try save(to: path, existing: .refuse) }
      #expect(early == FileSystemError(.create, path, code: .fileExists))
      try posix.unlink(path)
      var late = try CommittedFile(at: path, existing: .refuse, on: posix)
      try late.append([1].span)
      try save("old", to: path)
      var error: FileSystemError?
      do throws(FileSystemError) { try late.commit() } catch let thrown { error = thrown }
      #expect((error?.operation, error?.code) == (.rename, .fileExists))
      #expect(try posix.readAll(path, limit: 10) == bytes("old"))
      #expect(try names(in: directory) == ["a"])
    }
  }

  @Test func `a new file gets the mask's permissions, a replaced one keeps its own`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("a")
      try save(to: path)
      let all = FilePermissions(rawValue: 0o666)
      #expect(try posix.status(of: path).permissions == all.subtracting(posix.creationMask))
      let file = try posix.open(path)
      try posix.setPermissions(FilePermissions(rawValue: 0o640), of: file)
      try posix.close(file)
      try save("newer", to: path)
      #expect(try posix.status(of: path).permissions == FilePermissions(rawValue: 0o640))
    }
  }

  @Test func `the temporary file is private and stands beside the destination`() throws {
    try withTemporaryDirectory { directory in
      let file = try CommittedFile(at: directory.appending("a"), on: posix)
      let name = try #require(try names(in: directory).first)
      #expect(name.hasPrefix(".a."))
      #expect(name.hasSuffix("-0.partial"))
      #expect(try posix.status(of: directory.appending(name)).permissions == .ownerReadWrite)
      file.discard()
    }
  }

  @Test func `two writers of one destination do not meet`() throws {
    try withTemporaryDirectory { directory in
      var first = try CommittedFile(at: directory.appending("a"), on: posix)
      var second = try CommittedFile(at: directory.appending("a"), on: posix)
      try first.append([1].span)
      try second.append([2].span)
      try first.commit()
      try second.commit()
      #expect(try posix.readAll(directory.appending("a"), limit: 10) == [2])
      #expect(try names(in: directory) == ["a"])
    }
  }

  @Test func `a directory or FIFO at the destination is refused, a link is replaced itself`() throws {
    try withTemporaryDirectory { directory in
      let (fifo, link) = (directory.appending("fifo"), directory.appending("link"))
      makeFIFO(fifo)
      makeLink(link, to: "elsewhere")
      let error = failure { () throws(FileSystemError) in try save(to: directory) }
      #expect(error == FileSystemError(.create, directory, .notRegular(.directory)))
      #expect(failure { () throws(FileSystemError) in try save(to: fifo) }?.reason == .notRegular(.fifo))
      try save(to: link)
      #expect(try posix.status(of: link).kind == .regular)
      #expect(try names(in: directory) == ["fifo", "link"])
    }
  }

  @Test func `a destination without a name is an error`() {
    #expect(failure { () throws(FileSystemError) in try save(to: "") }?.code == .noSuchFileOrDirectory)
    #expect(failure { () throws(FileSystemError) in try save(to: "/") }?.reason == .notRegular(.directory))
  }

  @Test func `a name of 255 bytes can be saved`() throws {
    try withTemporaryDirectory { directory in
      let name = String(repeating: "é", count: 127) + "x"
      try save(to: directory.appending(name))
      #expect(try names(in: directory) == [name])
    }
  }
}
