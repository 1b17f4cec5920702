internal import Glibc
public import SystemPackage

private let dot = UInt8(ascii: ".")

extension POSIXFileSystem {
  /// Lists a directory.
  /// - Source: readdir(3)
  public func list(_ directory: FilePath, follow: FollowLinks) throws(FileSystemError) -> [DirectoryEntry] {
    try list(directory, follow: follow, limit: DirectoryEntry.limit)
  }

  func list(
    _ directory: FilePath, follow: FollowLinks, limit: Int
  ) throws(FileSystemError) -> [DirectoryEntry] {
    let links: FileDescriptor.OpenOptions = follow == .never ? .noFollow : []
    let descriptor = try attempt(.list, directory) {
      try FileDescriptor.open(
        directory, .readOnly, options: [.directory, .closeOnExec, links], retryOnInterrupt: false)
    }
    // C's directory stream is a pointer; it takes the descriptor over and is closed here.
    guard let stream = unsafe fdopendir(descriptor.rawValue) else {
      let code = Errno.current
      try? descriptor.close()
      throw FileSystemError(.list, directory, code: code)
    }
    defer { unsafe closedir(stream) }
    var names: [[UInt8]] = []
    var kinds: [UInt8] = []
    while let (name, kind) = try unsafe nextEntry(of: stream, in: directory) {
      guard names.count < limit else {
        throw FileSystemError(.list, directory, .tooManyEntries(limit: limit))
      }
      names.append(name)
      kinds.append(kind)
    }
    return try entries(names, kinds, in: descriptor, directory)
  }

  /// The next name that is neither `.` nor `..`, with its kind as the directory tells it.
  private func nextEntry(
    of stream: OpaquePointer, in directory: FilePath
  ) throws(FileSystemError) -> ([UInt8], UInt8)? {
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        if errno == 0 { return nil }
        throw FileSystemError(.list, directory, code: .current)
      }
      // The next call overwrites the record: its NUL-terminated name is copied from where it stands.
      let record = UnsafeRawPointer(entry)
      let start = unsafe record.advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
      let name = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: strnlen(start, 255)))
      if name != [dot], name != [dot, dot] { return unsafe (name, entry.pointee.d_type) }
    }
  }

  private func entries(
    _ names: [[UInt8]], _ kinds: [UInt8], in descriptor: FileDescriptor, _ directory: FilePath
  ) throws(FileSystemError) -> [DirectoryEntry] {
    let order = names.indices.sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
    var entries: [DirectoryEntry] = []
    for index in order {
      let text = names[index].map(CChar.init(bitPattern:)) + [0]
      guard let name = FilePath.Component(platformString: text) else { continue }
      let kind = FileKind(directoryType: kinds[index])
      entries.append(DirectoryEntry(name: name, kind: kind ?? examine(name, in: descriptor)))
    }
    return entries
  }

  /// Some file systems leave the kind out; a name that vanished meanwhile is of an unknown kind.
  private func examine(_ name: FilePath.Component, in directory: FileDescriptor) -> FileKind {
    let path = FilePath(root: nil, [name])
    guard let status = try? path.stat(relativeTo: directory, flags: .symlinkNoFollow) else { return .unknown }
    return FileStatus(status).kind
  }
}

extension FileKind {
  /// - Source: readdir(3), `d_type`; nil for `DT_UNKNOWN`
  fileprivate init?(directoryType: UInt8) {
    switch Int(directoryType) {
    case Int(DT_REG): self = .regular
    case Int(DT_DIR): self = .directory
    case Int(DT_LNK): self = .link
    case Int(DT_FIFO): self = .fifo
    case Int(DT_SOCK): self = .socket
    case Int(DT_CHR): self = .characterDevice
    case Int(DT_BLK): self = .blockDevice
    default: return nil
    }
  }
}
