import FileSystemsTestSupport
import Glibc
import SystemPackage
import Testing

@testable import FileSystems

@Suite struct TemporaryDirectoriesTests {
  @Test func `a temporary directory lies beside its destination under a name that is free`() throws {
    try withTemporaryDirectory { directory in
      let destination = directory.appending("checkpoint_000001")
      let first = try posix.createTemporaryDirectory(for: destination)
      let second = try posix.createTemporaryDirectory(for: destination)
      #expect(first.lastComponent?.string == ".checkpoint_000001.\(getpid())-0.partial")
      #expect(second.lastComponent?.string == ".checkpoint_000001.\(getpid())-1.partial")
      let missing = directory.appending("missing/a")
      #expect(failure { () throws(FileSystemError) in try posix.createTemporaryDirectory(for: missing) }?.path == missing)
    }
  }

  @Test func `a tree is deleted, what links in it point to is not`() throws {
    try withTemporaryDirectory { directory in
      let (tree, outside) = (directory.appending("tree"), directory.appending("outside"))
      for path in [tree, tree.appending("a"), tree.appending("a/b"), outside] { try posix.createDirectory(path) }
      for path in [tree.appending("a/b/c"), outside.appending("kept")] { try posix.close(try posix.create(path)) }
      makeLink(tree.appending("a/link"), to: outside)
      try posix.removeTree(tree)
      #expect(try names(in: directory) == ["outside"])
      #expect(try names(in: outside) == ["kept"])
      try posix.removeTree(tree)
      #expect(failure { () throws(FileSystemError) in try posix.removeTree(outside.appending("kept")) } != nil)
    }
  }

  @Test func `under a lock the temporaries of any process go, by the name they were to get`() throws {
    try withTemporaryDirectory { directory in
      for name in [".mine.1-0.partial", ".mine.\(getpid())-1.partial", ".other.1-0.partial", "mine", ".mine"] {
        try posix.close(try posix.create(directory.appending(name)))
      }
      try posix.createDirectory(directory.appending(".mine.1-7.partial"))
      try posix.close(try posix.create(directory.appending(".mine.1-7.partial/file")))
      makeLink(directory.appending(".mine.1-8.partial"), to: "mine")
      let removed = try posix.removeTemporaries(inLocked: directory) { $0 == "mine" }.map(\.string)
      #expect(Set(removed) == [".mine.1-0.partial", ".mine.\(getpid())-1.partial", ".mine.1-7.partial"])
      #expect(Set(try names(in: directory)) == [".other.1-0.partial", "mine", ".mine", ".mine.1-8.partial"])
      #expect(try posix.removeTemporaries(inLocked: directory.appending("missing")) { _ in true }.isEmpty)
    }
  }
}
