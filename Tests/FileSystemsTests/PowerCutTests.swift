import FileSystems
import FileSystemsTestSupport
import SystemPackage
import Testing

@Suite("A simulated loss of power leaves every state that is legal, and no other")
struct PowerCutTests {
  /// What each state has at some paths: nil for nothing, else what is in the file.
  private func states(
    _ fileSystem: SimulatedFileSystem, _ model: PersistenceModel = .anySubset, at paths: [FilePath]
  ) -> Set<[String?]> {
    var (states, seen): (Set<[String?]>, Set<Int>) = ([], [])
    fileSystem.cut.forEachTree(model, seen: &seen) { tree in
      let after = tree.fileSystem()
      states.insert(
        paths.map { path in (try? after.readAll(path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) } })
    }
    return states
  }

  private func write(_ text: String, to path: FilePath, on fileSystem: SimulatedFileSystem, isSynced: Bool) throws {
    let file = try fileSystem.create(path)
    try fileSystem.writeAll(bytes(text).span, to: file)
    if isSynced { try fileSystem.sync(file) }
    try fileSystem.close(file)
  }

  @Test func `a file that was not synced may be missing, empty, zeros or whole`() throws {
    let fileSystem = SimulatedFileSystem()
    try write("ab", to: "/a", on: fileSystem, isSynced: false)
    #expect(states(fileSystem, at: ["/a"]) == [[nil], [""], ["\0\0"], ["ab"]])
    #expect(states(fileSystem, .metadataFirst, at: ["/a"]) == [[""], ["\0\0"], ["ab"]])
    #expect(states(fileSystem, .ordered, at: ["/a"]) == [["ab"]])
  }

  @Test func `syncing a file makes its bytes durable and not its name, syncing its directory the name`() throws {
    let fileSystem = SimulatedFileSystem()
    try write("ab", to: "/a", on: fileSystem, isSynced: true)
    #expect(states(fileSystem, at: ["/a"]) == [[nil], ["ab"]])
    try fileSystem.syncDirectory("/")
    #expect(states(fileSystem, at: ["/a"]) == [["ab"]])
  }

  @Test func `what was appended may tear, what was durable before may not`() throws {
    let fileSystem = SimulatedFileSystem()
    try write("ab", to: "/a", on: fileSystem, isSynced: true)
    try fileSystem.syncDirectory("/")
    let file = try fileSystem.openForAppending("/a")
    try fileSystem.writeAll(bytes("cd").span, to: file)
    #expect(states(fileSystem, at: ["/a"]) == [["ab"], ["ab\0\0"], ["abcd"]])
  }

