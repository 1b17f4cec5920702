import FileSystems
import Glibc
import SystemPackage

let posix = POSIXFileSystem()

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The names in a directory, temporary files included.
func names(in directory: FilePath) throws -> [String] { try posix.list(directory).map(\.name.string) }

/// The error that `body` throws, nil if it throws none.
func failure<Result>(_ body: () throws(FileSystemError) -> Result) -> FileSystemError? {
  do { _ = try body() } catch { return error }
  return nil
}

/// - Source: mkfifo(3)
func makeFIFO(_ path: FilePath) { _ = unsafe path.withPlatformString { unsafe mkfifo($0, 0o600) } }

/// - Source: symlink(2)
func makeLink(_ path: FilePath, to target: FilePath) {
  _ = unsafe target.withPlatformString { target in unsafe path.withPlatformString { unsafe symlink(target, $0) } }
}
