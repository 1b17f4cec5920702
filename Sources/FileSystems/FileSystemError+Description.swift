import SystemPackage

extension FileSystemError: CustomStringConvertible {
  /// What failed, where, and what to do about it, in one line.
  public var description: String {
    let (what, remedy) = explanation
    return "\(attempt): \(what)\(space); \(remedy)"
  }

  private var attempt: String {
    let first = printable(path)
    let place = offset.map { " at byte \($0)" } ?? ""
    guard let destination else { return "cannot \(operation.verb) \(first)\(place)" }
    let joint = operation == .rename ? "to" : "as"
    return "cannot \(operation.verb) \(first) \(joint) \(printable(destination))\(place)"
  }

  private var space: String {
    switch (bytesNeeded, bytesFree) {
    case (nil, nil): ""
    case (let needed?, nil): " (\(needed) bytes needed)"
    case (nil, let free?): " (\(free) free)"
    case (let needed?, let free?): " (\(needed) bytes needed, \(free) free)"
    }
  }

  private var explanation: (what: String, remedy: String) {
    switch reason {
    case .system(let code): code.explanation(for: operation)
    case .notRegular(.directory): ("it is a directory", "name a file in it")
    case .notRegular(let kind): ("it is a \(kind.rawValue), not a regular file", "copy its contents into a file first")
    case .isLink: ("it is a symbolic link, which is not followed here", "replace it by the file it points to")
    case .locked: ("another writer holds its lock", "stop the other writer or choose another directory")
    case .ended(let expected, let found):
      ("the file ended: \(expected) bytes expected, \(found) found", "the file is cut short, fetch or save it again")
    case .tooLarge(let found, let limit):
      ("\(found) bytes or more found, the limit is \(limit)", "raise the limit if you trust the file")
    case .tooManyEntries(let limit): ("it has more than \(limit) entries", "move some of them elsewhere")
    case .wroteNothing: ("the system took no bytes and gave no reason", "check the disk and try again")
    case .invalidName(let fault): (fault.rawValue, "do not trust where the name came from")
    }
  }
}

extension FileSystemError.Operation {
  fileprivate var verb: String {
    switch self {
    case .openForAppending: "open for appending"
    case .write: "write to"
    case .syncDirectory: "sync directory"
    case .status: "examine"
    case .unlink: "delete"
    case .createDirectory: "create directory"
    case .removeDirectory: "delete directory"
    case .list: "list directory"
    case .allocate: "reserve space for"
    case .freeBytes: "measure the free space of"
    case .setPermissions: "set the permissions of"
    case .checkName: "accept the name"
    case .open, .create, .read, .sync, .close, .rename, .link, .lock, .truncate: rawValue
    }
  }

  fileprivate var losesBytes: Bool { self == .write || self == .sync || self == .close || self == .syncDirectory }
}

extension Errno {
  fileprivate func explanation(for operation: FileSystemError.Operation) -> (what: String, remedy: String) {
    switch self {
    case .noSuchFileOrDirectory: ("no such file or directory", "check the path")
    case .permissionDenied: ("permission denied", "check owner and permissions with \"ls -ld\"")
    case .notPermitted: ("not permitted", "the owner or the file system forbids it, choose another place")
    case .fileExists: ("it exists already", "choose another name or delete it first")
    case .notDirectory: ("a part of the path is not a directory", "check the path")
    case .isDirectory: ("it is a directory", "name a file")
    case .directoryNotEmpty: ("the directory is not empty", "delete or move what is in it first")
    case .tooManySymbolicLinkLevels: ("too many symbolic links", "check where they point with \"namei -l\"")
    case .fileNameTooLong: ("the name is too long", "choose a name of at most 255 bytes")
    case .noSpace: ("no space left", "free some space or choose another directory")
    case .diskQuotaExceeded: ("disk quota used up", "free some space or ask for a larger quota")
    case .fileTooLarge: ("the file would be too large", "raise \"ulimit -f\" or choose another file system")
    case .readOnlyFileSystem: ("the file system is read-only", "choose another directory")
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem: ("too many open files", "raise the limit with \"ulimit -n\"")
    case .tooManyLinks: ("the file has too many names", "copy it instead")
    case .improperLink: ("the two are on different file systems", "choose a place on the same one")
    case .staleNFSFileHandle: ("the server no longer knows it", "check the mount and try again")
    case .resourceBusy: ("it is in use", "try again when its user has ended")
    case .interrupted: ("signals kept interrupting it", "try again")
    case .ioError where operation.losesBytes:
      ("input/output error, what was written may be lost", "check the disk and save again, to another one if you can")
    case .ioError: ("input/output error", "check the disk and copy what is still readable")
    default: ("\(description) (errno \(rawValue))", "see \"man 3 errno\"")
    }
  }
}

/// A path as it may be shown, visible even if it is empty.
private func printable(_ path: FilePath) -> String { path.isEmpty ? "\"\"" : printable(path.string) }
