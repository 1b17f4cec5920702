internal import FileSystems
internal import Glibc
internal import SystemPackage

/// The lock of an experiment: held by an open file description, so that it ends with the process, however that ends.
final class ExperimentLock: Sendable {
  private let file: OpenFile
  private let fileSystem: any FileSystem

  /// The most bytes of a lock file that are read for a message.
  private static let hintLimit = 1024

  /// Takes the lock.
  /// - Throws: `CheckpointError.locked` at once if another holds it, with what that one wrote down.
  init(_ layout: ExperimentLayout, on fileSystem: any FileSystem) throws(CheckpointError) {
    self.fileSystem = fileSystem
    let file = try onFiles { () throws(FileSystemError) in
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.openForAppending(layout.lock) }
    }
    self.file = file
    do throws(FileSystemError) {
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.lock(file) }
    } catch {
      // All is set, so the end of this object's life closes the file.
      guard error.reason == .locked else { throw .fileSystem(error) }
      throw .locked(layout.directory, holder: Self.holder(layout, fileSystem))
    }
    writeHint()
  }

  deinit {
    try? fileSystem.unlock(file)
    try? fileSystem.closeOnce(file)
  }

  /// Who holds the lock, for the message that another one gets; the lock holds without it.
  private func writeHint() {
    let host = (try? fileSystem.readAll("/proc/sys/kernel/hostname", limit: 256)) ?? []
    let name = String(decoding: host.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
    let hint = Array("process \(getpid()) on \(name.isEmpty ? "this machine" : name)\n".utf8)
    do throws(FileSystemError) {
      try fileSystem.truncate(file, to: 0)
      try fileSystem.writeAll(hint.span, to: file)
    } catch {}
  }

  private static func holder(_ layout: ExperimentLayout, _ fileSystem: any FileSystem) -> String? {
    guard let bytes = try? fileSystem.readAll(layout.lock, limit: hintLimit) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
    return text
  }
}
