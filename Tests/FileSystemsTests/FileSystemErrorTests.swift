import FileSystems
import SystemPackage
import Testing

/// An error and the words it is shown with.
struct Message: CustomTestStringConvertible {
  var error: FileSystemError
  var text: String
  var testDescription: String { text }

  init(
    _ operation: FileSystemError.Operation, at offset: Int64? = nil, _ reason: FileSystemError.Reason, _ text: String
  ) {
    error = FileSystemError(operation, "runs/a", at: offset, reason)
    self.text = text
  }

  init(_ operation: FileSystemError.Operation, _ code: Errno, to destination: FilePath? = nil, _ text: String) {
    error = FileSystemError(operation, "runs/a", to: destination, code: code)
    self.text = text
  }
}

@Suite struct FileSystemErrorTests {
  static let codes = [
    Message(.open, .noSuchFileOrDirectory, "cannot open runs/a: no such file or directory; check the path"),
    Message(
      .open, .permissionDenied,
      "cannot open runs/a: permission denied; check owner and permissions with \"ls -ld\""),
    Message(
      .setPermissions, .notPermitted,
      "cannot set the permissions of runs/a: not permitted; "
        + "the owner or the file system forbids it, choose another place"),
    Message(
      .rename, .fileExists, to: "runs/b",
      "cannot rename runs/a to runs/b: it exists already; choose another name or delete it first"),
    Message(.status, .notDirectory, "cannot examine runs/a: a part of the path is not a directory; check the path"),
    Message(.unlink, .isDirectory, "cannot delete runs/a: it is a directory; name a file"),
    Message(
      .removeDirectory, .directoryNotEmpty,
      "cannot delete directory runs/a: the directory is not empty; delete or move what is in it first"),
    Message(
      .list, .tooManySymbolicLinkLevels,
      "cannot list directory runs/a: too many symbolic links; check where they point with \"namei -l\""),
    Message(
      .createDirectory, .fileNameTooLong,
      "cannot create directory runs/a: the name is too long; choose a name of at most 255 bytes"),
    Message(.create, .noSpace, "cannot create runs/a: no space left; free some space or choose another directory"),
    Message(
      .allocate, .diskQuotaExceeded,
      "cannot reserve space for runs/a: disk quota used up; free some space or ask for a larger quota"),
    Message(
      .truncate, .fileTooLarge,
      "cannot truncate runs/a: the file would be too large; raise \"ulimit -f\" or choose another file system"),
    Message(
      .openForAppending, .readOnlyFileSystem,
      "cannot open for appending runs/a: the file system is read-only; choose another directory"),
    Message(.open, .tooManyOpenFiles, "cannot open runs/a: too many open files; raise the limit with \"ulimit -n\""),
    Message(
      .open, .tooManyOpenFilesInSystem,
      "cannot open runs/a: too many open files; raise the limit with \"ulimit -n\""),
    Message(
      .link, .tooManyLinks, to: "b", "cannot link runs/a as b: the file has too many names; copy it instead"),
    Message(
      .link, .improperLink, to: "b",
      "cannot link runs/a as b: the two are on different file systems; choose a place on the same one"),
    Message(
      .freeBytes, .staleNFSFileHandle,
      "cannot measure the free space of runs/a: the server no longer knows it; check the mount and try again"),
    Message(.unlink, .resourceBusy, "cannot delete runs/a: it is in use; try again when its user has ended"),
    Message(.read, .interrupted, "cannot read runs/a: signals kept interrupting it; try again"),
    Message(
      .sync, .ioError,
      "cannot sync runs/a: input/output error, what was written may be lost; "
        + "check the disk and save again, to another one if you can"),
    Message(
      .syncDirectory, .ioError,
      "cannot sync directory runs/a: input/output error, what was written may be lost; "
        + "check the disk and save again, to another one if you can"),
    Message(
      .read, .ioError,
      "cannot read runs/a: input/output error; check the disk and copy what is still readable"),
    Message(
      .close, .badFileDescriptor, "cannot close runs/a: Bad file descriptor (errno 9); see \"man 3 errno\""),
    Message(
      .lock, .resourceTemporarilyUnavailable,
      "cannot lock runs/a: another writer holds its lock; stop the other writer or choose another directory"),
    Message(
      .open, .noSuchAddressOrDevice,
      "cannot open runs/a: it is a socket, not a regular file; copy its contents into a file first"),
  ]

  static let reasons = [
    Message(.open, .notRegular(.directory), "cannot open runs/a: it is a directory; name a file in it"),
    Message(
      .open, .notRegular(.fifo),
      "cannot open runs/a: it is a FIFO, not a regular file; copy its contents into a file first"),
    Message(
      .open, .notRegular(.characterDevice),
      "cannot open runs/a: it is a character device, not a regular file; copy its contents into a file first"),
    Message(
      .open, .isLink,
      "cannot open runs/a: it is a symbolic link, which is not followed here; replace it by the file it points to"),
    Message(
      .read, at: 4096, .ended(expected: 24, found: 7),
      "cannot read runs/a at byte 4096: the file ended: 24 bytes expected, 7 found; "
        + "the file is cut short, fetch or save it again"),
    Message(
      .read, .tooLarge(found: 11, limit: 10),
      "cannot read runs/a: 11 bytes or more found, the limit is 10; raise the limit if you trust the file"),
    Message(
      .list, .tooManyEntries(limit: 100_000),
      "cannot list directory runs/a: it has more than 100000 entries; move some of them elsewhere"),
    Message(
      .write, at: 1, .wroteNothing,
      "cannot write to runs/a at byte 1: the system took no bytes and gave no reason; check the disk and try again"),
    Message(
      .checkName, .invalidName(.separator),
      "cannot accept the name runs/a: the name contains \"/\"; do not trust where the name came from"),
    Message(
      .checkName, .invalidName(.empty),
      "cannot accept the name runs/a: the name is empty; do not trust where the name came from"),
    Message(
      .checkName, .invalidName(.nul),
      "cannot accept the name runs/a: the name contains a NUL byte; do not trust where the name came from"),
    Message(
      .checkName, .invalidName(.leadingDot),
      "cannot accept the name runs/a: the name starts with \".\"; do not trust where the name came from"),
    Message(
      .checkName, .invalidName(.tooLong),
      "cannot accept the name runs/a: the name is longer than 255 bytes; do not trust where the name came from"),
  ]

  @Test(arguments: codes + reasons) func `an error says what, where and what to do`(_ message: Message) {
    #expect(message.error.description == message.text)
  }

  @Test func `a full disk is told with its numbers as far as they are known`() {
    var error = FileSystemError(.write, "runs/a", at: 4096, code: .noSpace)
    error.bytesNeeded = 1_048_576
    let start = "cannot write to runs/a at byte 4096: no space left"
    let end = "; free some space or choose another directory"
    #expect(error.description == "\(start) (1048576 bytes needed)\(end)")
    error.bytesFree = 512
    #expect(error.description == "\(start) (1048576 bytes needed, 512 free)\(end)")
    error.bytesNeeded = nil
    #expect(error.description == "\(start) (512 free)\(end)")
  }

  @Test func `a path cannot steer the terminal or break the line`() {
    let error = FileSystemError(.open, "a\u{1B}[31m\n\u{202E}é", .isLink)
    #expect(error.description.hasPrefix("cannot open a\\u{1b}[31m\\u{a}\\u{202e}é: it is"))
    #expect(FileSystemError(.open, "", code: .noSuchFileOrDirectory).description.hasPrefix("cannot open \"\": "))
  }
}