  @Test func `a long file tears at pages of 4 KiB`() throws {
    let fileSystem = SimulatedFileSystem()
    let text = String(repeating: "x", count: 10_000)
    try write(text, to: "/a", on: fileSystem, isSynced: false)
    let page = String(repeating: "x", count: 4096)
    let found = states(fileSystem, .metadataFirst, at: ["/a"])
    let zeros = { (count: Int) in String(repeating: "\0", count: count) }
    #expect(
      found == [
        [""], [text], [zeros(10_000)], [page], [page + zeros(5904)], [page + page], [page + page + zeros(1808)],
        [zeros(4096) + text.dropFirst(4096)],
      ])
  }

  @Test func `a rename happens whole or not at all, also between directories`() throws {
    let fileSystem = SimulatedFileSystem()
    for directory in ["/d", "/e"] as [FilePath] { try fileSystem.createDirectory(directory) }
    try write("old", to: "/e/b", on: fileSystem, isSynced: true)
    try write("new", to: "/d/a", on: fileSystem, isSynced: true)
    for directory in ["/", "/d", "/e"] as [FilePath] { try fileSystem.syncDirectory(directory) }
    try fileSystem.rename("/d/a", to: "/e/b", mode: .replace)
    #expect(states(fileSystem, at: ["/d/a", "/e/b"]) == [["new", "old"], [nil, "new"]])
    // Durable with either of its directories.
    try fileSystem.syncDirectory("/d")
    #expect(states(fileSystem, at: ["/d/a", "/e/b"]) == [[nil, "new"]])
  }

  @Test func `names that were not synced come and go each on its own`() throws {
    let fileSystem = SimulatedFileSystem()
    try write("a", to: "/a", on: fileSystem, isSynced: true)
    try fileSystem.syncDirectory("/")
    try fileSystem.link("/a", as: "/b")
    try fileSystem.link("/a", as: "/c")
    try fileSystem.unlink("/a")
    let found = states(fileSystem, at: ["/a", "/b", "/c"])
    #expect(found.count == 8 && found.contains([nil, nil, nil]) && found.contains([nil, nil, "a"]))
    #expect(states(fileSystem, .metadataFirst, at: ["/a", "/b", "/c"]) == [[nil, "a", "a"]])
  }

  @Test func `an earlier change of the same name cannot come back after a sync elsewhere`() throws {
    let fileSystem = SimulatedFileSystem()
    for directory in ["/d", "/e"] as [FilePath] { try fileSystem.createDirectory(directory) }
    try fileSystem.syncDirectory("/")
    try write("a", to: "/d/a", on: fileSystem, isSynced: true)
    try fileSystem.rename("/d/a", to: "/e/a", mode: .noReplace)
    try fileSystem.syncDirectory("/e")
    #expect(states(fileSystem, at: ["/d/a", "/e/a"]) == [[nil, "a"]])
  }

  @Test func `a directory has one place whatever is lost`() throws {
    let fileSystem = SimulatedFileSystem()
    try fileSystem.createDirectory("/t")
    try write("a", to: "/t/a", on: fileSystem, isSynced: true)
    try fileSystem.rename("/t", to: "/u", mode: .noReplace)
    try fileSystem.rename("/u", to: "/v", mode: .noReplace)
    let found = states(fileSystem, at: ["/t/a", "/u/a", "/v/a"])
    #expect(found == [[nil, nil, nil], ["a", nil, nil], [nil, "a", nil], [nil, nil, "a"]])
  }

  @Test func `a sync that failed has written nothing, and neither does the next one`() throws {
    let fileSystem = SimulatedFileSystem()
    let file = try fileSystem.create("/a")
    try fileSystem.writeAll(bytes("ab").span, to: file)
    fileSystem.failSync(1)
    #expect(failure { () throws(FileSystemError) in try fileSystem.sync(file) }?.code == .ioError)
    try fileSystem.sync(file)
    fileSystem.failSync(1)
    #expect(failure { () throws(FileSystemError) in try fileSystem.syncDirectory("/") }?.code == .ioError)
    try fileSystem.syncDirectory("/")
    #expect(states(fileSystem, at: ["/a"]) == [[nil], [""], ["\0\0"], ["ab"]])
  }

  @Test func `a file that was committed is the old one or the new one at every moment, and the new one in the end`() throws {
    let fileSystem = SimulatedFileSystem()
    try fileSystem.commit(bytes("old").span, to: "/a")
    fileSystem.record()
    try fileSystem.commit(bytes("new").span, to: "/a")
    var (seen, found): (Set<Int>, Set<String>) = ([], [])
    for cut in fileSystem.cuts {
      for model in PersistenceModel.allCases {
        try cut.forEachTree(model, seen: &seen) { tree in
          found.insert(String(decoding: try tree.fileSystem().readAll("/a", limit: 10), as: UTF8.self))
        }
      }
    }
    #expect(found == ["old", "new"] && seen.count > 4)
    #expect(fileSystem.cuts.map { $0.last?.operation } == [nil, .create, .write, .sync, .rename, .syncDirectory])
    #expect(states(fileSystem, at: ["/a"]) == [["new"]])
  }

  @Test func `of many changes those of each directory are taken on their own`() throws {
    let fileSystem = SimulatedFileSystem()
    for directory in ["/d", "/e"] as [FilePath] { try fileSystem.createDirectory(directory) }
    try fileSystem.syncDirectory("/")
    for number in 0..<7 {
      for directory in ["/d", "/e"] as [FilePath] {
        try write("a", to: directory.appending("\(number)"), on: fileSystem, isSynced: true)
      }
    }
    #expect(fileSystem.cut.pendingCount == 14)
    let paths: [FilePath] = (0..<7).flatMap { [FilePath("/d/\($0)"), FilePath("/e/\($0)")] }
    // Of each directory 2^7 subsets, the other once empty and once full; four of these are made twice.
    #expect(states(fileSystem, at: paths).count == 4 * 128 - 4)
  }
}
