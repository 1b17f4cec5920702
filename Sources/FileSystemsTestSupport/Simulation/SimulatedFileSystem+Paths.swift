public import FileSystems
public import SystemPackage

extension SimulatedFileSystem {
  /// Makes the names in a directory durable.
  public func syncDirectory(_ path: FilePath) throws(FileSystemError) {
    try attempt(.syncDirectory, path) { (state) throws(Errno) in
      let node = try state.disk.node(path)
      guard state.disk.directory(node) != nil else { throw .notDirectory }
      guard !state.forgets(.syncDirectory, path) else { return }
      if state.failsSync() {
        state.disk.loseNames(of: node)
        throw .ioError
      }
      state.disk.syncNames(of: node)
      state.record(.syncDirectory, path)
    }
  }

  /// Describes what a path names.
  public func status(of path: FilePath) throws(FileSystemError) -> FileStatus {
    try attempt(.status, path) { (state) throws(Errno) in try state.disk.status(of: try state.disk.node(path)) }
  }

  /// Gives a file or directory another name.
  public func rename(_ source: FilePath, to destination: FilePath, mode: RenameMode) throws(FileSystemError) {
    try attempt(.rename, source, to: destination) { (state) throws(Errno) in
      try state.disk.rename(source, to: destination, mode: mode)
      state.record(.rename, destination)
    }
  }

  /// Gives a file a second name.
  public func link(_ existing: FilePath, as name: FilePath) throws(FileSystemError) {
    try attempt(.link, existing, to: name) { (state) throws(Errno) in
      try state.disk.link(existing, as: name)
      state.record(.link, name)
    }
  }

  /// Deletes a name.
  public func unlink(_ path: FilePath) throws(FileSystemError) {
    try attempt(.unlink, path) { (state) throws(Errno) in
      try state.disk.unlink(path)
      state.record(.unlink, path)
    }
  }

  /// Creates a directory.
  public func createDirectory(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) {
    let permissions = permissions.subtracting(creationMask)
    try attempt(.createDirectory, path) { (state) throws(Errno) in
      let new = SimulatedDisk.Directory(permissions: permissions, modificationSeconds: state.disk.clock + 1)
      _ = try state.disk.create(path, .directory(new))
      state.record(.createDirectory, path)
    }
  }

  /// Deletes an empty directory.
  public func removeDirectory(_ path: FilePath) throws(FileSystemError) {
    try attempt(.removeDirectory, path) { (state) throws(Errno) in
      try state.disk.removeDirectory(path)
      state.record(.removeDirectory, path)
    }
  }

  /// Lists a directory, sorted by the bytes of the names.
  public func list(_ directory: FilePath, follow: FollowLinks) throws(FileSystemError) -> [DirectoryEntry] {
    try attempt(.list, directory) { (state) throws(Errno) in
      guard let found = state.disk.directory(try state.disk.node(directory)) else { throw .notDirectory }
      return found.entries.map { name, node in
        DirectoryEntry(name: name, kind: state.disk.file(node) == nil ? .directory : .regular)
      }.sorted { $0.name.string.utf8.lexicographicallyPrecedes($1.name.string.utf8) }
    }
  }

  /// A digest of all names and bytes below a directory, as programs see them; the same in this process alone.
  /// - Throws: as `list`.
  public func digest(ofTree directory: FilePath) throws(FileSystemError) -> Int {
    try attempt(.list, directory) { (state) throws(Errno) in
      let node = try state.disk.node(directory)
      return CutNames(state.disk, below: node).digest { state.disk.file($0)?.contents.hashValue ?? 0 }
    }
  }

  /// The bytes that may still be written: a tebibyte, always.
  public func freeBytes(at path: FilePath) throws(FileSystemError) -> Int64 {
    try attempt(.freeBytes, path) { (state) throws(Errno) in
      _ = try state.disk.node(path)
      return 1 << 40
    }
  }

  /// The permissions withheld from new files: 0022.
  public var creationMask: FilePermissions { [.groupWrite, .otherWrite] }
}

extension SimulatedDisk {
  /// Describes a node.
  func status(of node: Int) throws(Errno) -> FileStatus {
    switch nodes[node] {
    case .file(let file):
      FileStatus(
        kind: .regular, byteCount: Int64(file.contents.count), modificationSeconds: file.modificationSeconds, device: 1,
        inode: UInt64(node), linkCount: file.linkCount, permissions: file.permissions)
    case .directory(let directory):
      FileStatus(
        kind: .directory, byteCount: 4096, modificationSeconds: directory.modificationSeconds, device: 1,
        inode: UInt64(node), linkCount: 2 + directory.entries.values.count { self.directory($0) != nil },
        permissions: directory.permissions)
    case nil: throw .noSuchFileOrDirectory
    }
  }
}
