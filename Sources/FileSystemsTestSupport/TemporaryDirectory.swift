internal import FileSystems
internal import Glibc
public import SystemPackage

/// Hands a new, empty directory to `body` and deletes it with all that is in it afterwards.
/// - Throws: what `body` throws, or why the directory could not be made.
public func withTemporaryDirectory<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
  let directory = try makeTemporaryDirectory()
  defer { removeTree(directory) }
  return try body(directory)
}

/// Hands a new, empty directory to an asynchronous `body` and deletes it with all that is in it afterwards.
/// - Throws: what `body` throws, or why the directory could not be made.
public func withTemporaryDirectory<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: (FilePath) async throws -> Result
) async throws -> Result {
  let directory = try makeTemporaryDirectory()
  defer { removeTree(directory) }
  return try await body(directory)
}

/// - Source: mkdtemp(3), with names drawn here
private func makeTemporaryDirectory() throws(FileSystemError) -> FilePath {
  // getenv's answer is copied at once; tests do not change the environment.
  let parent = unsafe getenv("TMPDIR").map { unsafe FilePath(platformString: $0) } ?? "/tmp"
  for _ in 0..<100 {
    let path = parent.appending("rlbuf-\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
    do {
      try POSIXFileSystem().createDirectory(path, permissions: .ownerReadWriteExecute)
      return path
    } catch  where error.code == .fileExists {}
  }
  throw FileSystemError(.createDirectory, parent, code: .fileExists)
}

private func removeTree(_ directory: FilePath) {
  let fileSystem = POSIXFileSystem()
  for entry in (try? fileSystem.list(directory)) ?? [] {
    let path = directory.appending(entry.name)
    if entry.kind == .directory { removeTree(path) } else { try? fileSystem.unlink(path) }
  }
  try? fileSystem.removeDirectory(directory)
}
