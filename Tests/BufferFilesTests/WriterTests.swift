import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite struct WriterTests {
  private func names(_ directory: FilePath) throws -> [String] {
    try POSIXFileSystem().list(directory).map(\.name.string)
  }

  private func header() throws -> FileHeader {
    FileHeader(content: .replayBuffer(kind: "T", layout: .transitions, schema: try CartPole.schema()))
  }

  /// The error of `BufferFileWriter.write`, which lets errors of contents pass.
  private func write(_ contents: MemoryContents, _ path: FilePath, _ fileSystem: any FileSystem) -> BufferFileError? {
    failure { try BufferFileWriter.write(contents, to: path, on: fileSystem) }
  }

  @Test(
    "whichever call fails, no file appears and nothing is left",
    arguments: [Errno.ioError, .noSpace, .permissionDenied])
  func faults(_ code: Errno) throws {
    let contents = try MemoryContents.cartPole(200)
    let recorder = FaultInjectingFileSystem()
    try withTemporaryDirectory { #expect(write(contents, $0.appending("x"), recorder) == nil) }
    #expect(recorder.calls.count > 10)
    for number in 1...recorder.calls.count {
      try withTemporaryDirectory { (directory) throws in
        let faulty = FaultInjectingFileSystem(fault: Fault(.failure(code), at: .call(number)))
        let error = write(contents, directory.appending("x"), faulty)
        let operation = recorder.operations[number - 1]
        // Where the free space cannot be told, writing tells.
        if operation == .freeBytes { return #expect(error == nil) }
        guard case .fileSystem(let cause)? = error else {
          Issue.record("call \(number), \(operation): \(String(describing: error))")
          return
        }
        #expect(cause.operation == operation)
        let left = try names(directory)
        #expect(left == (operation == .syncDirectory ? ["x"] : []), "call \(number), \(operation)")
        #expect(faulty.openFiles.isEmpty)
      }
    }
  }

  @Test("a dump is not replaced by one with less than a tenth of its rows, unless that is allowed")
  func shrinking() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x")
      try BufferFileWriter.write(try MemoryContents.cartPole(200), to: path)
      for rows in [0, 19] {
        #expect(write(try .cartPole(rows), path, POSIXFileSystem()) == .wouldShrink(path, rows: rows, stored: 200))
        #expect(try BufferFile.open(path).summary.rowCount == 200)
      }
      #expect(write(try .cartPole(20), path, POSIXFileSystem()) == nil)
      try BufferFileWriter.write(
        try MemoryContents.cartPole(1), to: path, options: WritingOptions(shrinking: .allow))
      #expect(try BufferFile.open(path).summary.rowCount == 1)
      // What is no dump is replaced as ever.
      try POSIXFileSystem().commit([1, 2, 3].span, to: path)
      #expect(write(try .cartPole(0), path, POSIXFileSystem()) == nil)
    }
  }

  @Test("interrupted calls and short writes are not to be seen")
  func interruptions() throws {
    let contents = try MemoryContents.cartPole(200)
    let whole = try written { try BufferFileWriter.write(contents, to: $0) }
    for fault in [
      Fault(.failure(.interrupted), at: .call(3)), Fault(.short(100), at: .operation(.write, 1), .fromThenOn),
    ] {
      let bytes = try written {
        try BufferFileWriter.write(contents, to: $0, on: FaultInjectingFileSystem(fault: fault))
      }
      #expect(bytes == whole)
    }
  }

  @Test("an existing file stays as it was until the new one is whole, and when it is not")
  func existing() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x")
      let first = try MemoryContents.cartPole(10)
      try BufferFileWriter.write(first, to: path)
      let before = try POSIXFileSystem().readAll(path, limit: 1 << 20)
      let faulty = FaultInjectingFileSystem(fault: Fault(.failure(.noSpace), at: .operation(.write, 3)))
      #expect(write(try .cartPole(99), path, faulty) != nil)
      #expect(try POSIXFileSystem().readAll(path, limit: 1 << 20) == before)
      let refusing = WritingOptions(existing: .refuse)
      #expect(failure { try BufferFileWriter.write(first, to: path, options: refusing) } != nil)
    }
  }

  @Test("two writers to one path: both finish, the last one stands; with refuse the second fails")
  func twoWriters() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("x")
      var first = try BufferFileWriter.create(at: path, header: try header())
      var second = try BufferFileWriter.create(at: path, header: try header())
      try first.append(CartPole.transitions(5))
      try second.append(CartPole.transitions(7))
      try first.finish(state: [:])
      #expect(try BufferFile.open(path).summary.rowCount == 5)
      try second.finish(state: [:])
      #expect(try BufferFile.open(path).summary.rowCount == 7)
      let other = directory.appending("y")
      let third = try BufferFileWriter.create(
        at: other, header: try header(), options: WritingOptions(existing: .refuse))
      let fourth = try BufferFileWriter.create(
        at: other, header: try header(), options: WritingOptions(existing: .refuse))
      try third.finish(state: [:])
      let error = failing(fourth)
      #expect(error?.description.contains("it exists already") == true)
      #expect(try names(directory) == ["x", "y"])
    }
  }

  private func failing(_ writer: consuming BufferFileWriter) -> BufferFileError? {
    do { try writer.finish(state: [:]) } catch { return error }
    return nil
  }

  @Test("a writer that is dropped leaves nothing, and nothing is to be seen before the end")
  func dropped() throws {
    try withTemporaryDirectory { directory in
      do {
        var writer = try BufferFileWriter.create(at: directory.appending("x"), header: try header())
        try writer.append(CartPole.transitions(5))
        #expect(try names(directory).allSatisfy { $0.hasSuffix(".partial") })
      }
      #expect(try names(directory) == [])
    }
  }

  @Test("rows that do not belong are refused, and the writer goes on")
  func wrongRows() throws {
    let bytes = try written { path in
      var writer = try BufferFileWriter.create(at: path, header: try header())
      let rows = CartPole.transitions(6)
      try writer.append(rows.part(0..<3))
      let next = rows.part(3..<6)
      let wrong: [(RowBatch, String)] = [
        (rows.part(4..<6), "row 4 comes next, expected 3"),
        (rows.part(3..<3), "0 rows at once, expected 1 to 1048576"),
        (RowBatch(firstRow: 3, steps: next.steps, columns: Array(next.columns.dropLast())), "5 columns, expected 6"),
        (
          RowBatch(firstRow: 3, steps: next.steps, columns: [next.columns[1]] + next.columns.dropFirst()),
          "obs is int64 [3], expected rows of float32 [4]"
        ),
        (
          RowBatch(firstRow: 3, steps: [3, -1, 4], columns: next.columns),
          "the step number -1 is not in 0..<1152921504606846976"
        ),
      ]
      for (batch, expected) in wrong {
        let found = reason(&writer, batch)
        #expect(found == expected)
      }
      try writer.append(next)
      try writer.finish(state: [:])
    }
    #expect(try open(bytes).contents().rows(0..<6) == CartPole.transitions(6))
  }

  /// Why the writer refuses rows; nil if it takes them.
  private func reason(_ writer: inout BufferFileWriter, _ batch: RowBatch) -> String? {
    do { try writer.append(batch) } catch {
      if case .wrongRows(let reason) = error { return reason }
    }
    return nil
  }

  @Test("rows too large for a record, columns too many for a file, and rows without a schema are refused")
  func tooLarge() throws {
    try withTemporaryDirectory { directory in
      let schema = try BufferSchema([
        ColumnSchema("a", .uint8, shape: [9 << 20]), ColumnSchema("b", .uint8, shape: [9 << 20]),
      ])
      let header = FileHeader(content: .replayBuffer(kind: "T", layout: .transitions, schema: schema))
      let zeros = try Tensor(zeros: .uint8, shape: [1, 9 << 20])
      let batch = RowBatch(firstRow: 0, steps: [0], columns: [zeros, zeros])
      var writer = try BufferFileWriter.create(at: directory.appending("x"), header: header)
      let found = reason(&writer, batch)
      #expect(found == "1 of them make 18874515 bytes, at most 16777216 go into one record")
      let wide = try BufferSchema((0..<1_025).map { ColumnSchema("c\($0)", .bool) })
      let wideHeader = FileHeader(content: .replayBuffer(kind: "T", layout: .transitions, schema: wide))
      #expect(
        failure { _ = try BufferFileWriter.create(at: directory.appending("y"), header: wideHeader) }
          == .wrongRows(reason: "1025 columns, a file has at most 1024"))
      var alone = try BufferFileWriter.create(at: directory.appending("z"), header: FileHeader(content: .state))
      let refusal = reason(&alone, batch)
      #expect(refusal == "the file was begun without a schema")
    }
  }

  @Test("a table of episodes must be that of the rows")
  func episodes() throws {
    let contents = try MemoryContents.episodes(lengths: [3, 1, 4])
    for lengths in [[3, 1], [3, 4, 1]] {
      var wrong = contents
      wrong.stored = try MemoryContents.episodes(lengths: lengths).stored
      #expect(throws: BufferFileError.self) { try written { try BufferFileWriter.write(wrong, to: $0) } }
    }
    var bare = contents
    bare.stored = ["insertion_count": 7]
    let bytes = try written { try BufferFileWriter.write(bare, to: $0) }
    #expect(try open(bytes).summary.episodes == nil)
    #expect(try verify(bytes).isSound)
  }

  @Test("the same contents make the same bytes")
  func deterministic() throws {
    let contents = try MemoryContents.cartPole(2_000)
    let first = try written { try BufferFileWriter.write(contents, to: $0) }
    #expect(try written { try BufferFileWriter.write(contents, to: $0) } == first)
  }
}
